"""The technician's terminal: a screen that one can type into."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent

from app.system.translations import _
from app.widgets import theme
from app.widgets.terminal import painting
from app.widgets.terminal.keys import typed
from app.widgets.terminal.paste import pasted
from app.widgets.terminal.screen_view import COPY_KEYS, ScreenView

_LEAVE = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)


class TerminalView(ScreenView):
    """Sends keystrokes, pastes and the emulator's few replies, and nothing else.

    `sent` carries the bytes for the other machine, `fitted` the columns and rows that there is room for.
    A flood of output holds its sender back. Ctrl+Tab leaves the terminal; Tab itself goes to the machine.
    """

    sent = Signal(bytes)
    fitted = Signal(int, int)

    def __init__(self, name: str) -> None:
        super().__init__(name, patient=True)
        self.setAccessibleName(_("Terminal"))
        self.setToolTip(_("Ctrl+Tab leaves the terminal, Ctrl+Shift+C copies, Ctrl+Shift+V pastes"))
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self._live = False

    def set_live(self, live: bool) -> None:
        """Whether there is a machine at the other end."""
        self._live = live
        self.viewport().update()

    def paste(self) -> None:
        """Send the clipboard's text, without anything in it that could press a key."""
        data = pasted(QGuiApplication.clipboard().text(), self.emulator.bracketed_paste)
        self._send(data)

    def fit(self) -> None:
        """Have as many columns and rows as there is room for."""
        self.cells = painting.Cells.of_size(theme.points(theme.DESK.body))
        columns = max(2, int(self.viewport().width() / self.cells.width))
        rows = max(2, int(self.viewport().height() / self.cells.height))
        if (columns, rows) != (self.emulator.columns, self.emulator.rows):
            self.emulator.resize(columns, rows)
            self.fitted.emit(columns, rows)

    def after_feeding(self) -> None:
        """Send what the terminal itself may answer."""
        self._send(self.emulator.replies())

    def shows_cursor(self) -> bool:
        """Keys go somewhere while there is a machine."""
        return self._live

    def event(self, event: QEvent) -> bool:
        """Keep keys that the window would take: Tab, and all shortcuts but those to leave."""
        if isinstance(event, QKeyEvent) and self._live and not _leaves(event):
            if event.type() is QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() is QEvent.Type.KeyPress:
                self.keyPressEvent(event)
                return True
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and _leaves(event):
            return self.focusNextPrevChild(event.key() == Qt.Key.Key_Tab)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Send what the key says."""
        if event.modifiers() == COPY_KEYS and event.key() == Qt.Key.Key_V:
            self.paste()
        elif event.modifiers() == COPY_KEYS and event.key() == Qt.Key.Key_C:
            self.copy()
        elif self._live:
            self._send(typed(event, self.emulator.application_cursor))
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Show that keys come here."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Show that keys go elsewhere."""
        super().focusOutEvent(event)
        self.viewport().update()

    def _send(self, data: bytes) -> None:
        if data and self._live:
            self.sent.emit(data)


def _leaves(event: QKeyEvent) -> bool:
    return event.key() in _LEAVE and bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
