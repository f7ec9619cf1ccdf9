"""Ctrl+K: find an action by a few letters of its name."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QWidget

from app.system.translations import _
from app.widgets import theme
from app.widgets.dress import dress
from app.widgets.fields import named, text_line
from app.widgets.layouts import column


class Palette(QDialog):
    """A field and the actions that match it. Enter does the marked one. Destroys itself."""

    def __init__(self, window: QWidget, actions: Sequence[QAction]) -> None:
        super().__init__(window)
        dress(self, theme.DESK)
        self.setObjectName("palette")
        self.setWindowTitle(_("Find an action"))
        self.resize(*theme.PALETTE_WINDOW)
        self._actions = [action for action in actions if action.isEnabled()]
        self._field = text_line("paletteField", _("Find an action"), _("What do you want to do?"))
        self._list = named(QListWidget(), "paletteList", _("Actions"))
        self.setLayout(column(self._field, self._list, margin=theme.SNUG))
        self._field.textChanged.connect(self._match)
        self._field.returnPressed.connect(self._do)
        self._field.installEventFilter(self)
        self._list.itemActivated.connect(lambda _: self._do())
        self.finished.connect(self.deleteLater)
        self._match("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Up and down move in the list while one types."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step:
                place = self._list.currentRow() + step
                self._list.setCurrentRow(max(0, min(place, self._list.count() - 1)))
                return True
        return super().eventFilter(watched, event)

    def _match(self, words: str) -> None:
        self._list.clear()
        for action in self._actions:
            name = action.text().replace("&", "")
            if all(word in name.casefold() for word in words.casefold().split()):
                item = QListWidgetItem(f"{name}    {action.shortcut().toString()}")
                item.setData(Qt.ItemDataRole.UserRole, action)
                self._list.addItem(item)
        self._list.setCurrentRow(0)

    def _do(self) -> None:
        item = self._list.currentItem()
        self.accept()
        if item is not None:
            action: QAction = item.data(Qt.ItemDataRole.UserRole)
            action.trigger()
