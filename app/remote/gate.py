"""The gate: one frozen snapshot of what was granted answers every request. Everything else is refused.

Pure rules first (`decide`), then the one object that holds the snapshot. Any thread may ask at any time.
"""

import threading
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.consent import Grants, PortGrant
from app.system.clock import Clock

_LANGUAGE_NAMES = frozenset({"LANG", "TERM"})


class Verb(StrEnum):
    """What a technician's program can ask of the customer's machine."""

    SHELL = "shell"
    COMMAND = "command"
    FILES = "files"
    READ = "read"
    WRITE = "write"
    PORT = "port"
    WATCH = "watch"
    TYPE = "type"
    AUDIT = "audit"
    ENVIRONMENT = "environment"
    CLIPBOARD = "clipboard"
    SCREEN = "screen"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    `scope` is the granted folder for READ and WRITE, `host:port` for PORT, the colleague's name for WATCH and TYPE, a
    variable's name for ENVIRONMENT.
    """

    verb: Verb
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, with the reason that stands in the audit. `port` is the grant that lets a PORT through."""

    allowed: bool
    why: str
    port: PortGrant | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What counts at one moment: the grants, those that ran out included, and whether the customer has paused."""

    grants: Grants
    paused: bool = False


_NEVER = frozenset({Verb.CLIPBOARD, Verb.SCREEN, Verb.OTHER})
_SCOPED = frozenset({Verb.READ, Verb.WRITE, Verb.WATCH, Verb.TYPE})
NEVER = Decision(False, "this is never allowed")
PAUSED = Decision(False, "the customer has paused the session")


def decide(snapshot: Snapshot, request: Request, now: datetime) -> Decision:
    """What the snapshot says to a request at `now` (UTC). Nothing is allowed that is not named here."""
    if snapshot.paused and request.verb is not Verb.AUDIT:
        return PAUSED
    if request.verb is Verb.PORT:
        return _to_port(snapshot.grants, request.scope, now)
    if request.verb in _NEVER or (request.verb is Verb.ENVIRONMENT and not _is_language(request.scope)):
        return NEVER
    return _answer(_is_granted(snapshot.grants, request, now), _name(request))


def _is_granted(grants: Grants, request: Request, now: datetime) -> bool:
    match request.verb:
        case Verb.AUDIT:
            return bool(grants.live(now).grants)
        case Verb.SHELL | Verb.COMMAND | Verb.ENVIRONMENT:
            return grants.allows_terminal(now)
        case Verb.FILES:
            return bool(grants.folders(now))
        case Verb.READ | Verb.WRITE as verb:
            return _may_touch(grants, request.scope, now, write=verb is Verb.WRITE)
        case Verb.WATCH | Verb.TYPE as verb:
            return grants.allows_colleague(request.scope, now, typing=verb is Verb.TYPE)
        case _:
            return False


def _name(request: Request) -> str:
    """What the audit calls it."""
    names = {Verb.AUDIT: "a session", Verb.FILES: "files"}
    return names.get(request.verb) or (request.scope if request.verb in _SCOPED else "the terminal")


def to_port(host: str, port: int) -> str:
    """The scope of a request for a port."""
    return f"{host}:{port}"


def _answer(granted: bool, what: str) -> Decision:
    return Decision(granted, f"{what} is granted" if granted else f"{what} is not granted now")


def _is_language(name: str) -> bool:
    return name in _LANGUAGE_NAMES or name.startswith("LC_")


def _may_touch(grants: Grants, folder: str, now: datetime, *, write: bool) -> bool:
    return any(grant.folder == folder and (grant.write or not write) for grant in grants.folders(now))


def _to_port(grants: Grants, scope: str, now: datetime) -> Decision:
    host, _, port = scope.rpartition(":")
    grant = grants.port(host, int(port), now) if port.isdecimal() else None
    return Decision(grant is not None, _answer(grant is not None, scope).why, grant)


class Gate:
    """Holds the snapshot that counts now. `replace`, `pause` and `resume` put another in its place, whole."""

    def __init__(self, grants: Grants, clock: Clock) -> None:
        self._snapshot = Snapshot(grants)
        self._clock = clock
        self._changed = threading.Condition()

    @property
    def grants(self) -> Grants:
        """What was granted, those that ran out included."""
        return self._snapshot.grants

    @property
    def paused(self) -> bool:
        """Whether the customer has paused."""
        return self._snapshot.paused

    def replace(self, grants: Grants) -> None:
        """From now on these count and no others."""
        with self._changed:
            self._snapshot = Snapshot(grants, self._snapshot.paused)

    def pause(self, paused: bool = True) -> None:
        """Freeze everything, or let it go on."""
        with self._changed:
            self._snapshot = Snapshot(self._snapshot.grants, paused)
            self._changed.notify_all()

    def hold(self, over: threading.Event | None = None) -> None:
        """Wait here as long as the customer pauses, or until `over` is set. Never on paramiko's thread."""
        while self._snapshot.paused and not (over is not None and over.is_set()):
            with self._changed:
                self._changed.wait_for(lambda: not self._snapshot.paused, 0.1)

    def decide(self, verb: Verb, scope: str = "") -> Decision:
        """The answer to a request made now."""
        return decide(self._snapshot, Request(verb, scope), self._clock.now())

    def stands(self, request: Request) -> bool:
        """Whether something that was let in may stay: a pause freezes it, and takes nothing away."""
        return decide(Snapshot(self._snapshot.grants), request, self._clock.now()).allowed

    def seconds_left(self) -> float:
        """Until the last grant runs out; zero or less once it has, and where there is none."""
        until = self._snapshot.grants.last_until()
        return (until - self._clock.now()).total_seconds() if until else 0.0
