"""A terminal's screen to look at: output is shown, scrolled back, searched, selected and copied. Sends nothing."""

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QSize, Qt, QThread, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication

from app.system.translations import _
from app.widgets import theme
from app.widgets.terminal import painting
from app.widgets.terminal.brush import Brush
from app.widgets.terminal.choice import new_emulator
from app.widgets.terminal.emulator import columns_of, text_of
from app.widgets.terminal.find_bar import FindBar
from app.widgets.terminal.intake import Intake
from app.widgets.terminal.menu import Act, open_menu
from app.widgets.terminal.selection import Place, Selector, Unit

_BUSY_MILLISECONDS = 10
_REST_MILLISECONDS = 0
_PICTURE_MILLISECONDS, _FLOOD_PICTURE_MILLISECONDS = 10, 40
_USUAL_SIZE = (80, 24)
_MOST_LETTERS = 500
_CTRL = Qt.KeyboardModifier.ControlModifier
_BOTH = _CTRL | Qt.KeyboardModifier.ShiftModifier
_UNDER_THE_BAR = 3
_SELECTED, _FOUND, _CURRENT = 0.3, 0.3, 0.5


class ScreenView(QAbstractScrollArea):
    """Shows a terminal of a fixed size, in letters as large as fit. Only `output` may be called from other threads.

    `type_chosen` carries the size of the letters (see the theme) when another one is wanted.
    """

    type_chosen = Signal(int)
    _woken = Signal()

    def __init__(self, name: str, *, patient: bool = False) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(_("What the terminal shows"))
        self.setProperty("part", "terminal")
        self.setViewportMargins(theme.TIGHT, theme.HAIR, theme.HAIR, theme.HAIR)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(theme.TERMINAL_LEAST)
        self.emulator = new_emulator(*_USUAL_SIZE)
        self.cells = painting.Cells.of_size(theme.points(theme.TERMINAL_TYPE))
        self._brush = Brush(self.cells, theme.colours())
        self._patient = patient
        self._intake = Intake(patient=patient)
        self._type = theme.TERMINAL_TYPE
        self._sizes: deque[tuple[int, int, int]] = deque()
        self._selector = Selector()
        self._pressed_twice = QElapsedTimer()
        self._find: FindBar | None = None
        self._seen_scrolled = self._seen_above = self._followed = 0
        self._painted = QElapsedTimer()
        self._pacing = QTimer(self, singleShot=True)
        self._pacing.timeout.connect(self._show)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._work)
        self._woken.connect(self._wake, Qt.ConnectionType.QueuedConnection)
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)

    def output(self, untrusted: bytes) -> None:
        """Show this. Any thread; in a flood a patient view holds its sender back, never the window."""
        self._intake.put(untrusted, may_wait=QThread.currentThread() is not self.thread())
        self._woken.emit()

    def begin_anew(self, columns: int = 0, rows: int = 0) -> None:
        """Forget what was shown, and have this size, or the one there was."""
        self._intake.close()
        self._intake = Intake(patient=self._patient)
        self._sizes.clear()
        size = (columns or self.emulator.columns, rows or self.emulator.rows)
        self.emulator = new_emulator(*(min(letters, _MOST_LETTERS) for letters in size))
        self._lines_are_new()
        self._seen_scrolled = self._seen_above = self._followed = 0
        self.verticalScrollBar().setRange(0, 0)
        self.fit()
        self._show()

    def resize_screen(self, columns: int, rows: int) -> None:
        """The other machine's terminal has this size from here on. What waits is shown at the old size first."""
        self._sizes.append((self._intake.put_in, min(columns, _MOST_LETTERS), min(rows, _MOST_LETTERS)))
        if self._intake.gone >= self._intake.put_in:
            self._take_sizes()
            self._show()

    def close_intake(self) -> None:
        """Take no more output, and let those go who wait to give some. Any thread."""
        self._intake.close()

    def text(self) -> str:
        """What the screen shows and what lies above it, as plain text."""
        above = self.emulator.scrollback
        return "\n".join(self.emulator.texts(-above, above + self.emulator.rows)).rstrip()

    @property
    def letters(self) -> tuple[int, int]:
        """The terminal's size: columns and rows."""
        return self.emulator.columns, self.emulator.rows

    def selected_text(self) -> str:
        """What is selected, line by line."""
        self._selector.check(self.emulator)
        return self._selector.text(self.emulator)

    def copy(self) -> None:
        """Put what is selected on the clipboard. Only the person at this window can ask for it."""
        if self.selected_text():
            QGuiApplication.clipboard().setText(self.selected_text())

    def open_find(self) -> None:
        """Open the bar in which one says what to find."""
        if self._find is None:
            self._find = FindBar(self, self)
            self._find.changed.connect(self._place_bars)
            self._find.changed.connect(self.viewport().update)
            self._find.closed.connect(self._end_find)
        self._find.take_up()
        self._place_bars()

    def reveal(self, number: int) -> None:
        """Scroll so far that this line (row + `Emulator.scrolled`) is seen."""
        place = number - self.emulator.scrolled + self.emulator.scrollback
        top, rows = self.verticalScrollBar().value(), self._visible_rows()
        if not top + _UNDER_THE_BAR <= place < top + rows:
            self.verticalScrollBar().setValue(place - rows // 2)

    def last_seen(self) -> int:
        """The number of the lowest line in view."""
        return self._first_line() + self._visible_rows() - 1 + self.emulator.scrolled

    def set_type(self, size: int) -> None:
        """Have letters of about this size (see the theme), as far as it is sane; 0 for the usual."""
        wanted = max(theme.TERMINAL_TYPE_LEAST, min(size or theme.TERMINAL_TYPE, theme.TERMINAL_TYPE_MOST))
        changes = wanted != self._type
        self._type = wanted
        self.fit()
        self._show()
        if changes:
            self.type_chosen.emit(wanted)

    def room_across(self) -> int:
        """How wide the letters may stand: with room for the scroll bar, so that its coming changes nothing."""
        return self.maximumViewportSize().width() - self.verticalScrollBar().sizeHint().width()

    def fit(self) -> None:
        """Choose letters with which all columns fit across."""
        usual = painting.Cells.of_size(theme.points(self._type))
        share = self.room_across() / max(1.0, usual.width * self.emulator.columns)
        size = max(theme.points(self._type) * min(1.0, share), theme.points(theme.TERMINAL_TYPE_SMALLEST))
        self.cells = painting.Cells.of_size(size)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for the usual size."""
        columns, rows = _USUAL_SIZE
        return QSize(round(self.cells.width * columns), round(self.cells.height * rows))

    def after_feeding(self) -> None:
        """Called each time some output was taken in."""

    def shows_cursor(self) -> bool:
        """Whether keys go where the cursor is."""
        return False

    @Slot()
    def _wake(self) -> None:
        if not self._timer.isActive():
            self._timer.start(0)

    @Slot()
    def _work(self) -> None:
        """Take output in for some milliseconds at most, show it, and come again if there is more."""
        clock = QElapsedTimer()
        clock.start()
        piece = self._next_piece()
        while piece:
            self.emulator.feed(piece)
            if clock.elapsed() >= _BUSY_MILLISECONDS:
                self._timer.start(_REST_MILLISECONDS)
                break
            piece = self._next_piece()
        self.after_feeding()
        self._show_soon(_FLOOD_PICTURE_MILLISECONDS if piece else _PICTURE_MILLISECONDS)

    def _show_soon(self, least: int) -> None:
        """Draw anew now, or once so many milliseconds have passed since the last time."""
        passed = self._painted.elapsed() if self._painted.isValid() else least
        if passed >= least:
            self._show()
        elif not self._pacing.isActive():
            self._pacing.start(least - passed)

    def _next_piece(self) -> bytes:
        """What comes next at one size."""
        self._take_sizes()
        most = self.emulator.slice_bytes
        if self._sizes:
            most = min(most, self._sizes[0][0] - self._intake.gone)
        return self._intake.take(most)

    def _take_sizes(self) -> None:
        """Have the sizes whose turn has come."""
        gone, size = self._intake.gone, None
        while self._sizes and self._sizes[0][0] <= gone:
            _place, *size = self._sizes.popleft()
        if size is not None:
            self.emulator.resize(*size)
            self._lines_are_new()
            self.fit()

    def _show(self) -> None:
        """Draw anew: where the output goes on if that is where the person was, else the same lines as before."""
        self._pacing.stop()
        self._painted.start()
        self._selector.check(self.emulator)
        bar, place = self.verticalScrollBar(), self.verticalScrollBar().value()
        follows = place >= self._followed
        above, scrolled = self.emulator.scrollback, self.emulator.scrolled
        gone = (scrolled - above) - (self._seen_scrolled - self._seen_above)
        self._seen_above, self._seen_scrolled = above, scrolled
        hidden = max(0, self.emulator.rows - self._visible_rows())
        bar.setRange(0, above + hidden)
        bar.setPageStep(self._visible_rows())
        reach = self.emulator.cursor.row + 1 - self._visible_rows()
        self._followed = above + max(0, min(hidden, reach))
        bar.setValue(self._followed if follows else place - gone)
        if self._find is not None:
            self._find.outdate()
        self.viewport().update()

    def _lines_are_new(self) -> None:
        self._selector.clear()
        if self._find is not None:
            self._find.renumber()

    def _end_find(self) -> None:
        if self._find is not None:
            self._find.hide()
        self.setFocus()
        self.viewport().update()

    def _place_bars(self) -> None:
        """Keep what lies over the letters in its corner."""
        if self._find is not None:
            self._find.adjustSize()
            room = self.viewport().geometry()
            self._find.move(room.right() - self._find.width() - theme.TIGHT, room.top() + theme.HAIR)

    def _visible_rows(self) -> int:
        return max(1, int(self.viewport().height() / self.cells.height))

    def _first_line(self) -> int:
        """The line at the view's top, counted as the emulator does."""
        return self.verticalScrollBar().value() - self.emulator.scrollback

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fit the new size."""
        super().resizeEvent(event)
        self.fit()
        self._place_bars()
        self._show()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the lines in view."""
        scheme = theme.colours()
        if not self._brush.draws(self.cells, scheme):
            self._brush = Brush(self.cells, scheme)
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), QColor(scheme.terminal.ground))
        first = self._first_line()
        for row in range(min(self._visible_rows() + 1, self.emulator.rows - first)):
            self._brush.draw_line(painter, self.emulator.line(first + row), row)
        self._paint_found(painter, first)
        for row, left, right in self._selector.spans(self.emulator):
            painting.draw_mark(painter, self.cells, (row - first, left, right), scheme.focus, _SELECTED)
        cursor = self.emulator.cursor
        if cursor.visible and self.shows_cursor():
            painting.draw_cursor(painter, self.cells, cursor, cursor.row - first, self.hasFocus(), scheme)
        painter.end()

    def _paint_found(self, painter: QPainter, first: int) -> None:
        if self._find is None or not self._find.isVisible():
            return
        current = self._find.current
        for row in range(min(self._visible_rows() + 1, self.emulator.rows - first)):
            line = self.emulator.line(first + row)
            number = first + row + self.emulator.scrolled
            for start, end in self._find.finder.in_text(text_of(line)):
                is_current = current is not None and (current.number, current.start) == (number, start)
                ink, strength = (theme.colours().primary, _CURRENT) if is_current else (theme.colours().notice, _FOUND)
                painting.draw_mark(painter, self.cells, (row, *columns_of(line, start, end)), ink, strength)

    def _place(self, event: QMouseEvent) -> Place:
        row = self._first_line() + int(event.position().y() // self.cells.height)
        across = event.position().x() / self.cells.width
        row = max(-self.emulator.scrollback, min(row, self.emulator.rows - 1))
        return row + self.emulator.scrolled, max(0.0, min(across, float(self.emulator.columns)))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Begin to select; with Shift go on; a third press selects the line."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        thrice = self._pressed_twice.isValid() and not self._pressed_twice.hasExpired(
            QApplication.doubleClickInterval()
        )
        self._pressed_twice.invalidate()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._selector.has_begun:
            self._selector.extend(self.emulator, self._place(event))
        else:
            self._selector.begin(self.emulator, self._place(event), Unit.LINE if thrice else Unit.LETTER)
        self.viewport().update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Select a word."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed_twice.start()
            self._selector.begin(self.emulator, self._place(event), Unit.WORD)
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Select up to here; beyond the edge, scroll there."""
        if not event.buttons() & Qt.MouseButton.LeftButton:
            return
        bar, y = self.verticalScrollBar(), event.position().y()
        bar.setValue(bar.value() + (y >= self.viewport().height()) - (y < 0))
        self._selector.extend(self.emulator, self._place(event))
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """What is selected stays so."""
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Offer what can be done here."""
        open_menu(self, event.globalPos(), self.acts())

    def acts(self) -> list[Act]:
        """What the menu offers."""
        return [
            Act("copy", _("Copy"), "Ctrl+Shift+C", self.copy, bool(self.selected_text())),
            Act("find", _("Find"), "Ctrl+Shift+F", self.open_find),
            Act("larger", _("Larger letters"), "Ctrl++", lambda: self.set_type(self._type + 1)),
            Act("smaller", _("Smaller letters"), "Ctrl+-", lambda: self.set_type(self._type - 1)),
            Act("usual", _("Letters of the usual size"), "Ctrl+0", lambda: self.set_type(0)),
        ]

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Scroll; with Ctrl, change the size of letters."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_type(self._type + (event.angleDelta().y() > 0) - (event.angleDelta().y() < 0))
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Copy what is selected, find, change the size of letters, or scroll."""
        if not self.take_own_key(event):
            super().keyPressEvent(event)

    def take_own_key(self, event: QKeyEvent) -> bool:
        """Do what a key means to the terminal itself. Whether it means anything."""
        own: dict[tuple[Qt.KeyboardModifier, Qt.Key], Callable[[], None]] = {
            (_BOTH, Qt.Key.Key_C): self.copy,
            (_BOTH, Qt.Key.Key_F): self.open_find,
            (_CTRL, Qt.Key.Key_Plus): lambda: self.set_type(self._type + 1),
            (_BOTH, Qt.Key.Key_Plus): lambda: self.set_type(self._type + 1),
            (_CTRL, Qt.Key.Key_Equal): lambda: self.set_type(self._type + 1),
            (_CTRL, Qt.Key.Key_Minus): lambda: self.set_type(self._type - 1),
            (_CTRL, Qt.Key.Key_0): lambda: self.set_type(0),
        }
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        act = own.get((held, Qt.Key(event.key())))
        if act is not None:
            act()
        return act is not None

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """The bar does not wait for a terminal that is gone."""
        super().hideEvent(event)
        if self._find is not None:
            self._find.hide()
