"""The session as the customer's window sees it: signals on the Qt thread, calls that never make the window wait.

What hosts a session (SSH and all) is loaded when the first one begins, on a worker: a window opens without it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from app.domain.consent import Grant, Grants
from app.flows.deeds import QUIET, deed
from app.flows.party import Party
from app.widgets.bridge import Bridge
from app.widgets.jobs import Jobs

if TYPE_CHECKING:
    from app.flows.host_session import Activity, Asked, Ended, HelpSession, SecretAsked

_TOLD_OTHERWISE = frozenset(
    {"grant", "grant_failed", "asked", "declined"}
)  # by the window itself, in sentences that say more


class Hosting(QObject):
    """At most one session at a time. `show_output` gets terminal output on the session's own thread.

    `asked` and `secret_asked` carry the flow's events as they come; `paused` and `reached` tell what has happened,
    not what was wished for; `granted` carries what is granted from now on, `refused` why something is not after all.
    `colleague_here` tells who came or went.
    """

    code_shown = Signal(str, object)
    burned = Signal(int)
    joined = Signal(str)
    did = Signal(object, str)
    reached = Signal(bool)
    paused = Signal(bool)
    asked = Signal(object)
    secret_asked = Signal(object)
    colleague_code = Signal(str, str, object)
    colleague_burned = Signal(str, int, str)
    colleague_code_gone = Signal(str)
    colleague_here = Signal(str, bool)
    granted = Signal(object)
    refused = Signal(str)
    ended = Signal(object)
    failed = Signal(str)

    def __init__(self, party: Party, jobs: Jobs, show_output: Callable[[bytes], None]) -> None:
        super().__init__()
        self._party = party
        self._jobs = jobs
        self._show_output = show_output
        self._session: HelpSession | None = None
        self._beginning: HelpSession | None = None
        self._closed = False
        self._starting = False
        self._stop_asked = False
        self._bridge = Bridge(self._happened, self)

    @property
    def is_on(self) -> bool:
        """Whether a session begins, waits or is live."""
        return self._starting or self._session is not None

    def begin(self, case_id: UUID, grants: Grants) -> None:
        """Wait for a technician on this case."""

        def start() -> HelpSession:
            from app.flows.host_session import host_session

            session = self._beginning = host_session(self._party, case_id, grants, self._take)
            try:
                session.start()
            except Exception:
                session.close()
                raise
            if self._closed:  # the window was closed meanwhile: nobody would hear that it has begun
                session.close()
            return session

        self._starting, self._stop_asked = True, False
        self._jobs.run(start, self._begun, self._not_begun)

    def stop(self) -> None:
        """End it, now. `ended` follows. One that only begins is ended as soon as it can be."""
        self._stop_asked = True
        if (session := self._session) is not None:
            self._jobs.run(session.stop, lambda _: None, self.failed.emit)

    def fresh_code(self) -> None:
        """A new code, after three were burnt."""
        if (session := self._session) is not None:
            self._jobs.run(session.fresh_code, lambda _: None, self.failed.emit)

    def pause(self, paused: bool, failed: Callable[[str], None]) -> None:
        """Freeze it, or let it go on; `paused` follows."""
        if (session := self._session) is not None:
            self._jobs.run(partial(session.pause, paused), lambda _: None, failed)

    def allow(self, asked: Asked, done: Callable[[Grant], None], failed: Callable[[str], None]) -> None:
        """Grant what is asked for: `done` with the grant once it holds, or `failed` with why it cannot be."""

        def allowed(grant: Grant) -> None:
            self._tell_grants()
            done(grant)

        if (session := self._session) is not None:
            self._jobs.run(partial(session.allow, asked), allowed, failed)

    def decline(self, asked: Asked) -> None:
        """Do not grant it."""
        if (session := self._session) is not None:
            self._jobs.run(partial(session.decline, asked), lambda _: None, self.failed.emit)

    def take_back(self, grants: tuple[Grant, ...], done: Callable[[], None], failed: Callable[[str], None]) -> None:
        """These are granted no more; `done` once that holds."""

        def take(session: HelpSession) -> None:
            for grant in grants:
                session.take_back(grant)

        def taken(_: None) -> None:
            self._tell_grants()
            done()

        if (session := self._session) is not None:
            self._jobs.run(partial(take, session), taken, failed)

    def type_secret(self, asked: SecretAsked, text: str) -> None:
        """Hand this to the program that waits for it. It is not kept here."""
        if (session := self._session) is not None:
            self._jobs.run(partial(session.type_secret, asked, text), lambda _: None, self.failed.emit)

    def close(self) -> None:
        """End it and let go of everything. Waits for it."""
        self._closed = True
        self._bridge.close()
        for session in {self._session, self._beginning}:
            if session is not None:
                session.close()
        self._session = None

    def _begun(self, session: HelpSession) -> None:
        if not self._starting:  # it ended before it was known to have begun
            self._jobs.run(session.close, lambda _: None, lambda _: None)
            return
        self._starting, self._session, self._beginning = False, session, None
        if self._stop_asked:
            self.stop()

    def _not_begun(self, why: str) -> None:
        self._starting = False
        self.failed.emit(why)

    def _take(self, event: object) -> None:
        """On the session's thread: output goes straight to the screen, which holds nobody up; the rest crosses over."""
        from app.flows.host_session import Output

        if isinstance(event, Output):
            self._show_output(event.data)
        else:
            self._bridge(event)

    def _happened(self, event: object) -> None:
        from app.flows import host_session as flow

        match event:
            case flow.CodeShown():
                self.code_shown.emit(event.code, event.until)
            case flow.CodeBurned():
                self.burned.emit(event.left)
            case flow.TechnicianJoined():
                self.joined.emit(event.name)
            case flow.Activity():
                self._acted(event)
            case flow.Reach():
                self.reached.emit(event.reached)
            case flow.Asked():
                self.asked.emit(event)
            case flow.SecretAsked():
                self.secret_asked.emit(event)
            case flow.Refused():
                self._tell_grants()
                self.refused.emit(event.why)
            case flow.Ended():
                self._over(event)
            case _:
                self._invited(event)

    def _invited(self, event: object) -> None:
        from app.flows import host_session as flow

        match event:
            case flow.ColleagueCode():
                self.colleague_code.emit(event.name, event.code, event.until)
            case flow.ColleagueCodeBurned():
                self.colleague_burned.emit(event.name, event.left, event.stranger)
            case flow.ColleagueCodeGone():
                self.colleague_code_gone.emit(event.name)

    def _acted(self, event: Activity) -> None:
        if event.kind in ("paused", "resumed"):
            self.paused.emit(event.kind == "paused")
        if event.kind in ("colleague_came", "colleague_left"):
            self.colleague_here.emit(event.detail, event.kind == "colleague_came")
        if event.kind not in QUIET | _TOLD_OTHERWISE:
            self.did.emit(event.at, deed(event.kind, event.detail, brief=True))

    def _tell_grants(self) -> None:
        if (session := self._session) is not None:
            self.granted.emit(session.grants)

    def _over(self, event: Ended) -> None:
        session, self._session, self._starting = self._session, None, False
        if session is not None:
            self._jobs.run(session.close, lambda _: None, lambda _: None)
        self.ended.emit(event)
