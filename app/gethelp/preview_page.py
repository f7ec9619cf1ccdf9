"""What would be shared, to the letter, and what was replaced in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPlainTextEdit

from app.gethelp.page import Page
from app.system.translations import _, ngettext
from app.widgets import theme
from app.widgets.buttons import primary
from app.widgets.fields import text_area
from app.widgets.labels import Label, paragraph

if TYPE_CHECKING:
    from app.flows.diagnose import Diagnosis  # the checks are loaded when they run

_MOST_ROWS_IN_VIEW = 6


class PreviewPage(Page):
    """Only to look at. The originals stay on this computer."""

    def __init__(self, provider: str) -> None:
        super().__init__("preview", _("What is shared"), way_back=True)
        self._provider = provider
        self._replaced = _reading("replaced", _("What was replaced, and by what"))
        self._text = _reading("previewText", _("The whole text that is shared"))
        self._text.setMinimumHeight(theme.PREVIEW_LEAST)
        self._counted = paragraph()
        done = primary(_("Back to the choice"), "previewDone")
        self.fill(
            self._counted,
            Label(_("What was replaced"), "strong"),
            self._replaced,
            Label(_("The whole text, word for word"), "strong"),
            self._text,
        )
        self.offer(done)
        done.clicked.connect(self.back)

    def show_diagnosis(self, diagnosis: Diagnosis) -> None:
        """Show the very text that would leave the computer."""
        replaced = diagnosis.redacted.replaced
        count = sum(replacement.count for replacement in replaced)
        sentence = ngettext(
            "In {n} place something that could name you was replaced. The originals stay here.",
            "In {n} places something that could name you was replaced. The originals stay here.",
            count,
        )
        self._counted.setText(sentence.format(n=count))
        rows = [f"{one.original}  →  {one.pseudonym}  ({_word(one.kind)}, {one.count} ×)" for one in replaced]
        self._replaced.setPlainText("\n".join(rows) or _("Nothing needed to be replaced."))
        rows_in_view = min(len(rows) or 1, _MOST_ROWS_IN_VIEW) + 1
        self._replaced.setFixedHeight(rows_in_view * self._replaced.fontMetrics().lineSpacing() + theme.GAP)
        self._text.setPlainText(diagnosis.shared_json())


def _word(kind: str) -> str:
    """What kind of thing was replaced, in words."""
    words = {
        "user": _("user name"),
        "home": _("home folder"),
        "host": _("name of a computer"),
        "ip": _("network address"),
        "mac": _("hardware address"),
        "mail": _("e-mail address"),
        "serial": _("serial number"),
    }
    return words.get(kind, kind)


def _reading(name: str, called: str) -> QPlainTextEdit:
    text = text_area(name, called)
    text.setReadOnly(True)
    text.setProperty("part", "preview")
    text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
    return text
