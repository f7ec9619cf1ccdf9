"""Draws a case in a list: what it is about, whose it is, and what must be seen at a glance."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.desk.wording import moment, now
from app.flows.list_cases import CaseRow
from app.system.translations import _
from app.widgets import icons, theme
from app.widgets.icons import Icon
from app.widgets.theme import Colours

_CASE = Qt.ItemDataRole.UserRole


class CaseDelegate(QStyledItemDelegate):
    """Two lines a case: title and time; customer, and the mark of what it waits for."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802
        """Every case is as high as any other."""
        return QSize(theme.CASE_LIST, theme.CASE_ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one case."""
        scheme = theme.colours()
        row: CaseRow = index.data(_CASE)
        box: QRect = option.rect
        painter.save()
        self._draw_ground(painter, option, box, scheme)
        inside = box.adjusted(theme.SNUG, theme.HAIR, -theme.SNUG, -theme.HAIR)
        upper = QRect(inside.left(), inside.top(), inside.width(), inside.height() // 2)
        lower = upper.translated(0, upper.height())
        time = moment(row.changed_at, now())
        _words(painter, upper, time, scheme.quiet, right=True)
        room = upper.adjusted(0, 0, -QFontMetrics(painter.font()).horizontalAdvance(time) - theme.TIGHT, 0)
        _words(painter, room, row.title, scheme.text, bold=True)
        marks = self._draw_marks(painter, lower, row, scheme)
        _words(painter, lower.adjusted(0, 0, -marks, 0), _whose(row), scheme.quiet)
        painter.restore()

    def _draw_ground(self, painter: QPainter, option: QStyleOptionViewItem, box: QRect, scheme: Colours) -> None:
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, QColor(scheme.chosen))
            painter.fillRect(QRect(box.left(), box.top(), theme.STRIP, box.height()), QColor(scheme.primary))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(scheme.focus))
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), theme.LINE), QColor(scheme.line))

    def _draw_marks(self, painter: QPainter, box: QRect, row: CaseRow, scheme: Colours) -> int:
        """Draw from the right; returns the room that was taken."""
        right = box.right()
        for icon, word, colour in _marks(row, scheme):
            width = QFontMetrics(painter.font()).horizontalAdvance(word)
            _words(painter, QRect(right - width, box.top(), width + 1, box.height()), word, colour)
            right -= width + theme.GAP + theme.HAIR
            icons.draw(painter, QRectF(right, box.center().y() - theme.TIGHT, theme.GAP, theme.GAP), icon, colour)
            right -= theme.TIGHT
        return box.right() - right


def _marks(row: CaseRow, scheme: Colours) -> list[tuple[Icon, str, str]]:
    marks = []
    if row.waiting:
        marks.append((Icon.LINK, _("waits"), scheme.primary))
    if row.problems:
        marks.append((Icon.PROBLEM, str(row.problems), scheme.problem))
    if row.pending:
        marks.append((Icon.PENDING, str(row.pending), scheme.notice))
    return marks


def _whose(row: CaseRow) -> str:
    return f"{row.customer} · {row.technician}" if row.technician else row.customer


def _words(
    painter: QPainter, box: QRect, untrusted: str, colour: str, *, bold: bool = False, right: bool = False
) -> None:
    font = QFont(painter.font())
    font.setBold(bold)
    text = QFontMetrics(font).elidedText(untrusted, Qt.TextElideMode.ElideRight, box.width())
    painter.save()
    painter.setFont(font)
    painter.setPen(QColor(colour))
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)
    painter.restore()
