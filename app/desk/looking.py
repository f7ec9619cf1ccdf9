"""Looking on at a colleague's session, or typing in it: the code, the terminal, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject

from app.desk.case_page import CasePage
from app.desk.shell_writer import ShellWriter
from app.domain.consent import standing
from app.flows.party import Party
from app.flows.show_case import CaseView
from app.system.translations import _
from app.widgets.bridge import Bridge
from app.widgets.jobs import Jobs

if TYPE_CHECKING:
    from app.flows.watch_session import WatchedSession  # what looks on is loaded only when it begins


class Looking(QObject):
    """At most one session is looked on at, and only while none of one's own is on. Nothing of it is kept here."""

    def __init__(self, party: Party, jobs: Jobs, page: CasePage) -> None:
        super().__init__()
        self._party = party
        self._jobs = jobs
        self._page = page
        self._panel = page.session
        self._view: CaseView | None = None
        self._case_id: UUID | None = None
        self._names = ("", "")
        self._watched: WatchedSession | None = None
        self._writer: ShellWriter | None = None
        self._may_type = False
        self._ends = Bridge(self._ended, self)
        self._reaches = Bridge(self._reached, self)
        self._panel.look_asked.connect(self._begin)
        self._panel.leave_asked.connect(self.leave)
        self._panel.terminal.sent.connect(self._write)

    def shows(self, view: CaseView, *, busy: bool) -> bool:
        """Show how it stands with looking on at this case; False where that is not what the case is about now."""
        self._view = view
        if self._case_id is not None:
            if self._case_id == view.case.id:
                self._show_on()
            else:
                self._panel.show_elsewhere(self._names[1])
                self._page.make_room(terminal=False)
            return True
        live = view.case.live_session
        if busy or live is None or view.case.waiting_session is not None:
            return False
        self._names = (live.technician, view.case.customer.name if view.case.customer else "")
        self._panel.show_colleague(live.technician)
        self._page.make_room(terminal=False)
        return True

    def leave(self) -> None:
        """Look on no more. The session goes on."""
        if (watched := self._watched) is not None:
            self._jobs.run(watched.close, lambda _: None, self._panel.banner.say)

    def close(self) -> None:
        """Leave, and let go of everything. Waits for it."""
        for bridge in (self._ends, self._reaches):
            bridge.close()
        writer, self._writer, self._watched = self._writer, None, None
        if writer is not None:
            writer.close()

    def _begin(self, code: str) -> None:
        if self._view is None or self._case_id is not None:
            return
        case_id = self._case_id = self._view.case.id
        self._page.make_room(terminal=True)
        self._panel.show_connecting()

        def watch() -> WatchedSession:
            from app.flows.watch_session import watch_session

            return watch_session(self._party, case_id, code, self._panel.terminal.output, self._reaches)

        self._jobs.run(watch, self._begun, self._not_begun)

    def _begun(self, watched: WatchedSession) -> None:
        self._watched = watched
        self._writer = ShellWriter(watched, self._ends)
        self._writer.start()
        self._show_on()
        self._panel.banner.say(_("You see what the terminal shows from now on."), "ok")
        self._panel.terminal.setFocus()

    def _not_begun(self, why: str) -> None:
        self._case_id = None
        self._show_again()
        self._panel.banner.say(why)

    def _show_on(self) -> None:
        """It is on, in the case in view; what may be typed is as the case has it, and the customer's end decides."""
        if self._watched is None or self._view is None:
            return
        consent = standing(self._view.case.consents)
        me, now = self._party.me.name, self._party.clock.now()
        self._may_type = consent is not None and consent.grants.allows_colleague(me, now, typing=True)
        self._page.make_room(terminal=True)
        self._panel.show_watching(*self._names, may_type=self._may_type)

    def _show_again(self) -> None:
        self._page.make_room(terminal=False)
        if self._view is not None and not self.shows(self._view, busy=False):
            self._panel.show_waiting(waiting=self._view.case.waiting_session is not None)

    def _write(self, data: bytes) -> None:
        if self._writer is not None and self._may_type:
            self._writer.write(data)

    def _reached(self, reached: bool) -> None:
        if self._watched is None:
            return
        if reached:
            self._panel.banner.say(_("The customer's computer is back."), "ok")
        else:
            self._panel.banner.say(_("The connection is lost. It is tried again, for two minutes."), "notice")

    def _ended(self, writer: ShellWriter) -> None:
        from app.flows.watch_session import watch_over

        watched, self._watched, self._writer, self._case_id = self._watched, None, None, None
        self._jobs.run(writer.close, lambda _: None, lambda _: None)
        self._show_again()
        over = watched.wait(0) if watched is not None else None
        if over is not None:
            self._panel.banner.say(watch_over(over), "notice")
