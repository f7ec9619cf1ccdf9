"""Page 3: what the technician may do, for how long, and what it costs. Nothing is ticked beforehand."""

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog

from app.domain.consent import FilesGrant, Grant, Grants, TerminalGrant
from app.gethelp.page import Page
from app.system.translations import _
from app.widgets import theme
from app.widgets.banner import Banner
from app.widgets.buttons import choice, quiet
from app.widgets.card import Card
from app.widgets.fields import text_line
from app.widgets.icons import Icon
from app.widgets.labels import Label, paragraph
from app.widgets.labels import quiet as explanation
from app.widgets.layouts import row
from app.widgets.select import Select
from app.widgets.tick import Tick


class AgreePage(Page):
    """`agreed` carries the grants and the sentence about the price; `declined` means: help, but no access."""

    agreed = Signal(object, str)
    declined = Signal()

    def __init__(self, provider: str, now: Callable[[], datetime]) -> None:
        super().__init__("agree", _("May a technician come in?"), step=_("3 of 4"), way_back=True)
        self._now = now
        self._price = _(
            "Asking costs nothing. Before {provider} does anything that costs money, they tell you the price."
        ).format(provider=provider)
        self._terminal = Tick(_("Use a terminal"), "agreeTerminal")
        self._folder_too = Tick(_("Send and fetch files"), "agreeFolder")
        self._folder = text_line("folder", _("The folder that may be used"))
        self._folder.setText(_documents())
        self._choose = quiet(_("Choose…"), "chooseFolder")
        self._how_long = _lengths()
        self._build(provider)
        agree = choice(_("Agree"), "agree", Icon.CHECK)
        decline = choice(_("No access"), "decline", Icon.HAND)
        self.offer(decline, agree)
        agree.clicked.connect(self._agree)
        decline.clicked.connect(self.declined)
        self._choose.clicked.connect(self._choose_folder)
        self._folder_too.toggled.connect(self._offer_folder)
        self._offer_folder(False)

    def _build(self, provider: str) -> None:
        warning = Banner("onlyIfYouAsked")
        warning.say(
            _("Only continue if you contacted {provider} yourself. If somebody called you, choose “No access”.").format(
                provider=provider
            ),
            "notice",
        )
        terminal = Card(
            self._terminal,
            explanation(
                _("They type commands here, as you would. They can read and change whatever you can. You see it all.")
            ),
        )
        files = Card(
            self._folder_too,
            explanation(_("Only in this folder and what is in it.")),
            row(self._folder, self._choose, gap=theme.TIGHT),
        )
        asking = Label(_("For how long?"), "strong")
        asking.setBuddy(self._how_long)
        free = explanation(
            _("You see all that is done, and can pause it, take back any of this, or stop, at any moment. For anything "
              "else they have to ask you while they are here.")
        )  # fmt: skip
        self.fill(warning, terminal, files, row(asking, self._how_long), free, paragraph(self._price), None)

    def _offer_folder(self, wanted: bool) -> None:
        self._folder.setVisible(wanted)
        self._choose.setVisible(wanted)

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, _("Which folder may be used?"), self._folder.text())
        if chosen:
            self._folder.setText(chosen)

    def _agree(self) -> None:
        grants = self._ticked()
        if not grants:
            self.banner.say(_("Tick what they may do, or choose “No access”: you get help either way."), "notice")
        elif self._folder_too.isChecked() and not self._folder.text().strip():
            self.banner.say(_("Choose the folder that may be used, or take the tick away."), "notice")
        else:
            self.agreed.emit(Grants(grants=grants), self._price)

    def _ticked(self) -> tuple[Grant, ...]:
        until = self._now() + timedelta(minutes=self._how_long.currentData())
        grants: list[Grant] = []
        if self._terminal.isChecked():
            grants.append(TerminalGrant(until=until))
        if self._folder_too.isChecked() and self._folder.text().strip():
            grants.append(FilesGrant(folder=self._folder.text().strip(), until=until))
        return tuple(grants)


def _lengths() -> Select:
    box = Select("howLong", _("For how long?"))
    for text, minutes in ((_("30 minutes"), 30), (_("1 hour"), 60), (_("2 hours"), 120)):
        box.addItem(text, minutes)
    return box


def _documents() -> str:
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
