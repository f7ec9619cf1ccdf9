"""What the technician does, as sentences, the newest last."""

from collections import deque
from datetime import datetime

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtWidgets import QListView

from app.gethelp.wording import clock
from app.system.translations import _
from app.widgets.fields import named
from app.widgets.plain import breakable, plain_line

_MOST_LINES = 1000
_MOST_LETTERS = 400
_SOON_MS = 50
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class ActivityModel(QAbstractListModel):
    """Keeps the newest 1,000 sentences. What comes in a flood is shown some at a time, so that the window lives."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str] = []
        self._new: deque[str] = deque(maxlen=_MOST_LINES)
        self._soon = QTimer(self, interval=_SOON_MS, singleShot=True)
        self._soon.timeout.connect(self._take_in)

    def add(self, at: datetime, untrusted_sentence: str) -> None:
        """One more thing was done."""
        self._new.append(f"{clock(at)}  {breakable(plain_line(untrusted_sentence, _MOST_LETTERS))}")
        if not self._soon.isActive():
            self._soon.start()

    def clear(self) -> None:
        """A new session begins."""
        self.beginResetModel()
        self._lines.clear()
        self._new.clear()
        self.endResetModel()

    def rowCount(self, _parent: _Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        """How many."""
        return len(self._lines)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """The sentence, for the eye and for readers."""
        return self._lines[index.row()] if role == Qt.ItemDataRole.DisplayRole else None

    def _take_in(self) -> None:
        new = list(self._new)
        self._new.clear()
        too_many = max(0, len(self._lines) + len(new) - _MOST_LINES)
        if too_many:
            self.beginRemoveRows(_ROOT, 0, too_many - 1)
            del self._lines[:too_many]
            self.endRemoveRows()
        if new:
            self.beginInsertRows(_ROOT, len(self._lines), len(self._lines) + len(new) - 1)
            self._lines += new
            self.endInsertRows()


class ActivityList(QListView):
    """Follows the newest, unless the customer reads further up."""

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
        self._at_end = True
        model.rowsAboutToBeInserted.connect(self._remember_place)
        model.rowsInserted.connect(self._follow)

    def keyboardSearch(self, _typed: str) -> None:  # noqa: N802 - Qt's name
        """Do nothing with letters: the focus may come here while somebody types."""

    def _remember_place(self) -> None:
        bar = self.verticalScrollBar()
        self._at_end = bar.value() >= bar.maximum()

    def _follow(self) -> None:
        if self._at_end:
            self.scrollToBottom()
