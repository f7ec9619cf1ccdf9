"""The lines to ask the customer for more with: what, for how long, and why. They read the reason as it is written."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum, auto

from pydantic import ValidationError
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.domain.consent import ColleagueWish, FilesWish, PortWish, TerminalWish, Wish
from app.flows.sentences import granted
from app.system.translations import _
from app.widgets import theme
from app.widgets.buttons import primary, quiet
from app.widgets.fields import minutes_box, text_line
from app.widgets.icons import Icon
from app.widgets.labels import Label
from app.widgets.layouts import column, row
from app.widgets.plain import breakable, plain_line
from app.widgets.select import Select

_SECOND = 1000
_MOST_MINUTES = 480
_USUAL_MINUTES = 10
_MOST_REASON = 200
_LETTERS = 16  # of the widest: its longest text fits


class Kind(Enum):
    """What can be asked for."""

    TERMINAL = auto()
    READ = auto()
    WRITE = auto()
    PORT = auto()
    COLLEAGUE_LOOKS = auto()
    COLLEAGUE_TYPES = auto()


_COLLEAGUES = (Kind.COLLEAGUE_LOOKS, Kind.COLLEAGUE_TYPES)


class AskLine(QWidget):
    """`asked` carries a wish, minutes and the reason. One question at a time; once it is asked, a line says so.

    Hidden until `take_up`; `changed` tells that it takes more room or less.
    """

    asked = Signal(object, int, str)
    changed = Signal()

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self._wish: Wish | None = None
        self._since: datetime | None = None
        self._kind = Select("askKind", _("What to ask for"))
        self._kind.setMinimumContentsLength(_LETTERS)
        for text, kind in (
            (_("a terminal"), Kind.TERMINAL),
            (_("to read a folder"), Kind.READ),
            (_("to write in a folder"), Kind.WRITE),
            (_("to reach a port"), Kind.PORT),
            (_("a colleague to look on"), Kind.COLLEAGUE_LOOKS),
            (_("a colleague to type too"), Kind.COLLEAGUE_TYPES),
        ):
            self._kind.addItem(text, kind)
        self._place = text_line("askPlace", "")
        self._minutes = minutes_box("askMinutes", _("For how many minutes"), 1, _MOST_MINUTES)
        self._minutes.setValue(_USUAL_MINUTES)
        self._why = text_line("askWhy", _("Why"), _("Why? The customer reads this."), most=_MOST_REASON)
        self._ask = primary(_("Ask the customer"), "askSend", Icon.SEND)
        self._close = quiet(_("Close"), "askClose")
        self._says = Label(part="quiet")
        self._says.setObjectName("askSays")
        self._entry = QWidget()
        what = row(self._kind, self._place, self._minutes, gap=theme.TIGHT)
        what.setStretch(1, 1)
        why = row(self._why, self._ask, self._close, gap=theme.TIGHT)
        why.setStretch(0, 1)
        self._entry.setLayout(column(what, why, gap=theme.TIGHT))
        self.setLayout(column(self._entry, self._says, gap=theme.TIGHT))
        self._ticking = QTimer(self, interval=_SECOND)
        self._ticking.timeout.connect(self._tick)
        self._kind.currentIndexChanged.connect(self._offer_place)
        self._ask.clicked.connect(self._send)
        self._why.returnPressed.connect(self._send)
        self._place.returnPressed.connect(self._why.setFocus)
        self._close.clicked.connect(self.rest)
        self._offer_place()
        self.hide()

    @property
    def is_open(self) -> bool:
        """Whether a question is being written."""
        return not self.isHidden() and not self._entry.isHidden()

    @property
    def waits(self) -> bool:
        """Whether a question is asked and not answered yet."""
        return self._wish is not None

    def take_up(self) -> None:
        """Begin to ask. While an answer is waited for there is nothing to begin."""
        if not self.waits:
            self._says.hide()
            self._entry.show()
            self.show()
            self._kind.setFocus()
            self.changed.emit()

    def take_up_port(self, host: str = "", port: int | None = None) -> None:
        """Begin to ask for a port; for this one where it is named."""
        if not self.waits:
            self._kind.setCurrentIndex(self._kind.findData(Kind.PORT))
            self._place.setText(f"[{host}]:{port}" if ":" in host else f"{host}:{port}" if host else "")
            self.take_up()
            (self._why if host else self._place).setFocus()

    def rest(self) -> None:
        """Nothing is asked any more, or it was answered."""
        self._ticking.stop()
        self._wish = self._since = None
        self.hide()
        self.changed.emit()

    def _offer_place(self) -> None:
        kind = self._kind.currentData()
        self._place.setVisible(kind is not Kind.TERMINAL)
        called, hint = _("The folder, in full"), _("The folder in full, as /home/name/Invoices")
        if kind is Kind.PORT:
            called, hint = _("Machine and port"), _("machine:port, as router:443")
        elif kind in _COLLEAGUES:
            called, hint = _("Your colleague's name"), _("your colleague's name, exactly as it stands in the shop")
        self._place.setAccessibleName(called)
        self._place.setPlaceholderText(hint)

    def _send(self) -> None:
        wish, why = self._wished(), self._why.text().strip()
        if wish is None:
            self._say(_("Name it in full: {hint}.").format(hint=self._place.placeholderText()))
            self._place.setFocus()
        elif not why:
            self._say(_("Say why: the customer decides by that."))
            self._why.setFocus()
        else:
            self._wish, self._since = wish, self._now()
            self._entry.hide()
            self._why.clear()
            self._tick()
            self._ticking.start()
            self.changed.emit()
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
                case Kind.COLLEAGUE_LOOKS | Kind.COLLEAGUE_TYPES as kind:
                    return ColleagueWish(name=place, may_type=kind is Kind.COLLEAGUE_TYPES)
                case kind:
                    return FilesWish(folder=place, write=kind is Kind.WRITE)
        except (ValidationError, ValueError):
            return None

    def _tick(self) -> None:
        if self._since is None or self._wish is None:
            return
        passed = max(0, int((self._now() - self._since).total_seconds()))
        self._say(
            _("Asked to {what}. Waiting for the customer ({passed})").format(
                what=plain_line(granted(self._wish), 80), passed=f"{passed // 60}:{passed % 60:02d}"
            )
        )

    def _say(self, text: str) -> None:
        self._says.setText(breakable(text))
        self._says.show()
