"""What is known beside the story: who the customer is, which machine, what it found out by itself."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea

from app.domain.case import Case
from app.domain.consent import FilesGrant, standing
from app.domain.finding import Level
from app.flows.sentences import duration, granted
from app.flows.show_case import CaseView
from app.system.translations import _, ngettext
from app.widgets import theme
from app.widgets.finding_row import FindingRow
from app.widgets.labels import Label, large, paragraph, quiet
from app.widgets.layouts import column, hairline
from app.widgets.plain import breakable, plain_line

_ORDER = (Level.PROBLEM, Level.NOTICE, Level.UNKNOWN)


class FactsCard(QScrollArea):
    """Shows one case's facts; made anew when the case changes."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("facts")
        self.setAccessibleName(_("What is known"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._shown: Case | None = None

    def show_facts(self, view: CaseView) -> None:
        """Show this case."""
        if view.case == self._shown:
            return
        self._shown = view.case
        frame = QFrame()
        frame.setProperty("part", "side")
        parts = [*_customer(view.case), hairline(), *_findings(view), hairline(), *_agreed(view.case)]
        frame.setLayout(column(*parts, None, gap=theme.TIGHT, margin=theme.GAP))
        self.setWidget(frame)


def _customer(case: Case) -> list[Label]:
    worked = _("{time} worked").format(time=duration(case.seconds_worked)) if case.work else _("no time recorded yet")
    name = case.customer.name if case.customer else _("Not known yet")
    return [large(name), quiet(case.machine), quiet(worked)]


def _findings(view: CaseView) -> list[Label | FindingRow]:
    findings = view.case.findings
    if not findings:
        return [Label(_("Diagnostics"), "strong"), quiet(_("The customer shared none."))]
    shown: list[Label | FindingRow] = [Label(_("Diagnostics"), "strong"), paragraph(view.suggestion.sentence)]
    for level in _ORDER:
        shown += [FindingRow(finding) for finding in findings if finding.level is level]
    fine = sum(finding.level is Level.OK for finding in findings)
    if fine:
        shown.append(quiet(ngettext("{n} thing works", "{n} things work", fine).format(n=fine)))
    return shown


def _agreed(case: Case) -> list[Label]:
    consent = standing(case.consents)
    shown = [Label(_("The customer agreed to"), "strong")]
    if consent is None or not consent.grants.grants:
        return [*shown, quiet(_("No access to the computer."))]
    for grant in consent.grants.grants:
        what = plain_line(grant.folder if isinstance(grant, FilesGrant) else granted(grant))
        until = grant.until.astimezone().strftime("%d.%m. %H:%M")
        shown.append(quiet(breakable(_("{what}, until {time}").format(what=what, time=until))))
    return shown
