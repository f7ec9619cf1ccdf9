"""What the technician may use now, each with a switch that takes it back at once."""

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.domain.consent import ColleagueGrant, Grant, Grants, TerminalGrant
from app.flows.sentences import colleague_may, granted
from app.gethelp.wording import clock
from app.system.translations import _
from app.widgets import theme
from app.widgets.labels import Label, paragraph
from app.widgets.labels import quiet as explanation
from app.widgets.layouts import column, row
from app.widgets.plain import breakable, plain_line
from app.widgets.switch import Switch

_MOST_ROWS = 12


@dataclass(slots=True)
class _Row:
    """One thing that was granted: as often as it was, while it holds."""

    part: QWidget
    switch: Switch
    said: Label
    grants: tuple[Grant, ...] = ()
    since: str = ""


class MayList(QWidget):
    """`taken_back` carries the grants of a switch that was turned off. Only the technician's asking turns it on again.

    Something that ran out or was taken back stays in its place, turned off.
    """

    taken_back = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._name = ""
        self._here: tuple[str, ...] = ()
        self._rows: dict[str, _Row] = {}
        self._last = explanation(_("This is the last thing that is allowed: switching it off ends the session."))
        self._last.setObjectName("lastOfAll")
        self._ends = explanation(_("Switching the terminal off ends everything that runs in it."))
        self._ends.setObjectName("terminalEnds")
        self._box = column(gap=theme.HAIR)
        self.setLayout(column(self._box, self._ends, self._last, gap=theme.TIGHT))
        self._say_what_it_means()

    @property
    def anything_on(self) -> bool:
        """Whether anything is allowed at this moment."""
        return any(line.grants for line in self._rows.values())

    def begin(self, untrusted_name: str, grants: Grants, now: datetime) -> None:
        """This technician came in, and may do this."""
        self._name, self._here = plain_line(untrusted_name, 60), ()
        for line in self._rows.values():
            self._box.removeWidget(line.part)
            line.part.deleteLater()
        self._rows.clear()
        self.show_grants(grants, now)

    def show_grants(self, grants: Grants, now: datetime) -> None:
        """This is granted from now on."""
        held: dict[str, list[Grant]] = {}
        for grant in grants.live(now).grants:
            held.setdefault(_key(grant), []).append(grant)
        for key in held:
            if key not in self._rows:
                self._add_row(key)
        for key, line in self._rows.items():
            line.grants = tuple(held.get(key, ()))
            self._show_row(line, key, now)
        self._forget_old()
        self._say_what_it_means()

    def show_here(self, untrusted_names: tuple[str, ...], now: datetime) -> None:
        """Of the colleagues, these are in."""
        self._here = untrusted_names
        for key, line in self._rows.items():
            self._show_row(line, key, now)

    def take_back_from(self, untrusted_name: str) -> None:
        """This colleague may nothing more."""
        for key, line in self._rows.items():
            if any(isinstance(grant, ColleagueGrant) and grant.name == untrusted_name for grant in line.grants):
                self._switched_off(line, key)

    def tick(self, now: datetime) -> None:
        """Time passes: what has run out is off."""
        for key, line in self._rows.items():
            if line.grants and all(grant.until <= now for grant in line.grants):
                line.grants = ()
                self._show_row(line, key, now)
                self._say_what_it_means()

    def _add_row(self, key: str) -> None:
        switch = Switch(f"may{len(self._rows)}")
        line = _Row(QWidget(), switch, paragraph())
        layout = row(switch, line.said)
        layout.setStretch(1, 1)
        line.part.setLayout(layout)
        self._rows[key] = line
        self._box.addWidget(line.part)
        switch.clicked.connect(lambda _=False: self._switched_off(line, key))

    def _switched_off(self, line: _Row, key: str) -> None:
        """On a click. What was granted is granted no more, whatever comes of telling it."""
        grants, line.grants = line.grants, ()
        line.switch.setEnabled(False)
        line.said.setText(_("Taking back: {what} …").format(what=breakable(key)))
        self.taken_back.emit(grants)

    def _show_row(self, line: _Row, key: str, now: datetime) -> None:
        on = bool(line.grants)
        if on:
            line.since = ""
            text = self._said(line.grants, key)
        else:
            line.since = line.since or clock(now)
            text = _("Off since {time}: {what}").format(time=line.since, what=key)
        line.switch.setChecked(on)
        line.switch.setEnabled(on)
        line.switch.setAccessibleName(text)
        line.switch.setAccessibleDescription(_("Switch off to take it back at once") if on else "")
        line.said.setText(breakable(text))

    def _said(self, grants: tuple[Grant, ...], key: str) -> str:
        until = clock(max(grant.until for grant in grants))
        first = grants[0]
        if not isinstance(first, ColleagueGrant):
            return _("{name} can {what} until {time}.").format(name=self._name, what=key, time=until)
        may = plain_line(colleague_may(first), 120)
        if first.name not in self._here:
            return _("{may} until {time}.").format(may=may, time=until)
        name = plain_line(first.name, 60)
        return _("{name} is here. {may} until {time}.").format(name=name, may=may, time=until)

    def _say_what_it_means(self) -> None:
        on = [grant for line in self._rows.values() for grant in line.grants]
        self._ends.setVisible(any(isinstance(grant, TerminalGrant) for grant in on))
        self._last.setVisible(sum(bool(line.grants) for line in self._rows.values()) == 1)

    def _forget_old(self) -> None:
        """Not for ever: of what is off, the oldest goes where there are many."""
        old = [key for key, line in self._rows.items() if not line.grants]
        for key in old[: max(0, len(self._rows) - _MOST_ROWS)]:
            line = self._rows.pop(key)
            self._box.removeWidget(line.part)
            line.part.deleteLater()


def _key(grant: Grant) -> str:
    return plain_line(granted(grant), 120)
