"""What can go wrong in the diagnostics, apart from what they find.

DiagnosticsError
├── UnknownCheckError    a check was asked for by a name that none has
└── ToolError            a tool of the system is missing, failed, or took too long

A check that fails does not raise to its caller: the runner makes it a finding.
"""

from collections.abc import Iterable

from app.domain.errors import BistandError


class DiagnosticsError(BistandError):
    """Something about the diagnostics themselves, not about the computer they look at."""


class UnknownCheckError(DiagnosticsError):
    """A check was asked for by a name that none has."""

    exit_code = 2

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"There is no check named {name!r}. There are: {', '.join(known)}.")


class ToolError(DiagnosticsError):
    """A tool of the system could not tell what it was asked."""
