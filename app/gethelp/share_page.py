"""Page 2: what the computer found out by itself, and whether to share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar

from app.domain.finding import Finding, Level
from app.gethelp.page import Page
from app.system.translations import _, ngettext
from app.widgets import theme
from app.widgets.buttons import choice, plain
from app.widgets.card import Card
from app.widgets.fields import named
from app.widgets.finding_row import FindingRow
from app.widgets.icons import Icon
from app.widgets.labels import paragraph, quiet
from app.widgets.layouts import row

if TYPE_CHECKING:
    from app.flows.diagnose import Diagnosis, Progress  # the checks are loaded when they run

_ORDER = (Level.PROBLEM, Level.NOTICE, Level.UNKNOWN, Level.OK)


class SharePage(Page):
    """`shared` says yes or no. Both look the same, and no is there from the start."""

    shared = Signal(bool)
    preview_asked = Signal()

    def __init__(self, provider: str) -> None:
        super().__init__("share", _("Looking at your computer"), step=_("2 of 4"), way_back=True)
        self._provider = provider
        self._progress = named(QProgressBar(), "progress", _("How far the checks are"))
        self._progress.setTextVisible(False)
        self._summary = paragraph()
        self._now = quiet()
        self._findings = Card(gap=theme.SNUG)
        self._findings.setObjectName("findings")
        self._see = plain(_("See exactly what is shared"), "seeShared", Icon.SHOW)
        self._share = choice(_("Share it"), "share", Icon.SEND)
        dont_share = choice(_("Do not share"), "dontShare", Icon.HAND)
        self.fill(self._progress, self._now, self._summary, row(self._see, None), self._findings, None)
        self.offer(dont_share, self._share)
        self._see.clicked.connect(self.preview_asked)
        self._share.clicked.connect(lambda: self.shared.emit(True))
        dont_share.clicked.connect(lambda: self.shared.emit(False))
        self.begin()

    def begin(self) -> None:
        """The checks start."""
        self.title.setText(_("Looking at your computer"))
        self._progress.setRange(0, 0)
        _empty(self._findings)
        self._show(looking=True)
        self._now.setText(_("This takes a few seconds. Nothing is changed, and nothing is sent."))
        self._share.setEnabled(False)

    def progressed(self, progress: Progress) -> None:
        """One more check is done: what it found stands there at once."""
        self._progress.setRange(0, progress.total)
        self._progress.setValue(progress.done)
        if progress.finding is not None:
            self._findings.box.addWidget(FindingRow(progress.finding))
            self._findings.show()

    def finished(self, diagnosis: Diagnosis) -> None:
        """All checks are done: show what they found, the worst first."""
        findings = sorted(diagnosis.report.findings, key=lambda finding: _ORDER.index(finding.level))
        self.title.setText(_("What we found"))
        self._summary.setText(self._in_words(findings))
        _empty(self._findings)
        for finding in findings:
            self._findings.box.addWidget(FindingRow(finding))
        self._show(looking=False)
        self._share.setEnabled(True)
        self._share.setFocus()

    def failed(self, why: str) -> None:
        """The checks did not work; that keeps nobody from getting help."""
        self._progress.hide()
        self._now.hide()
        self.title.setText(_("Your computer could not tell"))
        self.banner.say(why, "notice")

    def _show(self, *, looking: bool) -> None:
        self._progress.setVisible(looking)
        self._now.setVisible(looking)
        self._findings.setVisible(not looking)
        self._see.setVisible(not looking)
        self._summary.setVisible(not looking)

    def _in_words(self, findings: list[Finding]) -> str:
        bad = sum(finding.level in (Level.PROBLEM, Level.NOTICE) for finding in findings)
        looked = ngettext("We looked at {n} thing.", "We looked at {n} things.", len(findings))
        found = ngettext("{n} is worth a look.", "{n} are worth a look.", bad) if bad else _("Nothing stands out.")
        why = _("Sharing this with {provider} saves you questions. Names and addresses are replaced first.")
        return " ".join((looked.format(n=len(findings)), found.format(n=bad), why.format(provider=self._provider)))


def _empty(card: Card) -> None:
    while (item := card.box.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.deleteLater()
