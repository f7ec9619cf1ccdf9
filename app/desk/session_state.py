"""How the session stands, in words: whether the customer is reached, whether they paused, what they allow."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from app.domain.consent import Grants
from app.flows.sentences import granted
from app.system.translations import _
from app.widgets import theme
from app.widgets.icon_mark import IconMark
from app.widgets.icons import Icon
from app.widgets.labels import Label
from app.widgets.labels import quiet as explanation
from app.widgets.layouts import column, row
from app.widgets.plain import breakable, plain_line

_SECOND = 1000


class SessionState(QWidget):
    """Counts the seconds while the customer's computer is out of reach. Hidden while no session is on."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self._grants = Grants()
        self._paused = False
        self._here = ""
        self._lost_since: datetime | None = None
        self._mark = IconMark(Icon.ONLINE, "ok", theme.GAP)
        self._stands = Label(part="strong")
        self._stands.setObjectName("sessionStands")
        self._may = explanation()
        self._may.setObjectName("sessionMay")
        line = row(self._mark, self._stands, gap=theme.TIGHT)
        line.setStretch(1, 1)
        self.setLayout(column(line, self._may, gap=theme.HAIR))
        self._ticking = QTimer(self, interval=_SECOND)
        self._ticking.timeout.connect(self._say)
        self.hide()

    def begin(self, grants: Grants, *, reached: bool, paused: bool) -> None:
        """A session is on."""
        self._lost_since = None
        self.show_reach(reached)
        self.show_allowed(grants, paused=paused)
        self._ticking.start()
        self.show()

    def show_allowed(self, grants: Grants, *, paused: bool) -> None:
        """This is allowed now, and the customer has paused or not."""
        self._grants, self._paused = grants, paused
        self._say()

    def show_here(self, untrusted_names: tuple[str, ...]) -> None:
        """These colleagues are in too."""
        self._here = plain_line(", ".join(untrusted_names), 80)
        self._say()

    def show_reach(self, reached: bool) -> None:
        """The customer's computer is there, or is not."""
        self._lost_since = None if reached else self._lost_since or self._now()
        self._say()

    def show_may(self, shown: bool) -> None:
        """Whether there is room to say what is allowed."""
        self._may.setVisible(shown)

    def rest(self) -> None:
        """No session is on."""
        self._ticking.stop()
        self.hide()

    def _say(self) -> None:
        icon, colour, text = self._standing()
        self._mark.show_icon(icon, colour)
        self._stands.setText(text)
        live = self._grants.live(self._now()).grants
        may = "; ".join(
            _("{what} until {time}").format(what=plain_line(granted(grant), 80), time=_clock(grant.until))
            for grant in live
        )
        said = _("Allowed: {what}.").format(what=may) if may else _("Nothing is allowed.")
        if self._here:
            said = _("{said} Here too: {names}.").format(said=said, names=self._here)
        self._may.setText(breakable(said))

    def _standing(self) -> tuple[Icon, str, str]:
        if self._lost_since is not None:
            passed = max(0, int((self._now() - self._lost_since).total_seconds()))
            text = _("Connection lost at {time}. Waiting for it to come back ({passed})").format(
                time=_clock(self._lost_since), passed=f"{passed // 60}:{passed % 60:02d}"
            )
            return Icon.OFFLINE, "problem", text
        if self._paused:
            return Icon.PAUSE, "notice", _("Paused by the customer. Everything waits until they let it go on.")
        return Icon.ONLINE, "ok", _("The customer's computer is reached")


def _clock(moment: datetime) -> str:
    return moment.astimezone().strftime("%H:%M")
