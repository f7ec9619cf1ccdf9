"""The gate: one frozen snapshot of what was granted answers every request. Everything else is refused.

Pure rules first (`decide`), then the one object that holds the snapshot. Any thread may ask at any time.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.consent import Grants
from app.system.clock import Clock

_LANGUAGE_NAMES = frozenset({"LANG", "TERM"})


class Verb(StrEnum):
    """What a technician's program can ask of the customer's machine."""

    SHELL = "shell"
    COMMAND = "command"
    FILES = "files"
    READ = "read"
    WRITE = "write"
    AUDIT = "audit"
    ENVIRONMENT = "environment"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `scope` is the granted folder for READ and WRITE, a variable's name for ENVIRONMENT."""

    verb: Verb
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, with the reason that stands in the audit."""

    allowed: bool
    why: str


NEVER = Decision(False, "this is never allowed")


def decide(grants: Grants, request: Request, now: datetime) -> Decision:
    """What the grants say to a request at `now` (UTC). Nothing is allowed that is not named here."""
    match request.verb:
        case Verb.SHELL | Verb.COMMAND:
            return _answer(grants.allows_terminal(now), "the terminal")
        case Verb.FILES:
            return _answer(bool(grants.folders(now)), "files")
        case Verb.READ | Verb.WRITE as verb:
            return _answer(_may_touch(grants, request.scope, now, write=verb is Verb.WRITE), request.scope)
        case Verb.AUDIT:
            return _answer(bool(grants.live(now).grants), "a session")
        case Verb.ENVIRONMENT if _is_language(request.scope):
            return _answer(grants.allows_terminal(now), "the terminal")
        case _:
            return NEVER


def _answer(granted: bool, what: str) -> Decision:
    return Decision(granted, f"{what} is granted" if granted else f"{what} is not granted now")


def _is_language(name: str) -> bool:
    return name in _LANGUAGE_NAMES or name.startswith("LC_")


def _may_touch(grants: Grants, folder: str, now: datetime, *, write: bool) -> bool:
    return any(grant.folder == folder and (grant.write or not write) for grant in grants.folders(now))


class Gate:
    """Holds the snapshot that counts now. `replace` puts another in its place, whole."""

    def __init__(self, grants: Grants, clock: Clock) -> None:
        self._grants = grants
        self._clock = clock

    @property
    def grants(self) -> Grants:
        """The snapshot, those that ran out included."""
        return self._grants

    def replace(self, grants: Grants) -> None:
        """From now on these count and no others."""
        self._grants = grants

    def decide(self, verb: Verb, scope: str = "") -> Decision:
        """The answer to a request made now."""
        return decide(self._grants, Request(verb, scope), self._clock.now())

    def seconds_left(self) -> float:
        """Until the last grant runs out; zero or less once it has, and where there is none."""
        until = self._grants.last_until()
        return (until - self._clock.now()).total_seconds() if until else 0.0
