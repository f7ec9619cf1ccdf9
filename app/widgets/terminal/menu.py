"""What can be done with a terminal, as a menu: the keys that do the same stand beside it."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget


class Act(NamedTuple):
    """One line of the menu. `keys` are told, and heard elsewhere: the terminal takes keys before any menu does."""

    name: str
    text: str
    keys: str
    do: Callable[[], None]
    possible: bool = True


def open_menu(owner: QWidget, at: QPoint, acts: list[Act]) -> QMenu:
    """Open the menu at this place of the screen. It destroys itself."""
    menu = QMenu(owner)
    menu.setObjectName("terminalMenu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for act in acts:
        action = menu.addAction(
            f"{act.text}\t{QKeySequence(act.keys).toString(QKeySequence.SequenceFormat.NativeText)}"
        )
        action.setObjectName(act.name)
        action.setEnabled(act.possible)
        action.triggered.connect(act.do)
    menu.popup(at)
    return menu
