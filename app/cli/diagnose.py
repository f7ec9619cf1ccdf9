"""`bistand diagnose`: run the checks; redacted unless `--raw`."""

import argparse

from app.cli.common import add_json, plain, show, tell
from app.domain.finding import Finding, Level
from app.flows.diagnose import Progress, diagnose
from app.system import settings
from app.system.paths import home

_MARK = {Level.OK: "✓", Level.NOTICE: "!", Level.PROBLEM: "✗", Level.UNKNOWN: "?"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which checks, and whether as they are."""
    parser.add_argument("--raw", action="store_true", help="do not redact names and addresses")
    parser.add_argument(
        "--only", action="append", metavar="CHECK", default=[], help="just this check (may be repeated)"
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Run them and print what they found."""
    provider = settings.load(home()).provider
    diagnosis = diagnose(provider, _progress if not options.json else lambda _: None, options.only)
    report = diagnosis.report if options.raw else diagnosis.redacted.report
    facts = {**report.model_dump(mode="json"), "redacted": not options.raw, "redactions": diagnosis.replacements}
    text = "\n".join(_line(finding) for finding in report.findings)
    show(options, facts, f"{text}\n{len(report.findings)} checks in {report.seconds:.2f} s.")
    return 0


def _progress(progress: Progress) -> None:
    tell(f"{progress.done} of {progress.total}: {progress.check}")


def _line(finding: Finding) -> str:
    return f"{_MARK[finding.level]} {finding.level.value:<8} {plain(finding.sentence)}"
