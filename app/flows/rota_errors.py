"""What can keep a shift from being planned, each with the sentence that helps.

├── UnknownTechnicianError  nobody who is known here goes by that name (exit code 2)
└── UnknownShiftError       the rota has no such shift (exit code 2)
"""

from collections.abc import Iterable

from app.domain.errors import UsageError
from app.flows.errors import FlowError
from app.system.translations import _


class UnknownTechnicianError(FlowError, UsageError):
    """Nobody who is known on this device goes by these names."""

    exit_code = UsageError.exit_code

    def __init__(self, untrusted_names: Iterable[str], known: Iterable[str]) -> None:
        super().__init__(
            _(
                "Nobody here goes by {names}, and nothing was changed. Known on this device: {known}. Whoever has "
                "taken a case or written something is known; who has not yet can add their own shift: "
                "`bistand rota add me`."
            ).format(names=", ".join(f"“{name[:40]}”" for name in untrusted_names), known=", ".join(known))
        )


class UnknownShiftError(FlowError, UsageError):
    """The rota has no such shift."""

    exit_code = UsageError.exit_code

    def __init__(self, untrusted_name: str) -> None:
        super().__init__(
            _("No shift goes by “{name}”: `bistand rota show` names them.").format(name=untrusted_name[:40])
        )
