"""What can go wrong in the diagnostics, apart from what they find.

DiagnosticsError
└── ToolError    a tool of the system is missing, failed, or took too long

A check that fails does not raise to its caller: the runner makes it a finding.
"""

from app.domain.errors import BistandError


class DiagnosticsError(BistandError):
    """Something about the diagnostics themselves, not about the computer they look at."""


class ToolError(DiagnosticsError):
    """A tool of the system could not tell what it was asked."""
