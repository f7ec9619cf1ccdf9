"""The technician's window: the queue, one case with its story, the session, the search. All work goes through flows."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QMainWindow, QStackedWidget, QWidget

from app.desk.case_list import CaseList
from app.desk.case_page import CasePage
from app.desk.case_refusals import CaseRefusals
from app.desk.case_session import CaseSession
from app.desk.case_work import CaseWork
from app.desk.empty_page import EmptyPage
from app.desk.facts_card import FactsCard
from app.desk.history_page import HistoryPage
from app.desk.menus import Menus
from app.desk.rail import Rail
from app.desk.replay_page import Film, ReplayPage, develop
from app.desk.shelves import Shelf, shelf_of, sort_onto_shelves
from app.desk.status_line import StatusLine
from app.desk.syncing import Syncing
from app.flows.list_cases import CaseRow, list_cases
from app.flows.party import Party
from app.flows.replay_session import load_recording
from app.flows.search_history import Hit, search_history
from app.flows.show_case import CaseView, show_case
from app.system.translations import _
from app.widgets import theme
from app.widgets.buttons import stop
from app.widgets.dress import dress
from app.widgets.ground import stand_on
from app.widgets.jobs import Jobs
from app.widgets.layouts import column, row
from app.widgets.question import Question

if TYPE_CHECKING:
    from app.flows.join_session import JoinedSession  # what joins a session is loaded only when one begins


class DeskWindow(QMainWindow):
    """Keeps this machine and the service the same, and shows what is here, with or without a service.

    The party stays its owner's to close. Raises `NotEnrolledError` where this device is nobody's yet.
    `case_shown` carries a case's id; `saved` comes when something written is on record; `session_ready` with the
    first shell; `session_ended` when all of it is on record; `searched` with how many were found.
    """

    case_shown = Signal(object)
    saved = Signal()
    session_ready = Signal()
    session_ended = Signal()
    file_moved = Signal(object)
    searched = Signal(int)
    replay_shown = Signal()

    def __init__(self, party: Party) -> None:
        super().__init__()
        self._party = party
        self._me = party.me
        self._rows: tuple[CaseRow, ...] = ()
        self._shelf: Shelf = Shelf.WAITING
        self._current: UUID | None = None
        self._shown: UUID | None = None
        self._followed: tuple[UUID, Shelf] | None = None
        self._before_replay: QWidget | None = None
        self._closing = self._loading = self._load_again = self._to_refused = False
        self._jobs = Jobs(self)
        self._make_parts()
        self._build()
        self._connect_parts()
        self._sync.start()
        self.refresh()

    @property
    def session(self) -> JoinedSession | None:
        """The live session, or None."""
        return self._session.joined

    # What it is made of

    def _make_parts(self) -> None:
        self._rail = Rail()
        self._list = CaseList()
        self._case = CasePage(self._me.id, self._party.clock)
        self._work = CaseWork(self._party, self._jobs, self._case)
        self._refusals = CaseRefusals(self._party, self._jobs, self._case)
        self._session = CaseSession(self._party, self._jobs, self._case)
        self._facts = FactsCard()
        self._history = HistoryPage()
        self._replay = ReplayPage()
        self._status = StatusLine()
        self._sync = Syncing(self._party, self._jobs, self._status, self._say)
        self._empty = EmptyPage()

    def _build(self) -> None:
        dress(self, theme.DESK)
        self.setObjectName("deskWindow")
        provider = self._party.settings.provider_name or "Bistand"
        self.setWindowTitle(_("{provider}: desk of {name}").format(provider=provider, name=self._me.name))
        self.setMinimumSize(*theme.DESK_LEAST)
        self.resize(*theme.DESK_WINDOW)
        self._shelf_side = QFrame()
        self._shelf_side.setProperty("part", "side")
        self._shelf_side.setLayout(column(self._list))
        self._facts.setFixedWidth(theme.FACTS)
        self._case_side = QWidget()
        self._case_side.setLayout(row(self._case, self._facts, gap=theme.LINE))
        stand_on(self._case_side, "divided")
        self._stack = QStackedWidget()
        for page in (self._empty, self._case_side, self._history, self._replay):
            self._stack.addWidget(page)
        whole = QWidget()
        stand_on(whole, "divided")
        whole.setLayout(row(self._rail, self._shelf_side, self._stack, gap=theme.LINE))
        self.setCentralWidget(whole)
        self.setStatusBar(self._status)
        self._rail.mark(self._shelf)

    def _connect_parts(self) -> None:
        self._rail.shelf_chosen.connect(self.show_shelf)
        self._rail.search_chosen.connect(self.show_search)
        self._list.chosen.connect(self.show_case)
        self._case.timeline.replay_asked.connect(self.show_replay)
        self._history.searched.connect(self._search)
        self._history.case_asked.connect(self.show_case)
        self._history.replay_asked.connect(self.show_replay)
        self._replay.back.connect(self._leave_replay)
        self._work.saved.connect(self.refresh)
        self._work.saved.connect(self.saved)
        self._session.ready.connect(self._session_began)
        self._session.ended.connect(self._session_over)
        self._session.file_moved.connect(self.file_moved)
        self._case.room_made.connect(self._make_room)
        self._refusals.decided.connect(self._decided)
        self._refusals.first_found.connect(self._show_refused)
        self._status.refused_asked.connect(self._refusals.find_first)
        self._sync.changed.connect(self.refresh)
        composer, panel = self._case.composer, self._case.session
        actions = {shelf.value: partial(self.show_shelf, shelf) for shelf in Shelf} | {
            "search": self.show_search,
            "take": self._work.take,
            "note": composer.show_note,
            "time": composer.show_time,
            "solve": composer.show_solution,
            "refused": self._refusals.find_first,
            "code": panel.take_up,
            "terminal": panel.terminal.setFocus,
            "ask": panel.take_up_asking,
            "ports": panel.take_up_ports,
            "end": self._session.end,
        }
        self._menus = Menus(self, actions)

    # What is shown

    def show_shelf(self, shelf: Shelf) -> None:
        """Show what lies there."""
        self._shelf = shelf
        self._rail.mark(shelf)
        self._show_rows()
        self._stack.setCurrentWidget(self._case_side if self._shown is not None else self._empty)

    def show_search(self) -> None:
        """Search all that is on this machine."""
        self._rail.mark(None)
        self._stack.setCurrentWidget(self._history)
        self._history.take_up()

    def show_case(self, case_id: UUID) -> None:
        """Show this case; `case_shown` follows."""
        self._current = case_id
        self._stack.setCurrentWidget(self._case_side)
        self._read_case()

    def show_replay(self, session: UUID) -> None:
        """Play what this session's terminal showed; `replay_shown` follows."""
        self._jobs.run(lambda: develop(load_recording(self._party, session)), self._show_film, self._say)

    def send_file(self, local: Path, remote: str) -> None:
        """Send a file to the machine that the session is on; `file_moved` follows."""
        self._session.put(local, remote)

    def fetch_file(self, remote: str, local: Path) -> None:
        """Fetch a file from the machine that the session is on; `file_moved` follows."""
        self._session.get(remote, local)

    def refresh(self) -> None:
        """Read anew what is on this machine. Calls that come while that goes on make one more reading."""
        if self._loading:
            self._load_again = True
            return
        self._loading = True
        self._jobs.run(partial(list_cases, self._party), self._listed, self._not_listed)
        self._read_case()

    def _read_case(self) -> None:
        if self._current is not None:
            self._jobs.run(partial(show_case, self._party, self._current), self._show_view, self._case.banner.say)

    def _listed(self, rows: tuple[CaseRow, ...]) -> None:
        self._rows = rows
        self._loading = False
        self._follow()
        self._show_rows()
        if self._load_again:
            self._load_again = False
            self.refresh()

    def _not_listed(self, why: str) -> None:
        self._loading = False
        self._say(why)

    def _show_rows(self) -> None:
        shelves = sort_onto_shelves(self._rows, self._me.id)
        self._rail.show_counts({shelf: len(lying) for shelf, lying in shelves.items()})
        self._list.show_rows(shelves[self._shelf], self._current)

    def _show_view(self, view: CaseView) -> None:
        if view.case.id != self._current:
            return
        if self._shown != view.case.id:
            self._case.banner.clear()
            self._case.session.banner.clear()
            self._case.composer.let_go()
        self._shown = self._work.case_id = view.case.id
        self._case.show_case(view)
        self._facts.show_facts(view)
        self._session.show_case(view)
        self._follow()
        self._show_rows()
        if self._to_refused:
            self._to_refused = False
            self._case.timeline.show_refused()
        self.case_shown.emit(view.case.id)

    def _follow(self) -> None:
        """Go to the shelf of the case in view when it is shown first, and when the case moves (taking it does)."""
        found = next((row for row in self._rows if row.id == self._shown), None)
        place = (found.id, shelf_of(found, self._me.id)) if found else None
        if place is None or place == self._followed:
            return
        self._followed = place
        self._shelf = place[1]
        if self._stack.currentWidget() is self._case_side:
            self._rail.mark(self._shelf)

    def _search(self, words: str) -> None:
        def found(hits: tuple[Hit, ...]) -> None:
            self._history.show_hits(words, hits)
            self.searched.emit(len(hits))

        self._jobs.run(partial(search_history, self._party, words), found, self._history.banner.say)

    def _show_film(self, film: Film) -> None:
        self._before_replay = self._stack.currentWidget()
        self._stack.setCurrentWidget(self._replay)
        self._replay.show_film(film, _("What the terminal showed"))
        self.replay_shown.emit()

    def _leave_replay(self) -> None:
        self._stack.setCurrentWidget(self._before_replay or self._empty)

    def _say(self, why: str) -> None:
        on_history = self._stack.currentWidget() is self._history
        (self._history.banner if on_history else self._case.banner).say(why)

    # The service and the session

    def _show_refused(self, case_id: UUID) -> None:
        self._to_refused = True
        self.show_case(case_id)

    def _decided(self) -> None:
        """About something that was refused."""
        self.refresh()
        self._sync.nudge()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """In a narrow window the terminal has the room of the card with the facts."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        narrow = self.width() < theme.DESK_ROOMY
        self._facts.setHidden(narrow and self._case.has_terminal)
        self._shelf_side.setFixedWidth(theme.CASE_LIST_NARROW if narrow else theme.CASE_LIST)

    def _session_began(self) -> None:
        self._status.show_session(self._session.customer)
        self.session_ready.emit()

    def _session_over(self) -> None:
        self._status.show_session("")
        self.refresh()
        self.session_ended.emit()
        if self._closing:
            self.close()

    def leave(self) -> None:
        """Close without asking. A session that is on is ended, and put on record, first."""
        self._closing = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Close; while a session is on, ask first, and end it."""
        if self._session.is_live and not self._closing:
            event.ignore()
            self._ask_to_end()
            return
        self._replay.screen_view.close_intake()
        self._sync.close()
        self._session.close()
        self._jobs.close()
        super().closeEvent(event)

    def _ask_to_end(self) -> None:
        question = Question(
            self,
            _("A session is still on"),
            _("You are on the computer of {name}. Closing the desk ends that.").format(name=self._session.customer),
            stop(_("End and close"), "questionYes"),
            _("Go on"),
        )
        question.accepted.connect(self._end_and_close)
        question.open()

    def _end_and_close(self) -> None:
        self._closing = True
        self._session.end()
