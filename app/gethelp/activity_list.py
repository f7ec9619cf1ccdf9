"""What the technician does, as sentences, the newest last."""

from datetime import datetime

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QListView

from app.gethelp.wording import clock
from app.system.translations import _
from app.widgets.fields import named

_MOST_LINES = 2000
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class ActivityModel(QAbstractListModel):
    """Keeps the newest 2,000 sentences."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str] = []

    def add(self, at: datetime, untrusted_sentence: str) -> None:
        """One more thing was done."""
        if len(self._lines) >= _MOST_LINES:
            self.beginRemoveRows(_ROOT, 0, 0)
            del self._lines[0]
            self.endRemoveRows()
        self.beginInsertRows(_ROOT, len(self._lines), len(self._lines))
        self._lines.append(f"{clock(at)}  {' '.join(untrusted_sentence.split())}")
        self.endInsertRows()

    def clear(self) -> None:
        """A new session begins."""
        self.beginResetModel()
        self._lines.clear()
        self.endResetModel()

    def rowCount(self, _parent: _Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        """How many."""
        return len(self._lines)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """The sentence, for the eye and for readers."""
        return self._lines[index.row()] if role == Qt.ItemDataRole.DisplayRole else None


class ActivityList(QListView):
    """Follows the newest."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "activity", _("What is done on your computer"))
        self.setProperty("part", "sentences")
        self.setModel(model := ActivityModel())
        self.sentences = model
        self.setWordWrap(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        model.rowsInserted.connect(self.scrollToBottom)
