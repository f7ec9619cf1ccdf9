"""The story of a case: its log, as a list that people read from top to bottom."""

from uuid import UUID

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QListView

from app.desk.refused_row import RefusedRow
from app.desk.timeline_delegate import ENTRY, TimelineDelegate, is_open, refusal_words
from app.desk.wording import certainty_word
from app.flows.show_case import Entry
from app.system.translations import _
from app.widgets.fields import named

WRITTEN_HERE = frozenset({"note_added", "work_recorded", "solution_proposed"})
"""What a technician writes in this window, and can write anew here; for anything else there is the command."""

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class TimelineModel(QAbstractListModel):
    """A row an event. The role `ENTRY` gives the whole `Entry`."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[Entry, ...] = ()

    def show_entries(self, entries: tuple[Entry, ...]) -> bool:
        """Have these from now on. What only grew at its end keeps its place. Returns whether anything changed."""
        if entries == self._entries:
            return False
        count = len(self._entries)
        if count and entries[:count] == self._entries:
            self.beginInsertRows(_ROOT, count, len(entries) - 1)
            self._entries = entries
            self.endInsertRows()
        else:
            self.beginResetModel()
            self._entries = entries
            self.endResetModel()
        return True

    def rowCount(self, _parent: _Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        """How many."""
        return len(self._entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The entry, its sentence, or the line that a screen reader says."""
        entry = self._entries[index.row()]
        if role == ENTRY:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.sentence
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _said(entry)
        return None


def _said(entry: Entry) -> str:
    parts = [f"{entry.who}: {entry.sentence}"]
    if entry.certainty is not None:
        parts.append(certainty_word(entry.certainty))
    if entry.pending:
        parts.append(_("not sent yet"))
    if entry.refused is not None:
        parts.append(refusal_words(entry))
    return ", ".join(parts)


class Timeline(QListView):
    """`replay_asked` carries a session's id when its line is opened (Enter or double click).

    `amend_asked` and `discard_asked` carry the id of an event that was refused.
    """

    replay_asked = Signal(object)
    amend_asked = Signal(object)
    discard_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        named(self, "timeline", _("What happened"))
        self.setProperty("part", "bare")
        self.entries = TimelineModel()
        self.setModel(self.entries)
        self.setItemDelegate(TimelineDelegate(self))
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.activated.connect(self._open)
        self._case: UUID | None = None
        self._follows = True
        self.verticalScrollBar().rangeChanged.connect(self._follow)
        self.verticalScrollBar().actionTriggered.connect(lambda _: self._look_whether_to_follow())

    def show_story(self, case_id: UUID, entries: tuple[Entry, ...]) -> None:
        """Have these, and go to the newest where the technician was there, or where the case is another."""
        if case_id != self._case:
            self._follows = True
        self._case = case_id
        if self.entries.show_entries(entries):
            self._offer_ways_out(entries)
        self._follow()

    def show_refused(self) -> None:
        """Go to the first line that waits for a decision."""
        for place in range(self.entries.rowCount()):
            index = self.entries.index(place, 0)
            if is_open(index.data(ENTRY)):
                self._follows = False
                self.setCurrentIndex(index)
                self.scrollTo(index)
                return

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Break the lines anew."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Where one scrolls to, one stays."""
        super().wheelEvent(event)
        self._look_whether_to_follow()

    def _offer_ways_out(self, entries: tuple[Entry, ...]) -> None:
        for place, entry in enumerate(entries):
            index = self.entries.index(place, 0)
            if is_open(entry) and self.indexWidget(index) is None:
                ways = RefusedRow(entry.id, entry.sentence, amendable=entry.amendable and entry.kind in WRITTEN_HERE)
                ways.amend_asked.connect(self.amend_asked)
                ways.discard_asked.connect(self.discard_asked)
                self.setIndexWidget(index, ways)

    def _look_whether_to_follow(self) -> None:
        bar = self.verticalScrollBar()
        self._follows = bar.sliderPosition() >= bar.maximum()

    def _follow(self) -> None:
        if self._follows:
            self.scrollToBottom()

    def _open(self, index: QModelIndex) -> None:
        entry: Entry = index.data(ENTRY)
        if entry.session is not None and entry.kind == "session_ended":
            self.replay_asked.emit(entry.session)
