"""The left rail: search, and the shelves of the queue with how much lies on each."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame

from app.desk.shelves import Shelf
from app.system.translations import _
from app.widgets import theme
from app.widgets.buttons import Button
from app.widgets.icons import Icon
from app.widgets.layouts import column, hairline


class Rail(QFrame):
    """`shelf_chosen` carries a `Shelf`; `search_chosen` leads to the search."""

    shelf_chosen = Signal(object)
    search_chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("part", "side")
        self.setFixedWidth(theme.RAIL)
        self._names = {
            Shelf.WAITING: (_("Waiting"), Icon.WAITING),
            Shelf.MINE: (_("Mine"), Icon.MINE),
            Shelf.COLLEAGUES: (_("Colleagues"), Icon.COLLEAGUES),
            Shelf.CLOSED: (_("History"), Icon.HISTORY),
        }
        self._search = Button(_("Search"), "railSearch", "rail", Icon.SEARCH)
        self._shelves = {
            shelf: Button(name, f"rail{shelf.name.title()}", "rail", icon)
            for shelf, (name, icon) in self._names.items()
        }
        group = QButtonGroup(self)
        for button in (self._search, *self._shelves.values()):
            button.setCheckable(True)
            group.addButton(button)
        open_shelves = [self._shelves[shelf] for shelf in Shelf if shelf is not Shelf.CLOSED]
        closed = self._shelves[Shelf.CLOSED]
        self.setLayout(
            column(
                self._search, hairline(), *open_shelves, hairline(), closed, None, gap=theme.HAIR, margin=theme.TIGHT
            )
        )
        self._search.clicked.connect(self.search_chosen)
        for shelf, button in self._shelves.items():
            button.clicked.connect(lambda _=False, shelf=shelf: self.shelf_chosen.emit(shelf))

    def mark(self, shelf: Shelf | None) -> None:
        """Show where one is; None is the search."""
        (self._shelves[shelf] if shelf is not None else self._search).setChecked(True)

    def show_counts(self, counts: dict[Shelf, int]) -> None:
        """How much lies on each shelf."""
        for shelf, button in self._shelves.items():
            name, count = self._names[shelf][0], counts.get(shelf, 0)
            button.rename(f"{name}   {count}" if count and shelf is not Shelf.CLOSED else name)
