"""What a search found: a model, and a delegate that marks the words in their sentence."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.desk.wording import moment, now
from app.flows.search_history import Hit
from app.system.translations import _
from app.widgets import icons, theme
from app.widgets.icons import Icon
from app.widgets.theme import Colours

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
HIT = Qt.ItemDataRole.UserRole
_ICONS = {
    "case": Icon.CASE,
    "note": Icon.NOTE,
    "terminal": Icon.TERMINAL,
    "work": Icon.TIMER,
    "solution": Icon.ANSWER,
    "customer": Icon.COLLEAGUES,
    "article": Icon.ARTICLE,
}


class HitsModel(QAbstractListModel):
    """A row a hit. The role `HIT` gives the whole `Hit`."""

    def __init__(self) -> None:
        super().__init__()
        self._hits: tuple[Hit, ...] = ()

    def show_hits(self, hits: tuple[Hit, ...]) -> None:
        """Have these from now on."""
        self.beginResetModel()
        self._hits = hits
        self.endResetModel()

    def rowCount(self, _parent: _Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        """How many."""
        return len(self._hits)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The hit, its sentence, or the line that a screen reader says."""
        hit = self._hits[index.row()]
        if role == HIT:
            return hit
        if role == Qt.ItemDataRole.DisplayRole:
            return hit.snippet
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{hit.title}, {_place(hit)}: {hit.snippet}"
        return None


class HitDelegate(QStyledItemDelegate):
    """Two lines a hit: where it stands, and the words around it."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:  # noqa: N802 - Qt's name
        """Every hit is as high as any other."""
        return QSize(theme.CASE_LIST, theme.CASE_ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one hit."""
        scheme = theme.colours()
        hit: Hit = index.data(HIT)
        box: QRect = option.rect
        painter.save()
        painter.setFont(self._view.font())
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, QColor(scheme.chosen))
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), theme.LINE), QColor(scheme.line))
        place = QRectF(box.left() + theme.SNUG, box.top() + theme.TIGHT, theme.GAP, theme.GAP)
        icons.draw(painter, place, _ICONS[hit.where], scheme.quiet)
        inside = box.adjusted(theme.SNUG + theme.GAP + theme.TIGHT, theme.HAIR, -theme.SNUG, -theme.HAIR)
        upper = QRect(inside.left(), inside.top(), inside.width(), inside.height() // 2)
        metrics = QFontMetrics(painter.font())
        head = f"{hit.title} · {_place(hit)} · {hit.author} · {moment(hit.at, now())}"
        painter.setPen(QColor(scheme.quiet))
        head = metrics.elidedText(head, Qt.TextElideMode.ElideRight, upper.width())
        painter.drawText(upper, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, head)
        _draw_snippet(painter, upper.translated(0, upper.height()), hit, scheme)
        painter.restore()


def _draw_snippet(painter: QPainter, box: QRect, hit: Hit, scheme: Colours) -> None:
    """Draw the words piece by piece, those that matched on a ground of their own."""
    painter.save()
    painter.setClipRect(box)
    left = box.left()
    for text, matched in pieces(hit.snippet, hit.matches):
        font = QFont(painter.font())
        font.setBold(matched)
        painter.setFont(font)
        width = QFontMetrics(font).horizontalAdvance(text)
        if matched:
            painter.fillRect(QRect(left, box.top(), width, box.height()), QColor(scheme.match))
        painter.setPen(QColor(scheme.text))
        place = QRect(left, box.top(), width + 1, box.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)
        left += width
    painter.restore()


def pieces(snippet: str, matches: tuple[tuple[int, int], ...]) -> list[tuple[str, bool]]:
    """The snippet cut where matches begin and end: each piece, and whether it matched."""
    cut: list[tuple[str, bool]] = []
    place = 0
    for start, end in matches:
        cut += [(snippet[place:start], False), (snippet[start:end], True)]
        place = end
    cut.append((snippet[place:], False))
    return [(text, matched) for text, matched in cut if text]


def _place(hit: Hit) -> str:
    return {
        "case": _("the case"),
        "note": _("a note"),
        "terminal": _("a terminal"),
        "work": _("work"),
        "solution": _("the solution"),
        "customer": _("the customer's card"),
        "article": _("an article"),
    }[hit.where]
