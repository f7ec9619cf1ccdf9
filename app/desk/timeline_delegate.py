"""Draws an event of a case: when, who, what; how sure; whether it is sent, and what was refused."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.desk.wording import CERTAINTY_ICONS, audience_word, certainty_word, moment, now
from app.domain.events import Audience
from app.flows.show_case import Entry
from app.system.translations import _
from app.widgets import icons, theme
from app.widgets.icons import Icon
from app.widgets.theme import Colours
from app.widgets.wrapped_text import WrappedText

ENTRY = Qt.ItemDataRole.UserRole
_KIND_ICONS = {
    "case_opened": Icon.HELP,
    "diagnostics_shared": Icon.SECURE,
    "consent_given": Icon.CHECK,
    "consent_withdrawn": Icon.HAND,
    "case_taken": Icon.MINE,
    "note_added": Icon.NOTE,
    "work_recorded": Icon.TIMER,
    "session_offered": Icon.LINK,
    "session_started": Icon.TERMINAL,
    "session_ended": Icon.PLAY,
    "solution_proposed": Icon.ANSWER,
    "case_closed": Icon.CLOSED,
    "case_reopened": Icon.WARNING,
    "case_waits": Icon.PAUSE,
    "case_resumed": Icon.PLAY,
    "estimate_given": Icon.CLOCK,
    "handover_offered": Icon.COLLEAGUES,
    "handover_accepted": Icon.MINE,
    "handover_declined": Icon.COLLEAGUES,
    "handover_withdrawn": Icon.COLLEAGUES,
    "colleague_asked": Icon.QUESTION,
    "colleague_answered": Icon.ANSWER,
    "alternatives_offered": Icon.QUESTION,
    "alternative_chosen": Icon.CHECK,
    "case_came_back": Icon.HISTORY,
    "fix_planned": Icon.TIMER,
    "fix_done": Icon.CHECK,
    "line_crossed": Icon.HAND,
    "problem_placed": Icon.SEARCH,
}


class TimelineDelegate(QStyledItemDelegate):
    """As many lines as the text needs, within reason; below it what must be known about it."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802
        """The height at the list's width."""
        entry: Entry = index.data(ENTRY)
        metrics = QFontMetrics(self._view.font())
        width = self._view.viewport().width()
        sentence = WrappedText(entry.sentence, self._view.font(), _text_box(QRect(0, 0, width, 0)).width())
        height = metrics.height() + sentence.height
        if _remarks(entry, theme.colours()):
            height += metrics.height() + theme.HAIR
        if entry.refused is not None:
            height += self._reason(entry, width).height
        if is_open(entry):
            height += theme.DESK.control + theme.SNUG
        return QSize(width, height + theme.GAP)

    def _reason(self, entry: Entry, width: int) -> WrappedText:
        """Why it was refused, and what became of it: as many lines as that needs."""
        return WrappedText(refusal_words(entry), self._view.font(), _text_box(QRect(0, 0, width, 0)).width())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one event."""
        scheme = theme.colours()
        entry: Entry = index.data(ENTRY)
        box: QRect = option.rect
        painter.save()
        painter.setFont(self._view.font())
        _draw_ground(painter, option, box, entry, scheme)
        metrics = QFontMetrics(painter.font())
        icon = _KIND_ICONS.get(entry.kind, Icon.DOT)
        place = QRectF(box.left() + theme.SNUG, box.top() + theme.TIGHT, theme.GAP, theme.GAP)
        icons.draw(painter, place, icon, scheme.problem if is_open(entry) else scheme.quiet)
        text = _text_box(box)
        painter.setPen(QColor(scheme.quiet))
        painter.drawText(text.left(), text.top() + metrics.ascent(), f"{moment(entry.at, now())}  {entry.who}")
        if entry.pending:
            _draw_pending(painter, text, scheme)
        top = text.top() + metrics.height()
        sentence = WrappedText(entry.sentence, painter.font(), text.width())
        painter.setPen(QColor(scheme.text))
        sentence.draw(painter, text.left(), top)
        top += sentence.height
        if entry.refused is not None:
            reason = self._reason(entry, box.width())
            painter.setPen(QColor(scheme.problem if is_open(entry) else scheme.quiet))
            reason.draw(painter, text.left(), top)
            top += reason.height
        _draw_remarks(painter, text.left(), top + theme.HAIR, entry, scheme)
        painter.restore()


def is_open(entry: Entry) -> bool:
    """Whether it was refused, and the technician is still to decide what becomes of it."""
    return entry.refused is not None and not entry.replaced


def refusal_words(entry: Entry) -> str:
    """Why the service refused it, and that it was written anew where it was."""
    words = _("Refused, and written anew: {reason}") if entry.replaced else _("Refused: {reason}")
    return words.format(reason=entry.refused)


def _text_box(box: QRect) -> QRect:
    return box.adjusted(theme.SNUG + theme.GAP + theme.TIGHT, theme.TIGHT, -theme.SNUG, -theme.TIGHT)


def _draw_ground(painter: QPainter, option: QStyleOptionViewItem, box: QRect, entry: Entry, scheme: Colours) -> None:
    if is_open(entry):
        painter.fillRect(box, QColor(scheme.problem_ground))
    state = option.state
    if state & QStyle.StateFlag.State_Selected:
        painter.fillRect(QRect(box.left(), box.top(), theme.STRIP, box.height()), QColor(scheme.primary))
    if state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(QColor(scheme.focus))
        painter.drawRect(box.adjusted(0, 0, -1, -1))


def _draw_pending(painter: QPainter, text: QRect, scheme: Colours) -> None:
    """At the right end of the first line: this is on this machine only."""
    metrics = QFontMetrics(painter.font())
    words = _("not sent yet")
    left = text.right() - metrics.horizontalAdvance(words)
    painter.setPen(QColor(scheme.notice))
    painter.drawText(left, text.top() + metrics.ascent(), words)
    place = QRectF(left - theme.GAP - theme.HAIR, text.top(), theme.GAP, theme.GAP)
    icons.draw(painter, place, Icon.PENDING, scheme.notice)


def _remarks(entry: Entry, scheme: Colours) -> list[tuple[Icon, str, str]]:
    remarks: list[tuple[Icon, str, str]] = []
    if entry.certainty is not None:
        remarks.append((CERTAINTY_ICONS[entry.certainty], certainty_word(entry.certainty), scheme.quiet))
    if entry.audience is not None:
        icon = Icon.INTERNAL if entry.audience is Audience.INTERNAL else Icon.SHOW
        remarks.append((icon, audience_word(entry.audience), scheme.quiet))
    if entry.kind == "session_ended":
        remarks.append((Icon.PLAY, _("Enter replays it"), scheme.primary))
    return remarks


def _draw_remarks(painter: QPainter, left: int, top: int, entry: Entry, scheme: Colours) -> None:
    metrics = QFontMetrics(painter.font())
    for icon, words, colour in _remarks(entry, scheme):
        icons.draw(painter, QRectF(left, top, theme.GAP, theme.GAP), icon, colour)
        left += theme.GAP + theme.HAIR
        painter.setPen(QColor(colour))
        painter.setFont(QFont(painter.font()))
        painter.drawText(left, top + metrics.ascent(), words)
        left += metrics.horizontalAdvance(words) + theme.GAP
