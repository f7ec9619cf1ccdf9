"""What can keep time from being taken from a timer or a session, each with the sentence that helps.

├── TimerRunsError     a timer runs on this case already (exit code 2)
├── NoTimerError       no timer runs on this case (exit code 2)
├── NoSessionTimeError no session of one's own goes by what was typed (exit code 2)
└── SessionTakenError  the session's time was recorded already (exit code 2)
"""

from datetime import datetime

from app.domain.errors import UsageError
from app.flows.errors import FlowError
from app.system.translations import _


class TimerRunsError(FlowError, UsageError):
    """A timer runs on this case already."""

    exit_code = UsageError.exit_code

    def __init__(self, since: datetime) -> None:
        super().__init__(
            _(
                "Your timer runs on this case since {since:%Y-%m-%d %H:%M}. `bistand work CASE --stop` records it."
            ).format(since=since.astimezone())
        )


class NoTimerError(FlowError, UsageError):
    """No timer runs on this case."""

    exit_code = UsageError.exit_code

    def __init__(self) -> None:
        super().__init__(
            _("No timer of yours runs on this case. `bistand work CASE --start` starts one; or say --from and --to.")
        )


class NoSessionTimeError(FlowError, UsageError):
    """No session of one's own that is over goes by what was typed."""

    exit_code = UsageError.exit_code

    def __init__(self, untrusted_name: str) -> None:
        super().__init__(
            _("No session of yours on this case that is over goes by “{name}”. `bistand case CASE` lists them.").format(
                name=untrusted_name[:40]
            )
        )


class SessionTakenError(FlowError, UsageError):
    """The session's time was recorded already."""

    exit_code = UsageError.exit_code

    def __init__(self, work: str) -> None:
        super().__init__(
            _("The time of this session is recorded already, as {work}. `--corrects {work}` changes it.").format(
                work=work
            )
        )
