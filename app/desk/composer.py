"""What a technician adds to a case: a note, time, a solution. One at a time is in view."""

from uuid import UUID

from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QStackedWidget, QWidget

from app.desk.anew_line import AnewLine
from app.desk.note_line import NoteLine
from app.desk.solution_line import SolutionLine
from app.desk.work_line import WorkLine
from app.domain.events import Body, NoteAdded, SolutionProposed, WorkRecorded
from app.system.clock import Clock
from app.system.translations import _
from app.widgets import theme
from app.widgets.buttons import Button
from app.widgets.icons import Icon
from app.widgets.layouts import column, row


class Composer(QWidget):
    """Three lines behind three words."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.note = NoteLine()
        self.work = WorkLine(clock)
        self.solution = SolutionLine()
        self.anew = AnewLine()
        self._taken_back: Body | None = None
        self._stack = QStackedWidget()
        self._group = QButtonGroup(self)
        self._words = (
            Button(_("Note"), "showNote", "rail", Icon.NOTE),
            Button(_("Time"), "showTime", "rail", Icon.TIMER),
            Button(_("Solution"), "showSolution", "rail", Icon.ANSWER),
        )
        for place, (word, part) in enumerate(zip(self._words, (self.note, self.work, self.solution), strict=True)):
            word.setCheckable(True)
            self._group.addButton(word, place)
            self._stack.addWidget(part)
        self._words[0].setChecked(True)
        self._group.idClicked.connect(self._stack.setCurrentIndex)
        self.anew.left.connect(self.let_go)
        self.setLayout(column(row(*self._words, None, gap=theme.HAIR), self.anew, self._stack, gap=theme.TIGHT))
        for part in (self, self._stack):
            part.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def show_note(self) -> None:
        """Bring the note up and begin to write."""
        self._words[0].click()
        self.note.take_up()

    def take_back(self, event_id: UUID, body: Body, reason: str) -> None:
        """Have what the service refused to be written anew."""
        self.let_go()
        match body:
            case NoteAdded():
                self.show_note()
                self.note.take_back(body.text, body.certainty, body.audience)
            case WorkRecorded():
                self.show_time()
                self.work.take_back(body)
            case SolutionProposed():
                self.show_solution()
                self.solution.take_back(body.text, body.certainty)
            case _:
                return
        self._taken_back = body
        self.anew.begin(event_id, reason)

    def replaces(self, kind: type) -> UUID | None:
        """The refused event that a body of this kind is written in place of, or None where it is one of its own."""
        return self.anew.replaces if isinstance(self._taken_back, kind) else None

    def let_go(self) -> None:
        """Nothing is written anew any more: its words must not end up in another case."""
        if self.anew.replaces is None:
            return
        self.anew.clear()
        match self._taken_back:
            case NoteAdded() as body:
                self.note.let_go(body.text)
            case SolutionProposed() as body:
                self.solution.let_go(body.text)
            case WorkRecorded():
                self.work.clear()

    def show_time(self) -> None:
        """Bring the time up."""
        self._words[1].click()

    def show_solution(self) -> None:
        """Bring the solution up."""
        self._words[2].click()
