"""One finding: icon, word and sentence, so that no meaning hangs on a colour."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.domain.finding import Finding, Level
from app.system.translations import _
from app.widgets import theme
from app.widgets.icon_mark import IconMark
from app.widgets.icons import Icon
from app.widgets.labels import Label
from app.widgets.layouts import column, row

ICONS = {
    Level.OK: (Icon.CHECK, "ok"),
    Level.NOTICE: (Icon.WARNING, "notice"),
    Level.PROBLEM: (Icon.PROBLEM, "problem"),
    Level.UNKNOWN: (Icon.QUESTION, "quiet"),
}


def level_word(level: Level) -> str:
    """The level as people say it."""
    return {
        Level.OK: _("Works"),
        Level.NOTICE: _("Worth a look"),
        Level.PROBLEM: _("Problem"),
        Level.UNKNOWN: _("Could not tell"),
    }[level]


class FindingRow(QWidget):
    """Shows one finding on a line or two."""

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        icon, colour = ICONS[finding.level]
        mark = IconMark(icon, colour, theme.MARK)
        word = level_word(finding.level)
        sentence = Label(finding.sentence)
        words = column(Label(word, "quiet"), sentence, gap=0)
        line = row(mark, words)
        line.setAlignment(mark, Qt.AlignmentFlag.AlignTop)
        line.setStretch(1, 1)
        self.setLayout(line)
        self.setAccessibleName(f"{word}: {finding.sentence}")
