"""One port of the customer's network: opened here with a click, and where it is then."""

from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.domain.consent import PortGrant
from app.system.translations import _
from app.widgets import theme
from app.widgets.buttons import quiet
from app.widgets.copy_line import CopyLine
from app.widgets.icons import Icon
from app.widgets.labels import Label
from app.widgets.layouts import column, row
from app.widgets.plain import breakable, plain_line

_MOST_LETTERS = 40


class Place(NamedTuple):
    """A port of a machine, as the customer's computer reaches it."""

    host: str
    port: int

    @classmethod
    def of(cls, grant: PortGrant) -> "Place":
        """What the grant is for; however often it was granted, it is one place."""
        return cls(grant.host.lower(), grant.port)

    @property
    def said(self) -> str:
        """In words."""
        return _("port {port} of {host}").format(port=self.port, host=plain_line(self.host, _MOST_LETTERS))


class PortRow(QWidget):
    """A button while it is closed, an address to copy while it is open; and a line where something came to nothing."""

    open_asked = Signal()
    close_asked = Signal()
    ask_asked = Signal()

    def __init__(self, place: Place, number: int) -> None:
        super().__init__()
        self._place = place
        self._allowed = True
        self.is_open = False
        self._open = quiet(_("Open {port}").format(port=place.said), f"portOpen{number}", Icon.LINK)
        self._here = CopyLine(f"portHere{number}", _("Address on this computer for {port}").format(port=place.said))
        self._here.narrow(theme.ADDRESS_FIELD)
        self._where = Label(breakable(_("leads to {port}").format(port=place.said)))
        self._again = quiet(_("Ask for it…"), f"portAsk{number}", Icon.HAND)
        self._again.setAccessibleName(_("Ask the customer for {port}").format(port=place.said))
        self._close = quiet(_("Close"), f"portClose{number}")
        self._close.setAccessibleName(_("Close {port}").format(port=place.said))
        self._says = Label(part="refusal")
        self._says.setObjectName(f"portSays{number}")
        self._opened = QWidget()
        opened = row(self._here, self._where, self._again, self._close, gap=theme.TIGHT)
        opened.setStretch(1, 1)
        self._opened.setLayout(opened)
        closed = row(self._open, None, gap=0)
        self.setLayout(column(closed, self._opened, self._says, gap=theme.HAIR))
        self._open.clicked.connect(self.open_asked)
        self._close.clicked.connect(self.close_asked)
        self._again.clicked.connect(self.ask_asked)
        self.show_closed()

    @property
    def controls(self) -> tuple[QWidget, ...]:
        """What the keyboard meets here, in order."""
        return (self._open, *self._here.controls, self._again, self._close)

    @property
    def is_wanted(self) -> bool:
        """Whether it stands for anything: something that may be opened, or that is open."""
        return self._allowed or self.is_open

    def take_up(self) -> None:
        """Go to the button that opens it."""
        self._open.setFocus()

    def show_asking(self, possible: bool) -> None:
        """Whether the customer can be asked for it at this moment."""
        self._again.setEnabled(possible)

    def show_allowed(self, allowed: bool) -> None:
        """Whether the customer allows it at this moment."""
        if allowed is self._allowed:
            return
        self._allowed = allowed
        self._again.setVisible(not allowed)
        self.say("" if allowed else _("This is not allowed any more: what used it was cut off."))

    def show_open(self, local_port: int) -> None:
        """It is open, at this port of this computer."""
        had_focus = self._open.hasFocus()
        self.is_open = True
        self._here.show_text(f"127.0.0.1:{local_port}")
        self._open.hide()
        self._opened.show()
        self._again.setVisible(not self._allowed)
        if had_focus:
            self._here.take_up()

    def show_closed(self) -> None:
        """It is not open. What was told of it goes too."""
        had_focus = self._close.hasFocus()
        self.is_open = False
        self._opened.hide()
        self._open.show()
        self.say("")
        if had_focus:
            self._open.setFocus()

    def say(self, text: str) -> None:
        """What came to nothing, in a sentence; empty takes it away."""
        self._says.setText(breakable(text))
        self._says.setAccessibleName(text)
        self._says.setVisible(bool(text))
