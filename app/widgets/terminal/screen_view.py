"""A terminal's screen to look at: shows output, scrolls back, lets text be selected and copied. Sends nothing."""

from PySide6.QtCore import QElapsedTimer, QSize, Qt, QThread, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea

from app.system.translations import _
from app.widgets import theme
from app.widgets.terminal import painting
from app.widgets.terminal.choice import new_emulator
from app.widgets.terminal.emulator import text_of
from app.widgets.terminal.intake import Intake
from app.widgets.terminal.selection import Place, Selection

_BUSY_MILLISECONDS = 10
_REST_MILLISECONDS = 4
_USUAL_SIZE = (80, 24)
_MOST_LETTERS = 500
COPY_KEYS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class ScreenView(QAbstractScrollArea):
    """Shows a terminal of a fixed size, in letters as large as fit. Only `output` may be called from other threads."""

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
        self.cells = painting.Cells.of_size(theme.points(theme.DESK.body))
        self._patient = patient
        self._intake = Intake(patient=patient)
        self._selection: Selection | None = None
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
        size = (columns or self.emulator.columns, rows or self.emulator.rows)
        self.emulator = new_emulator(*(min(letters, _MOST_LETTERS) for letters in size))
        self._selection = None
        self.fit()
        self._show()

    def resize_screen(self, columns: int, rows: int) -> None:
        """The other machine's terminal has this size from here on. What waits is shown at the old size first."""
        self._take_all()
        self.emulator.resize(min(columns, _MOST_LETTERS), min(rows, _MOST_LETTERS))
        self.fit()
        self._show()

    def close_intake(self) -> None:
        """Take no more output, and let those go who wait to give some. Any thread."""
        self._intake.close()

    def text(self) -> str:
        """What the screen shows and what lies above it, as plain text."""
        above = (self.emulator.line(row) for row in range(-self.emulator.scrollback, 0))
        return "\n".join(text_of(line) for line in (*above, *self.emulator.lines())).rstrip()

    @property
    def letters(self) -> tuple[int, int]:
        """The terminal's size: columns and rows."""
        return self.emulator.columns, self.emulator.rows

    def selected_text(self) -> str:
        """What is selected, line by line."""
        spans = self._selection.spans(self.emulator.columns) if self._selection else ()
        return "\n".join(text_of(self.emulator.line(line))[first:after] for line, first, after in spans)

    def copy(self) -> None:
        """Put what is selected on the clipboard. Only the person at this window can ask for it."""
        if self.selected_text():
            QGuiApplication.clipboard().setText(self.selected_text())

    def fit(self) -> None:
        """Choose letters with which all columns fit across."""
        usual = painting.Cells.of_size(theme.points(theme.DESK.body))
        share = self.viewport().width() / max(1.0, usual.width * self.emulator.columns)
        self.cells = painting.Cells.of_size(theme.points(theme.DESK.body) * min(1.0, max(0.4, share)))

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
        piece = self._intake.take(self.emulator.slice_bytes)
        while piece:
            self.emulator.feed(piece)
            if clock.elapsed() >= _BUSY_MILLISECONDS:
                self._timer.start(_REST_MILLISECONDS)
                break
            piece = self._intake.take(self.emulator.slice_bytes)
        self.after_feeding()
        self._show()

    def _take_all(self) -> None:
        while piece := self._intake.take(self.emulator.slice_bytes):
            self.emulator.feed(piece)

    def _show(self) -> None:
        """Draw anew, at the bottom if that is where the person was."""
        bar = self.verticalScrollBar()
        at_bottom = bar.value() == bar.maximum()
        hidden = max(0, self.emulator.rows - self._visible_rows())
        bar.setRange(0, self.emulator.scrollback + hidden)
        bar.setPageStep(self._visible_rows())
        if at_bottom:
            bar.setValue(bar.maximum())
        self.viewport().update()

    def _visible_rows(self) -> int:
        return max(1, int(self.viewport().height() / self.cells.height))

    def _first_line(self) -> int:
        """The line at the view's top, counted as the emulator does."""
        return self.verticalScrollBar().value() - self.emulator.scrollback

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fit the new size."""
        super().resizeEvent(event)
        self.fit()
        self._show()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the lines in view."""
        scheme = theme.colours()
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), QColor(scheme.terminal.ground))
        first = self._first_line()
        for row in range(min(self._visible_rows() + 1, self.emulator.rows - first)):
            painting.draw_line(painter, self.cells, self.emulator.line(first + row), row, scheme)
        self._paint_selection(painter, first)
        cursor = self.emulator.cursor
        if cursor.visible and self.shows_cursor():
            painting.draw_cursor(painter, self.cells, cursor, cursor.row - first, self.hasFocus(), scheme)
        painter.end()

    def _paint_selection(self, painter: QPainter, first_line: int) -> None:
        ink = QColor(theme.colours().focus)
        ink.setAlphaF(0.3)
        for line, first, after in self._selection.spans(self.emulator.columns) if self._selection else ():
            painter.fillRect(self.cells.box(first, line - first_line, after - first), ink)

    def _place(self, event: QMouseEvent) -> Place:
        line = self._first_line() + int(event.position().y() // self.cells.height)
        column = round(event.position().x() / self.cells.width)
        lowest, highest = -self.emulator.scrollback, self.emulator.rows - 1
        return max(lowest, min(line, highest)), max(0, min(column, self.emulator.columns))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Begin to select."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._selection = Selection(self._place(event), self._place(event))
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Select up to here."""
        if self._selection is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._selection = Selection(self._selection.anchor, self._place(event))
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """What is selected stays so."""
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Copy what is selected, or scroll."""
        if event.modifiers() == COPY_KEYS and event.key() == Qt.Key.Key_C:
            self.copy()
        else:
            super().keyPressEvent(event)
