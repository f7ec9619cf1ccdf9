"""Find out what this computer can tell by itself, and make the part of it that may be shared."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.diagnostics.catalogue import all_checks
from app.diagnostics.identity import gather_identity
from app.diagnostics.redact import Redacted, redact
from app.diagnostics.report import Report
from app.diagnostics.runner import Progress, run_checks
from app.flows.errors import BadInputError

__all__ = ["Diagnosis", "Progress", "diagnose"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found, as it is (`report`) and as it may leave the machine (`redacted.report`)."""

    report: Report
    redacted: Redacted

    def shared_json(self) -> str:
        """The very text that is shared, for the person to read first."""
        return json.dumps(self.redacted.report.model_dump(mode="json"), indent=2, ensure_ascii=False)

    @property
    def replacements(self) -> int:
        """How many places were redacted."""
        return sum(replacement.count for replacement in self.redacted.replaced)


def diagnose(
    provider: str | None,
    on_progress: Callable[[Progress], None] = lambda _: None,
    only: Sequence[str] = (),
) -> Diagnosis:
    """Run the checks, all or those named. `on_progress` is called on the checks' threads.

    `provider` is its service's URL; where none is known, its reachability is not checked.
    Raises `BadInputError` for an unknown check.
    """
    checks = all_checks(provider)
    names = [check.name for check in checks]
    unknown = [name for name in only if name not in names]
    if unknown:
        raise BadInputError(f"There is no check “{unknown[0][:40]}”. There are: {', '.join(names)}.")
    chosen = tuple(check for check in checks if not only or check.name in only)
    report = run_checks(chosen, on_progress=on_progress)
    return Diagnosis(report, redact(report, gather_identity()))
