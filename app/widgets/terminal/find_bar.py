"""The bar in which a person says what to find in a terminal, and goes from match to match."""

from bisect import bisect_right
from typing import Protocol

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

from app.system.translations import _
from app.widgets import theme
from app.widgets.buttons import Button, plain
from app.widgets.fields import text_line
from app.widgets.icons import Icon
from app.widgets.labels import line
from app.widgets.layouts import row
from app.widgets.terminal.emulator import Emulator
from app.widgets.terminal.finder import Finder, Hit

_LINES_AT_A_TIME = 400
_AGAIN_MILLISECONDS = 200
_LONGEST = 200


class Shown(Protocol):
    """The terminal that is searched."""

    emulator: Emulator

    def reveal(self, number: int) -> None:
        """Scroll so far that this line is seen."""

    def last_seen(self) -> int:
        """The number of the lowest line in view."""


class FindBar(QFrame):
    """Return finds the match above, Shift+Return the one below, Escape closes. `changed` asks to draw anew."""

    changed = Signal()
    closed = Signal()

    def __init__(self, owner: QWidget, shown: Shown) -> None:
        super().__init__(owner)
        self.setObjectName("findBar")
        self.setProperty("part", "card")
        self.finder = Finder()
        self.current: Hit | None = None
        self._shown = shown
        self._field = text_line("find", _("Find in the terminal"), _("Find"), _LONGEST)
        self._count = line(part="quiet")
        up, down = _button(_("Match above"), "findUp", Icon.UP), _button(_("Match below"), "findDown", Icon.DOWN)
        close = _button(_("Close"), "findClose", Icon.CROSS)
        self.setLayout(row(self._field, self._count, up, down, close, gap=theme.HAIR, margin=theme.HAIR))
        self._field.setFixedWidth(theme.FIND_FIELD)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._look)
        self._field.textChanged.connect(self._begin)
        up.clicked.connect(self.go_up)
        down.clicked.connect(self.go_down)
        close.clicked.connect(self.closed)

    def take_up(self) -> None:
        """Begin to type what to find."""
        self.show()
        self.raise_()
        self._field.setFocus()
        self._field.selectAll()
        self.outdate()

    def outdate(self) -> None:
        """The terminal shows something else: look again soon, though not at each change of a flood."""
        if self.isVisible() and not self._timer.isActive():
            self._timer.start(_AGAIN_MILLISECONDS)

    def renumber(self) -> None:
        """The lines were wrapped or begun anew: what was found is no longer where it was."""
        self._begin(self._field.text())

    def go_up(self) -> None:
        """Show the match above, or the lowest."""
        self._show_hit(self.finder.before(self._place()))

    def go_down(self) -> None:
        """Show the match below, or the topmost."""
        self._show_hit(self.finder.after(self._place()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Go on, or close."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            (self.go_down if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else self.go_up)()
        else:
            super().keyPressEvent(event)

    def _begin(self, text: str) -> None:
        self.finder, self.current = Finder(text), None
        self._timer.start(0)
        self.changed.emit()

    def _look(self) -> None:
        whole = self.finder.look(self._shown.emulator, _LINES_AT_A_TIME)
        if not whole:
            self._timer.start(0)
        elif self.current is None and self.finder.text:
            self.go_up()
        self._say_count(whole=whole)

    def _place(self) -> Hit:
        """Where to go on from: the match in view, else the end of what is in view."""
        return self.current or Hit(self._shown.last_seen() + 1, 0, 0)

    def _show_hit(self, hit: Hit | None) -> None:
        self.current = hit
        if hit is not None:
            self._shown.reveal(hit.number)
        self._say_count(whole=True)
        self.changed.emit()

    def _say_count(self, *, whole: bool) -> None:
        hits = self.finder.hits
        if not self.finder.text:
            said = ""
        elif not hits:
            said = _("Not found") if whole else _("Looking …")
        elif self.current is not None:
            number = bisect_right(hits, self.current)
            said = _("{number} of {count}").format(number=number, count=len(hits))
        else:
            said = str(len(hits))
        if said != self._count.text():
            self._count.setText(said)
            self._count.setAccessibleName(said)
            self.adjustSize()
            self.changed.emit()


def _button(called: str, name: str, icon: Icon) -> Button:
    button = plain("", name, icon)
    button.setAccessibleName(called)
    button.setToolTip(called)
    button.setAutoDefault(False)
    return button
