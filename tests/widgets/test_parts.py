"""The small parts: what others wrote is shown literally, and everything has a name for those who listen."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.domain.finding import Finding, Level
from app.widgets.banner import Banner
from app.widgets.buttons import primary, quiet
from app.widgets.choices import Choices
from app.widgets.code_display import CodeDisplay
from app.widgets.finding_row import FindingRow
from app.widgets.icons import Icon, _family
from app.widgets.labels import headline, line, paragraph
from app.widgets.tick import Tick
from app.widgets.wrapped_text import WrappedText

HOSTILE = "<b>bold</b> <img src=x> &amp; <a href='https://evil.example'>here</a>"


@pytest.mark.parametrize("make", [headline, paragraph, line])
def test_a_label_shows_markup_as_it_was_written(qtbot: QtBot, make: type) -> None:
    label = make(HOSTILE)
    qtbot.addWidget(label)
    assert label.text() == HOSTILE
    assert label.textFormat() is Qt.TextFormat.PlainText


def test_a_finding_and_a_banner_show_markup_as_it_was_written(qtbot: QtBot) -> None:
    row = FindingRow(Finding(check="disks", level=Level.PROBLEM, sentence=HOSTILE, seconds=0.1))
    banner = Banner()
    for widget in (row, banner):
        qtbot.addWidget(widget)
    banner.say(HOSTILE)
    for label in (*row.findChildren(QLabel), *banner.findChildren(QLabel)):
        assert label.textFormat() is Qt.TextFormat.PlainText
    assert row.accessibleName() == f"Problem: {HOSTILE}"
    assert banner.accessibleName() == HOSTILE


def test_the_code_has_a_gap_and_is_spelled_for_listeners(qtbot: QtBot) -> None:
    code = CodeDisplay()
    qtbot.addWidget(code)
    assert code.accessibleName() == "The code is on its way"
    code.show_code("48217305")
    assert code.text() == "4821 7305"
    assert code.accessibleName() == "Your code: 4, 8, 2, 1, 7, 3, 0, 5"


def test_all_icons_are_in_the_family(qtbot: QtBot) -> None:
    _name, glyphs = _family()
    assert not [icon for icon in Icon if icon not in glyphs]


def test_choices_stand_side_by_side_where_they_fit_and_below_each_other_where_not(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    left, right = quiet("No", "no"), primary("Yes", "yes")
    choices = Choices(left, right)
    choices.setParent(window)
    choices.show()
    window.show()
    choices.resize(600, 60)
    qtbot.waitUntil(lambda: left.y() == right.y())
    choices.resize(left.sizeHint().width() + 4, 200)
    qtbot.waitUntil(lambda: left.y() < right.y())


def test_a_tick_is_never_set_beforehand_and_its_words_can_be_pressed(qtbot: QtBot) -> None:
    tick = Tick("Use a terminal", "agreeTerminal")
    qtbot.addWidget(tick)
    tick.show()
    assert not tick.isChecked()
    QTest.mouseClick(tick, Qt.MouseButton.LeftButton, pos=tick.rect().center())
    assert tick.isChecked()


def test_long_text_is_bounded_and_breaks_inside_words_that_are_too_long(qtbot: QtBot) -> None:
    font = headline().font()
    one = WrappedText("a", font, 100)
    assert WrappedText("x" * 50, font, 100).height > one.height
    assert WrappedText("word " * 100_000, font, 100).height == 12 * one.height
    assert WrappedText("a\nb", font, 100).height == 2 * one.height
