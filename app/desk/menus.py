"""The menus: every action of the desk with its shortcut, so that a keyboard is enough."""

from collections.abc import Callable

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow

from app.desk.palette import Palette
from app.desk.shelves import Shelf
from app.system.translations import _


class Menus:
    """Fills a window's menu bar. `act` gives what each word does; Ctrl+K finds them all by a few letters."""

    def __init__(self, window: QMainWindow, act: dict[str, Callable[[], None]]) -> None:
        self._window = window
        self._actions: list[QAction] = []
        go = {
            "search": (_("Search"), "Ctrl+F"),
            Shelf.WAITING.value: (_("Waiting"), "Ctrl+1"),
            Shelf.MINE.value: (_("Mine"), "Ctrl+2"),
            Shelf.COLLEAGUES.value: (_("Colleagues"), "Ctrl+3"),
            Shelf.CLOSED.value: (_("History"), "Ctrl+4"),
        }
        case = {
            "take": (_("Take the case"), "Ctrl+T"),
            "note": (_("Write a note"), "Ctrl+N"),
            "time": (_("Record time"), "Ctrl+R"),
            "solve": (_("Propose as solved"), "Ctrl+Shift+S"),
            "refused": (_("What was refused"), "Ctrl+Shift+R"),
        }
        session = {
            "code": (_("Enter the code"), "Ctrl+E"),
            "terminal": (_("Go to the terminal"), "Ctrl+J"),
            "ask": (_("Ask the customer for more"), "Ctrl+Shift+A"),
            "ports": (_("Ports and OpenSSH"), "Ctrl+Shift+O"),
            "end": (_("End session"), "Ctrl+Shift+E"),
        }
        for title, entries in ((_("&Go"), go), (_("&Case"), case), (_("&Session"), session)):
            self._fill(title, entries, act)
        self._palette_action = self._action(_("Find an action"), "Ctrl+K", self._open_palette)
        window.menuBar().addMenu(_("&Help")).addAction(self._palette_action)

    def _fill(self, title: str, entries: dict[str, tuple[str, str]], act: dict[str, Callable[[], None]]) -> None:
        menu = self._window.menuBar().addMenu(title)
        for key, (name, shortcut) in entries.items():
            action = self._action(name, shortcut, act[key])
            menu.addAction(action)
            self._actions.append(action)

    def _action(self, name: str, shortcut: str, does: Callable[[], None]) -> QAction:
        action = QAction(name, self._window)
        action.setShortcut(QKeySequence(shortcut))
        action.triggered.connect(lambda _=False: does())
        return action

    def _open_palette(self) -> None:
        Palette(self._window, self._actions).open()
