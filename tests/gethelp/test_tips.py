"""While they wait, customers are shown what the shop wrote for them, and nothing that it wrote for technicians."""

from collections.abc import Callable
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.domain.knowledge import Article, Readers
from app.flows.articles import Draft, edit_article, write_article
from app.flows.party import Party
from app.gethelp.tip_card import TipCard
from app.gethelp.window import GetHelpWindow
from tests.flows.conftest import Town, town
from tests.gethelp.asking import ask_and_allow_nothing
from tests.widgets.driving import find, write

__all__ = ["town"]

TIP = Draft(title="The printer is silent", text="Look at its <b>plug</b>", language="en", readers=Readers.CUSTOMERS)


def words(card: QWidget) -> str:
    """All that stands on it."""
    return "\n".join(label.text() for label in card.findChildren(QLabel))


def asked(qtbot: QtBot, town: Town, open_window: Callable[[Party], GetHelpWindow]) -> GetHelpWindow:
    """A customer's window, once their request is kept."""
    window = open_window(town.somebody("lone"))
    qtbot.waitUntil(lambda: window.findChild(QWidget, "describePage") is not None)
    write(window, "name", "Lone Møller")
    ask_and_allow_nothing(qtbot, window, "My printer prints nothing")
    return window


@pytest.mark.parametrize("readers", list(Readers))
def test_a_tip_that_fits_is_shown_where_it_is_for_customers(
    qtbot: QtBot, town: Town, open_window: Callable[[Party], GetHelpWindow], readers: Readers
) -> None:
    anna = town.technician("Anna")
    article = write_article(anna, TIP)
    if readers is Readers.TECHNICIANS:
        edit_article(anna, article, Draft(readers=readers))
    window = asked(qtbot, town, open_window)
    for name in ("askedTip", "codeTip"):
        card = find(window, name)
        assert card.isHidden() is (readers is Readers.TECHNICIANS)
        assert ("plug" in words(card)) is (readers is Readers.CUSTOMERS)


def test_a_tip_is_plain_text_and_a_long_one_is_cut_at_a_word(qtbot: QtBot) -> None:
    card = TipCard("tip")
    qtbot.addWidget(card)
    card.show_tip(Article(id=UUID(int=1), title="The printer is silent", text="plug " * 300, language="en"))
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in card.findChildren(QLabel))
    assert words(card).endswith("plug …")
    assert len(words(card)) < 800
    card.show_tip(None)
    assert card.isHidden()
