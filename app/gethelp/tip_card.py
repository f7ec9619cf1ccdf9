"""What the customer may try themselves, while they wait: what the shop has written for customers, and fits."""

from app.domain.knowledge import Article
from app.system.translations import _
from app.widgets import theme
from app.widgets.card import Card
from app.widgets.labels import Label, paragraph
from app.widgets.labels import quiet as explanation

_MOST_LETTERS = 600


class TipCard(Card):
    """Not there until there is something to show."""

    def __init__(self, name: str) -> None:
        self._title, self._text = Label(part="strong"), paragraph()
        super().__init__(
            explanation(_("While you wait, this may help. Leave it if you are not sure.")),
            self._title,
            self._text,
            gap=theme.HAIR,
        )
        self.setObjectName(name)
        self.hide()

    def show_tip(self, tip: Article | None) -> None:
        """Show this, or nothing. A long one is cut at a word: the technician has the whole."""
        self.setVisible(tip is not None)
        if tip is not None:
            self._title.setText(tip.title)
            text = tip.text if len(tip.text) <= _MOST_LETTERS else tip.text[:_MOST_LETTERS].rsplit(maxsplit=1)[0] + " …"
            self._text.setText(text)
