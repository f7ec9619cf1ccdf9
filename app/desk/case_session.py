"""Brings the session and its panel together: code, terminal, files, the clock, the end."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.desk.case_page import CasePage
from app.desk.joining import Joining
from app.desk.looking import Looking
from app.desk.session_ports import SessionPorts
from app.domain.consent import ColleagueWish, PortWish, Wish
from app.flows.letters import remember_letters, remembered_letters
from app.flows.party import Party
from app.flows.sentences import granted
from app.flows.show_case import CaseView
from app.system.translations import _
from app.widgets.jobs import Jobs
from app.widgets.plain import breakable, plain_line
from app.widgets.terminal.kept_letters import KeptLetters

if TYPE_CHECKING:
    from app.flows.join_session import Answer, Ended, FileResult, JoinedSession


class CaseSession(QObject):
    """At most one session at a time, on one case, while other cases may be looked at.

    `ready` comes with the first shell, `ended` when all of it is on record, `file_moved` with each whole file.
    """

    ready = Signal()
    ended = Signal()
    file_moved = Signal(object)

    def __init__(self, party: Party, jobs: Jobs, page: CasePage) -> None:
        super().__init__()
        self._page = page
        self._panel = page.session
        self._view: CaseView | None = None
        self._customer = ""
        self._now = party.clock.now
        self._terminal_was_allowed = False
        self._joining = Joining(party, jobs, self._panel.terminal.output)
        self._looking = Looking(party, jobs, page)
        self._ports = SessionPorts(party, jobs, self._panel.ports)
        reading, keeping = partial(remembered_letters, party), partial(remember_letters, party)
        self._letters = KeptLetters(self._panel.terminal, jobs, reading, keeping)
        self._panel.connect_asked.connect(self._connect)
        self._panel.end_asked.connect(self.end)
        self._panel.put_asked.connect(self.put)
        self._panel.get_asked.connect(self.get)
        self._panel.terminal.sent.connect(self._joining.write)
        self._panel.terminal.fitted.connect(self._joining.resize)
        self._joining.ready.connect(self._began)
        self._joining.ended.connect(self._over)
        self._joining.failed.connect(self._failed)
        self._joining.moved.connect(self._arrived)
        self._joining.reached.connect(self._panel.state.show_reach)
        self._joining.changed.connect(self._changed)
        self._joining.shell_opened.connect(self._shell_opened)
        self._joining.shell_ended.connect(self._shell_ended)
        self._joining.not_asked.connect(self._not_asked)
        self._panel.ask_line.asked.connect(self._ask)
        self._panel.shell_asked.connect(self._open_shell)

    @property
    def is_live(self) -> bool:
        """Whether a session is on."""
        return self._joining.session is not None

    @property
    def joined(self) -> JoinedSession | None:
        """The live session, or None."""
        return self._joining.session

    @property
    def customer(self) -> str:
        """Whose machine the session is on; nothing while there is none."""
        return self._customer

    def show_case(self, view: CaseView) -> None:
        """This case is in view now: show its session, or whether somebody waits for one."""
        another = self._view is None or self._view.case.id != view.case.id
        self._view = view
        if self._looking.shows(view, busy=self._joining.case_id is not None):
            return
        if self._joining.case_id is None:
            self._panel.show_waiting(waiting=view.case.waiting_session is not None)
            self._page.make_room(terminal=False)
        elif self._joining.case_id != view.case.id:
            self._panel.show_elsewhere(self._customer)
            self._page.make_room(terminal=False)
        elif another and self.is_live:
            self._show_live()

    def put(self, local: Path, remote: str) -> None:
        """Send a file to the customer's machine."""
        self._joining.put(local, remote)

    def get(self, remote: str, local: Path) -> None:
        """Fetch a file from the customer's machine."""
        self._joining.get(remote, local)

    def end(self) -> None:
        """Leave the customer's machine."""
        if self.is_live:
            self._panel.show_ending()
            self._joining.end()
        else:
            self._looking.leave()

    def close(self) -> None:
        """Leave, and let go of everything. Waits for it."""
        self._panel.terminal.close_intake()
        self._looking.close()
        self._ports.close()
        self._joining.close()

    def _connect(self, code: str) -> None:
        if self._view is None:
            return
        self._customer = self._view.case.customer.name if self._view.case.customer else ""
        self._page.make_room(terminal=True)
        self._panel.show_connecting()
        self._joining.begin(self._view.case.id, code, *self._panel.terminal.letters)

    def _began(self, session: JoinedSession) -> None:
        self._page.composer.work.session_began(session.id)
        self._show_live()
        self.ready.emit()

    def _show_live(self) -> None:
        self._page.make_room(terminal=True)
        self._panel.show_live(self._customer)
        if (session := self._joining.session) is not None:
            self._panel.state.begin(session.grants, reached=session.is_reached, paused=session.paused)
            self._panel.state.show_here(session.colleagues)
            self._terminal_was_allowed = self._terminal_is_allowed(session)
            self._ports.begin(session)
        self._show_shell()
        self._panel.terminal.setFocus()
        self._joining.resize(*self._panel.terminal.letters)

    # What the customer allows

    def _changed(self) -> None:
        """Something else is allowed, or they paused. A terminal that is allowed now is opened: it was asked for."""
        session = self._joining.session
        if session is None:
            return
        self._panel.state.show_allowed(session.grants, paused=session.paused)
        self._panel.state.show_here(session.colleagues)
        self._ports.show_allowed()
        allowed = self._terminal_is_allowed(session)
        if allowed and not self._terminal_was_allowed:
            self._open_shell()
        self._terminal_was_allowed = allowed
        self._show_shell()

    def _terminal_is_allowed(self, session: JoinedSession) -> bool:
        return session.grants.allows_terminal(self._now())

    def _show_shell(self) -> None:
        session = self._joining.session
        if session is not None and self._is_in_view():
            allowed = self._terminal_is_allowed(session)
            self._panel.show_shell(there=self._joining.has_shell, allowed=allowed)

    def _is_in_view(self) -> bool:
        return self._view is not None and self._view.case.id == self._joining.case_id

    def _open_shell(self) -> None:
        self._joining.open_shell(*self._panel.terminal.letters)

    def _shell_opened(self) -> None:
        self._panel.banner.clear()
        self._show_shell()
        self._panel.take_up_terminal()
        self._joining.resize(*self._panel.terminal.letters)

    def _shell_ended(self) -> None:
        self._panel.banner.say(_("The terminal is closed: it was left, or the customer took it back."), "notice")
        self._show_shell()

    def _ask(self, wish: Wish, minutes: int, why: str) -> None:
        self._joining.ask(wish, minutes, why, partial(self._answered, wish))

    def _answered(self, wish: Wish, answer: Answer) -> None:
        text, level = {
            "ALLOWED": (_("Allowed: {what}."), "ok"),
            "DECLINED": (_("Not allowed: {what}."), "notice"),
            "SILENT": (_("No answer yet: {what}. The customer still sees the question."), "notice"),
        }[answer.name]
        said = text.format(what=plain_line(granted(wish), 120))
        if isinstance(wish, ColleagueWish) and answer.name == "ALLOWED":
            more = _("The customer reads a code to {name}, who looks on from this case.")
            said = f"{said} {more.format(name=plain_line(wish.name, 40))}"
        self._panel.answered(breakable(said), level)
        if isinstance(wish, PortWish) and answer.name == "ALLOWED":
            self._panel.show_ports()

    def _not_asked(self, why: str) -> None:
        if self.is_live:
            self._panel.answered(why, "problem")

    def _over(self, ended: Ended) -> None:
        self._customer = ""
        self._ports.over()
        self._page.composer.work.session_ended()
        self._page.composer.show_time()
        self._page.make_room(terminal=False)
        self._panel.show_waiting(waiting=False)
        self._panel.banner.say(_said(ended), "ok" if not ended.why else "notice")
        self.ended.emit()

    def _failed(self, why: str) -> None:
        self._panel.banner.say(why)
        if not self.is_live and self._view is not None:
            self._customer = ""
            self._panel.show_waiting(waiting=self._view.case.waiting_session is not None)

    def _arrived(self, file: FileResult) -> None:
        self._panel.show_arrived(file.name, file.bytes)
        self.file_moved.emit(file)


def _said(ended: Ended) -> str:
    return (
        _("The session is over: {reason}. Its recording is on record. {why}")
        .format(reason=ended.reason.value, why=ended.why)
        .strip()
    )
