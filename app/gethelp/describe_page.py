"""Page 1: what can we do for you?"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from app.gethelp.page import Page
from app.system.translations import _
from app.widgets import theme
from app.widgets.buttons import choice, primary
from app.widgets.fields import text_area, text_line
from app.widgets.icons import Icon
from app.widgets.labels import Label, paragraph
from app.widgets.layouts import column

_MOST_LETTERS = 20_000


class DescribePage(Page):
    """`described` carries the name and the customer's words. Not knowing is an answer like any other (rule 1)."""

    described = Signal(str, str)

    def __init__(self, provider: str, known_name: str) -> None:
        super().__init__("describe", _("Hello. What can we do for you?"))
        self._known_name = known_name
        example = _("For example: the printer does not print. A word or two is enough.")
        self._about = text_area("about", _("What is the matter?"), example)
        self._about.setMinimumHeight(2 * theme.VAST)
        self._name = text_line("name", _("What may we call you?"), _("A first name is enough"), most=200)
        self._get_help = primary(_("Get help"), "getHelp", Icon.HELP)
        dont_know = choice(_("I don't know"), "dontKnow", Icon.QUESTION)
        self._build(provider)
        self.offer(dont_know, self._get_help)
        self._get_help.clicked.connect(self._go_on)
        self._name.returnPressed.connect(self._go_on)
        dont_know.clicked.connect(self._go_on_not_knowing)

    def _build(self, provider: str) -> None:
        self.fill(
            paragraph(_("{provider} will help you. First we look at what your computer can tell by itself; "
                        "nothing leaves it before you say so.").format(provider=provider)),
            column(_asking(_("What is the matter?"), self._about), self._about, gap=theme.HAIR),
        )  # fmt: skip
        if self._known_name:
            self.fill(paragraph(_("Good to see you again, {name}.").format(name=self._known_name)))
        else:
            self.fill(column(_asking(_("What may we call you?"), self._name), self._name, gap=theme.HAIR))
        self.fill(None)

    def entered(self) -> None:
        """Begin with the words."""
        super().entered()
        self._about.setFocus()

    def _go_on_not_knowing(self) -> None:
        words = self._about.toPlainText().strip()
        self._describe(f"{_('I do not know what is wrong.')} {words}".strip())

    def _go_on(self) -> None:
        words = self._about.toPlainText().strip()
        if not words:
            self.banner.say(_("Write a word or two, or press “I don't know”: both are fine."), "notice")
            self._about.setFocus()
            return
        self._describe(words)

    def _describe(self, words: str) -> None:
        name = self._known_name or self._name.text().strip()
        if not name:
            self.banner.say(_("Tell us what to call you. A first name is enough."), "notice")
            self._name.setFocus()
        elif len(words) > _MOST_LETTERS:
            self.banner.say(_("That is more than we can take in at once. Shorten it, please."), "notice")
        else:
            self.described.emit(name, words)


def _asking(text: str, field: QLineEdit | QPlainTextEdit) -> Label:
    label = Label(text, "strong")
    label.setBuddy(field)
    return label
