"""Search everything that this machine holds: cases, notes, work, solutions, what terminals showed. Works offline."""

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QListView, QWidget

from app.desk.hits import HIT, HitDelegate, HitsModel
from app.flows.search_history import Hit, is_of_case
from app.system.translations import _, ngettext
from app.widgets import theme
from app.widgets.banner import Banner
from app.widgets.buttons import primary, quiet
from app.widgets.fields import named, text_line
from app.widgets.ground import stand_on
from app.widgets.icons import Icon
from app.widgets.labels import headline, line
from app.widgets.layouts import column, row

_PAUSE_MILLISECONDS = 150


class HistoryPage(QWidget):
    """`searched` carries the words as they are typed, `case_asked` a case's id, `replay_asked` a session's."""

    searched = Signal(str)
    case_asked = Signal(object)
    replay_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        stand_on(self)
        self.banner = Banner("historyBanner")
        self._field = text_line("searchField", _("Search"), _("A word from a case, a note or a terminal"), most=400)
        self._field.setClearButtonEnabled(True)
        self._counted = line(part="quiet")
        self._hits = HitsModel()
        self._list = named(QListView(), "searchResults", _("What was found"))
        self._list.setModel(self._hits)
        self._list.setItemDelegate(HitDelegate(self._list))
        self._list.setUniformItemSizes(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._open = quiet(_("Open the case"), "openCase", Icon.CASE)
        self._replay = primary(_("Replay"), "replay", Icon.PLAY)
        self._build()
        self._typing = QTimer(self, singleShot=True, interval=_PAUSE_MILLISECONDS)
        self._typing.timeout.connect(self._search)
        self._connect()
        self._offer(QModelIndex())

    def _build(self) -> None:
        actions = row(self._counted, None, self._open, self._replay, gap=theme.TIGHT)
        self.setLayout(column(headline(_("Search")), self._field, self.banner, self._list, actions, margin=theme.GAP))

    def _connect(self) -> None:
        self._field.textChanged.connect(lambda _: self._typing.start())
        self._field.returnPressed.connect(self._search)
        self._list.selectionModel().currentChanged.connect(lambda current, _: self._offer(current))
        self._list.activated.connect(lambda _: self._ask_for_case())
        self._open.clicked.connect(self._ask_for_case)
        self._replay.clicked.connect(self._ask_for_replay)

    def take_up(self) -> None:
        """Begin to type."""
        self._field.setFocus()
        self._field.selectAll()

    def show_hits(self, query: str, hits: tuple[Hit, ...]) -> None:
        """These were found. An answer to words that have changed meanwhile is passed over."""
        if query != self._field.text():
            return
        self.banner.clear()
        self._hits.show_hits(hits)
        found = ngettext("{n} found", "{n} found", len(hits)).format(n=len(hits))
        self._counted.setText(found if query.strip() else "")
        if hits:
            self._list.setCurrentIndex(self._hits.index(0))
        else:
            self._offer(QModelIndex())

    def _search(self) -> None:
        self._typing.stop()
        self.searched.emit(self._field.text())

    def _offer(self, current: QModelIndex) -> None:
        hit: Hit | None = current.data(HIT) if current.isValid() else None
        self._open.setEnabled(hit is not None and is_of_case(hit))
        self._replay.setEnabled(hit is not None and hit.session is not None)

    def _current(self) -> Hit | None:
        index = self._list.currentIndex()
        hit: Hit | None = index.data(HIT) if index.isValid() else None
        return hit

    def _ask_for_case(self) -> None:
        if (hit := self._current()) is not None and is_of_case(hit):
            self.case_asked.emit(hit.case_id)

    def _ask_for_replay(self) -> None:
        if (hit := self._current()) is not None and hit.session is not None:
            self.replay_asked.emit(hit.session)
