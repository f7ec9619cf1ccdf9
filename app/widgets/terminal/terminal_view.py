"""The technician's terminal: a screen that one can type into."""

from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QInputMethodEvent, QKeyEvent

from app.system.translations import _
from app.widgets import theme
from app.widgets.terminal import painting
from app.widgets.terminal.keys import Keyboard, Modes
from app.widgets.terminal.menu import Act
from app.widgets.terminal.paste import pasted, runs_by_itself
from app.widgets.terminal.paste_bar import PasteBar
from app.widgets.terminal.screen_view import ScreenView

_PASTE_KEYS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
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
        self.setToolTip(_("Ctrl+Tab leaves the terminal; Ctrl+Shift with C copies, with V pastes, with F finds"))
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        self._live = False
        self._keyboard = Keyboard()
        self._paste_bar: PasteBar | None = None

    def set_live(self, live: bool) -> None:
        """Whether there is a machine at the other end."""
        self._live = live
        if not live and self._paste_bar is not None:
            self._paste_bar.hide()
        self.viewport().update()

    def paste(self) -> None:
        """Send the clipboard's text, without anything in it that could press a key.

        Where its line ends would run it at once, the person is asked first.
        """
        untrusted = QGuiApplication.clipboard().text()
        if self._live and runs_by_itself(untrusted, self.emulator.bracketed_paste):
            self._ask_to_paste(untrusted)
        else:
            self._send(pasted(untrusted, self.emulator.bracketed_paste))

    def fit(self) -> None:
        """Have as many columns and rows as there is room for."""
        self.cells = painting.Cells.of_size(theme.points(self._type))
        columns = max(2, int(self.room_across() / self.cells.width))
        rows = max(2, int(self.viewport().height() / self.cells.height))
        if (columns, rows) != (self.emulator.columns, self.emulator.rows):
            self.emulator.resize(columns, rows)
            self._lines_are_new()
            self.fitted.emit(columns, rows)

    def acts(self) -> list[Act]:
        """What the menu offers: pasting, too."""
        copy, *others = super().acts()
        return [copy, Act("paste", _("Paste"), "Ctrl+Shift+V", self.paste, self._live), *others]

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
        """Send what the key says, if it means nothing to the terminal itself."""
        if event.modifiers() == _PASTE_KEYS and event.key() == Qt.Key.Key_V:
            self.paste()
        elif self._live and not self._pages(event) and not self.take_own_key(event):
            modes = Modes(cursor=self.emulator.application_cursor, keypad=self.emulator.application_keypad)
            self._type_in(self._keyboard.typed(event, modes))
        elif not self._live:
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:  # noqa: N802 - Qt's name
        """Send what was put together of several keys: an accent and its letter, a syllable."""
        self._type_in(event.commitString().encode("utf-8", "ignore"))
        event.accept()

    def inputMethodQuery(self, query: Qt.InputMethodQuery) -> Any:  # noqa: N802 - Qt's name
        """Where the letter will stand, so that choices are offered beside it."""
        if query is Qt.InputMethodQuery.ImCursorRectangle:
            cursor = self.emulator.cursor
            return self.cells.box(cursor.column, cursor.row - self._first_line()).toRect()
        return super().inputMethodQuery(query)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Show that keys come here."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Show that keys go elsewhere."""
        super().focusOutEvent(event)
        self.viewport().update()

    def _place_bars(self) -> None:
        super()._place_bars()
        if self._paste_bar is not None:
            room = self.viewport().geometry().adjusted(0, 0, -theme.TIGHT, -theme.HAIR)
            self._paste_bar.setFixedWidth(room.width())
            self._paste_bar.adjustSize()
            self._paste_bar.move(room.left(), room.bottom() - self._paste_bar.height())

    def _ask_to_paste(self, untrusted: str) -> None:
        if self._paste_bar is None:
            self._paste_bar = PasteBar(self)
            self._paste_bar.answered.connect(self._paste_after_all)
        self._paste_bar.ask(untrusted)
        self._place_bars()

    def _paste_after_all(self, untrusted: str) -> None:
        self.setFocus()
        self._send(pasted(untrusted, self.emulator.bracketed_paste))

    def _pages(self, event: QKeyEvent) -> bool:
        """Shift and a page key scroll what the terminal keeps, unless a program has the whole window."""
        pages = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}.get(Qt.Key(event.key()), 0)
        if not pages or event.modifiers() != Qt.KeyboardModifier.ShiftModifier or not self.emulator.scrollback:
            return False
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + pages * bar.pageStep())
        return True

    def _type_in(self, data: bytes) -> None:
        self._send(data)
        if data:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def _send(self, data: bytes) -> None:
        if data and self._live:
            self.sent.emit(data)


def _leaves(event: QKeyEvent) -> bool:
    return event.key() in _LEAVE and bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
