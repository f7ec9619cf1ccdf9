"""What a customer agreed to, in the words of the gate: capability, scope, expiry."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from app.domain.records import Record, Utc


class Capability(StrEnum):
    """What a technician can be let in to do. Everything is denied until granted."""

    TERMINAL = "terminal"
    FILES = "files"


class TerminalGrant(Record):
    """A shell as the customer's own user: it can read and change any file that the customer can."""

    capability: Literal[Capability.TERMINAL] = Capability.TERMINAL
    until: Utc


class FilesGrant(Record):
    """One folder and what is below it. `folder` is an absolute path on the customer's machine."""

    capability: Literal[Capability.FILES] = Capability.FILES
    folder: Annotated[str, Field(min_length=1, max_length=4096)]
    write: bool = True
    until: Utc


Grant = Annotated[TerminalGrant | FilesGrant, Field(discriminator="capability")]


class Grants(Record):
    """All that holds at one moment. The gate answers every request from one such snapshot."""

    grants: tuple[Grant, ...] = ()

    def live(self, now: datetime) -> "Grants":
        """Those that have not run out at `now` (UTC)."""
        return Grants(grants=tuple(grant for grant in self.grants if grant.until > now))

    def allows_terminal(self, now: datetime) -> bool:
        """Whether a shell or a command may be started at `now`."""
        return any(isinstance(grant, TerminalGrant) for grant in self.live(now).grants)

    def folders(self, now: datetime) -> tuple[FilesGrant, ...]:
        """The folders that may be touched at `now`."""
        return tuple(grant for grant in self.live(now).grants if isinstance(grant, FilesGrant))

    def last_until(self) -> datetime | None:
        """When the last of them runs out, or None where nothing was granted."""
        return max((grant.until for grant in self.grants), default=None)


class Consent(Record):
    """One agreement, given by the customer, as it stands in the case."""

    at: Utc
    shares_diagnostics: bool
    grants: Grants = Grants()
    price: str = ""
    withdrawn_at: Utc | None = None


def standing(consents: Iterable[Consent]) -> Consent | None:
    """The newest consent that was not withdrawn."""
    return next((consent for consent in reversed(tuple(consents)) if consent.withdrawn_at is None), None)
