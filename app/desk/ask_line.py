"""The lines to ask the customer for more with: what, for how long, and why. They read the reason as it is written."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum, auto

from pydantic import ValidationError
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QSpinBox, QWidget

from app.domain.consent import FilesWish, PortWish, TerminalWish, Wish
from app.flows.sentences import granted
from app.system.translations import _
from app.widgets import theme
from app.widgets.banner import Banner
from app.widgets.buttons import primary, quiet
from app.widgets.fields import named, text_line
from app.widgets.icons import Icon
from app.widgets.labels import line
from app.widgets.layouts import column, row
from app.widgets.plain import breakable, plain_line
from app.widgets.select import Select

_SECOND = 1000
_MOST_MINUTES = 480
_USUAL_MINUTES = 10
_MOST_REASON = 200


class Kind(Enum):
    """What can be asked for."""

    TERMINAL = auto()
    READ = auto()
    WRITE = auto()
    PORT = auto()


class AskLine(QWidget):
    """`asked` carries a wish, minutes and the reason. One question at a time: it is waited for, or given up on.

    What the customer says is shown by `answered`; hidden until `take_up`.
    """

    asked = Signal(object, int, str)

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self._wish: Wish | None = None
        self._since: datetime | None = None
        self.banner = Banner("askBanner")
        self._kind = Select("askKind", _("What to ask for"))
        for text, kind in (
            (_("a terminal"), Kind.TERMINAL),
            (_("to read a folder"), Kind.READ),
            (_("to write in a folder"), Kind.WRITE),
            (_("to reach a port"), Kind.PORT),
        ):
            self._kind.addItem(text, kind)
        self._place = text_line("askPlace", "")
        self._minutes = named(QSpinBox(), "askMinutes", _("For how many minutes"))
        self._minutes.setRange(1, _MOST_MINUTES)
        self._minutes.setValue(_USUAL_MINUTES)
        self._minutes.setSuffix(_(" min"))
        self._minutes.setFixedWidth(theme.SIDE_FIELD)
        self._why = text_line("askWhy", _("Why"), _("Why? The customer reads this."), most=_MOST_REASON)
        self._ask = primary(_("Ask the customer"), "askSend", Icon.SEND)
        self._close = quiet(_("Close"), "askClose")
        self._waits = line(part="quiet")
        self._waits.setObjectName("askWaits")
        what = row(self._kind, self._place, self._minutes, gap=theme.TIGHT)
        what.setStretch(1, 1)
        why = row(self._why, self._ask, self._close, gap=theme.TIGHT)
        why.setStretch(0, 1)
        self.setLayout(column(what, why, self._waits, self.banner, gap=theme.TIGHT))
        self._ticking = QTimer(self, interval=_SECOND)
        self._ticking.timeout.connect(self._tick)
        self._kind.currentIndexChanged.connect(self._offer_place)
        self._ask.clicked.connect(self._send)
        self._why.returnPressed.connect(self._send)
        self._place.returnPressed.connect(self._why.setFocus)
        self._close.clicked.connect(self.hide)
        self._offer_place()
        self._waits.hide()
        self.hide()

    def take_up(self) -> None:
        """Begin to ask."""
        self.show()
        self._kind.setFocus()

    def answered(self, text: str, level: str) -> None:
        """What came of the question. `level` is ok, notice or problem."""
        self._rest()
        self.banner.say(text, level)

    def rest(self) -> None:
        """No session is on."""
        self._rest()
        self.banner.clear()
        self._why.clear()
        self.hide()

    def _rest(self) -> None:
        self._ticking.stop()
        self._wish = self._since = None
        self._waits.hide()
        self._ask.setEnabled(True)

    def _offer_place(self) -> None:
        kind = self._kind.currentData()
        self._place.setVisible(kind is not Kind.TERMINAL)
        called, hint = _("The folder, in full"), _("The folder in full, as /home/name/Invoices")
        if kind is Kind.PORT:
            called, hint = _("Machine and port"), _("machine:port, as router:443")
        self._place.setAccessibleName(called)
        self._place.setPlaceholderText(hint)

    def _send(self) -> None:
        if not self._ask.isEnabled():
            return
        wish, why = self._wished(), self._why.text().strip()
        if wish is None:
            self.banner.say(_("Name it in full: {hint}.").format(hint=self._place.placeholderText()), "notice")
            self._place.setFocus()
        elif not why:
            self.banner.say(_("Say why: the customer decides by that."), "notice")
            self._why.setFocus()
        else:
            self.banner.clear()
            self._wish, self._since = wish, self._now()
            self._ask.setEnabled(False)
            self._waits.show()
            self._tick()
            self._ticking.start()
            self.asked.emit(wish, self._minutes.value(), why)

    def _wished(self) -> Wish | None:
        place = self._place.text().strip()
        try:
            match self._kind.currentData():
                case Kind.TERMINAL:
                    return TerminalWish()
                case Kind.PORT:
                    host, _colon, port = place.rpartition(":")
                    return PortWish(host=host.strip("[]"), port=int(port))
                case kind:
                    return FilesWish(folder=place, write=kind is Kind.WRITE)
        except (ValidationError, ValueError):
            return None

    def _tick(self) -> None:
        if self._since is None or self._wish is None:
            return
        passed = max(0, int((self._now() - self._since).total_seconds()))
        self._waits.setText(
            breakable(
                _("Asked to {what}. Waiting for the customer ({passed})").format(
                    what=plain_line(granted(self._wish), 80), passed=f"{passed // 60}:{passed % 60:02d}"
                )
            )
        )
