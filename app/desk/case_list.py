"""The cases of one shelf: a model, drawn by a delegate, in a list that keeps its place while cases come and go."""

from uuid import UUID

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QListView

from app.desk.case_delegate import CaseDelegate
from app.desk.wording import status_word
from app.flows.list_cases import CaseRow
from app.system.translations import _
from app.widgets.fields import named

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
CASE = Qt.ItemDataRole.UserRole


class CaseListModel(QAbstractListModel):
    """A row a case. The role `CASE` gives the whole `CaseRow`."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[CaseRow, ...] = ()

    def show_rows(self, rows: tuple[CaseRow, ...]) -> None:
        """Have these from now on."""
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def row_of(self, case_id: UUID) -> int:
        """Where this case stands, or -1."""
        return next((place for place, row in enumerate(self._rows) if row.id == case_id), -1)

    def rowCount(self, _parent: _Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        """How many."""
        return len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The case, its title, or the line that a screen reader says."""
        row = self._rows[index.row()]
        if role == CASE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            waits = _("waits for a technician") if row.waiting else ""
            return ", ".join(part for part in (row.title, row.customer, status_word(row.status), waits) if part)
        return None


class CaseList(QListView):
    """`chosen` carries the id of the case that the technician went to."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        named(self, "queue", _("Cases"))
        self.setProperty("part", "bare")
        self.cases = CaseListModel()
        self.setModel(self.cases)
        self.setItemDelegate(CaseDelegate(self))
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._telling = True
        self.selectionModel().currentChanged.connect(self._moved)

    def show_rows(self, rows: tuple[CaseRow, ...], current: UUID | None) -> None:
        """Have these rows, with that case marked if it is among them."""
        self._telling = False
        self.cases.show_rows(rows)
        self.mark(current)
        self._telling = True

    def mark(self, case_id: UUID | None) -> None:
        """Mark this case without telling of it."""
        place = self.cases.row_of(case_id) if case_id else -1
        telling, self._telling = self._telling, False
        if place < 0:
            self.clearSelection()
        else:
            index = self.cases.index(place)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._telling = telling

    def _moved(self, current: QModelIndex, _before: QModelIndex) -> None:
        if self._telling and current.isValid():
            self.chosen.emit(current.data(CASE).id)
