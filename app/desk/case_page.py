"""One case: what it is about, its whole story, what the technician adds, and the way onto the machine."""

from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLayout, QSplitter, QWidget

from app.desk.composer import Composer
from app.desk.session_panel import SessionPanel
from app.desk.timeline import Timeline
from app.desk.wording import status_word
from app.domain.case import Status
from app.flows.show_case import CaseView
from app.system.clock import Clock
from app.system.translations import _
from app.widgets import theme
from app.widgets.banner import Banner
from app.widgets.buttons import primary
from app.widgets.ground import stand_on
from app.widgets.icons import Icon
from app.widgets.labels import headline, line
from app.widgets.layouts import column, hairline, row

_STORY, _TERMINAL = 1, 1
"""How the story and the terminal share the height."""


class CasePage(QWidget):
    """Shows a `CaseView`.

    `take_asked` is the wish to make the case one's own; `room_made` tells that the terminal has room now, or none.
    """

    room_made = Signal()
    take_asked = Signal()

    def __init__(self, me: UUID, clock: Clock) -> None:
        super().__init__()
        stand_on(self)
        self._me = me
        self.banner = Banner("caseBanner")
        self._title = headline()
        self._where = line(part="quiet")
        self._take = primary(_("Take the case"), "take", Icon.HAND)
        self.timeline = Timeline()
        self.composer = Composer(clock)
        self.session = SessionPanel(clock.now)
        head = row(column(self._title, self._where, gap=theme.HAIR), self._take)
        head.setStretch(0, 1)
        head.setAlignment(self._take, Qt.AlignmentFlag.AlignTop)
        story = _part(
            column(head, hairline(), self.banner, self.timeline, self.composer, gap=theme.TIGHT, margin=theme.GAP)
        )
        machine = _part(column(self.session, gap=theme.TIGHT, margin=theme.GAP))
        self._parts = QSplitter(Qt.Orientation.Vertical)
        self._parts.setChildrenCollapsible(False)
        self._parts.setHandleWidth(theme.LINE)
        for part in (story, machine):
            self._parts.addWidget(part)
        self.setLayout(column(self._parts, gap=0))
        self.has_terminal = True
        self.make_room(terminal=False)
        self._take.clicked.connect(self.take_asked)

    def show_case(self, view: CaseView) -> None:
        """Show this case as it stands."""
        case = view.case
        self._title.setText(case.title or _("A case whose beginning is not here yet"))
        whose = case.technician.name if case.technician else _("nobody's yet")
        self._where.setText(f"{view.reference} · {status_word(case.status)} · {whose}")
        free = case.technician is None and case.status is not Status.CLOSED
        self._take.setVisible(free)
        self.timeline.show_story(case.id, view.timeline)
        mine = case.technician is not None and case.technician.id == self._me
        self.composer.solution.setEnabled(mine and case.status is not Status.CLOSED)

    def make_room(self, *, terminal: bool) -> None:
        """Give the terminal nearly as much as the story while there is one; a line is enough otherwise.

        Once there is a terminal, the technician may drag the line between the two.
        """
        if terminal == self.has_terminal:
            return
        self.has_terminal = terminal
        self._parts.setStretchFactor(0, _STORY if terminal else 1)
        self._parts.setStretchFactor(1, _TERMINAL if terminal else 0)
        whole = self._parts.height()
        share = whole * _TERMINAL // (_STORY + _TERMINAL) if terminal else 0
        self._parts.setSizes([whole - share, share])
        self.room_made.emit()


def _part(layout: QLayout) -> QWidget:
    part = QWidget()
    part.setLayout(layout)
    return part
