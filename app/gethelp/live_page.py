"""Page 5: somebody is on this computer. What they do, what they may, what they ask for, and Stop."""

from datetime import datetime

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.domain.consent import Grants
from app.gethelp.activity_list import ActivityList
from app.gethelp.colleague_card import ColleagueCard
from app.gethelp.live_state import LiveState
from app.gethelp.may_list import MayList
from app.gethelp.page import Page
from app.gethelp.secret_card import SecretCard
from app.gethelp.wish_queue import WishQueue
from app.gethelp.wording import elapsed
from app.system.clock import Clock
from app.system.translations import _
from app.widgets import theme
from app.widgets.buttons import plain, quiet, stop
from app.widgets.icons import Icon
from app.widgets.labels import Label
from app.widgets.labels import quiet as explanation
from app.widgets.layouts import row
from app.widgets.plain import breakable, plain_line
from app.widgets.terminal.screen_view import ScreenView

_SECOND = 1000
_MOST_LETTERS = 300


class LivePage(Page):
    """`stop_asked` is sent by Stop, `pause_asked` by Pause and Go on, `passed` each second with how long it has been.

    `asks_changed` tells whether the customer is asked something at this moment.
    """

    stop_asked = Signal()
    pause_asked = Signal(bool)
    passed = Signal(str)
    asks_changed = Signal(bool)

    def __init__(self, time: Clock) -> None:
        super().__init__("live", "")
        self._time = time
        self._since: datetime | None = None
        self.activity = ActivityList()
        self.state = LiveState()
        self.may = MayList()
        self.wishes = WishQueue(self.activity)
        self.secrets = SecretCard(self.activity)
        self.colleague = ColleagueCard(self.activity)
        self.screen_view = ScreenView("liveTerminal")
        self._fold = plain(_("Show the terminal"), "showTerminal", Icon.TERMINAL)
        self._fold.setCheckable(True)
        self._pause = quiet(_("Pause"), "pause", Icon.PAUSE)
        self._stop = stop(_("Stop"), "stop")
        self._stop.setAccessibleName(_("Stop: nobody is on your computer any more"))
        self._build()
        self._ticking = QTimer(self, interval=_SECOND)
        self._ticking.timeout.connect(self._tick)
        self._fold.toggled.connect(self._unfold)
        self._stop.clicked.connect(self.stop_asked)
        self._pause.clicked.connect(lambda: self.pause_asked.emit(not self.state.paused))
        for card in (self.wishes, self.secrets, self.colleague):
            card.changed.connect(self._show_asks)

    def _build(self) -> None:
        self.activity.setMinimumHeight(3 * theme.VAST)
        self.fill(
            self.may,
            Label(_("What is done on your computer"), "strong"),
            self.activity,
            row(self._fold, None),
            self.screen_view,
            explanation(_("Stop ends everything at once. You need no reason, and you can ask for help again.")),
        )
        self.keep_in_view(self.state, self.secrets, self.colleague, self.wishes)
        self.offer(self._pause, self._stop)
        self.screen_view.hide()
        QWidget.setTabOrder(self._stop, self._pause)

    def await_somebody(self) -> None:
        """A session begins. What its terminal shows may come before word of who is in."""
        self.screen_view.begin_anew()

    def begin(self, untrusted_name: str, grants: Grants) -> None:
        """This technician came in, and may do this."""
        now = self._since = self._time.now()
        name = plain_line(untrusted_name, 60)
        self.title.setText(breakable(_("{name} is helping you").format(name=name)))
        self.state.begin(untrusted_name)
        self.may.begin(untrusted_name, grants, now)
        self.wishes.clear()
        self.secrets.begin(untrusted_name)
        self.colleague.clear()
        self.activity.sentences.clear()
        self._stop.setEnabled(True)
        self._stop.rename(_("Stop"))
        self._pause.setEnabled(True)
        self._stop.setFocus()
        self._ticking.start()
        self._show_paused()
        self._tick()

    def did(self, at: datetime, untrusted_sentence: str) -> None:
        """One more thing was done."""
        self.activity.sentences.add(at, untrusted_sentence)

    def show_grants(self, grants: Grants) -> None:
        """This is granted from now on."""
        self.may.show_grants(grants, self._time.now())

    def refused(self, untrusted_why: str, at: datetime) -> None:
        """Something that was allowed cannot be shared, and so is not."""
        text = _("{why} So it is not shared after all.").format(why=plain_line(untrusted_why, _MOST_LETTERS))
        self.banner.say(breakable(text), "notice")
        self.did(at, text)

    def show_reach(self, reached: bool) -> None:
        """The technician's connection is lost, or is back."""
        self.state.show_reach(reached, self._time.now())

    def pausing(self) -> None:
        """Pause or Go on was pressed, and is not known to have happened yet."""
        self._pause.setEnabled(False)

    def show_paused(self, paused: bool) -> None:
        """It happened: all is frozen, or goes on."""
        self.state.show_paused(paused, self._time.now())
        self._pause.setEnabled(True)
        self._show_paused()

    def stopping(self) -> None:
        """Stop was pressed."""
        self._stop.setEnabled(False)
        self._stop.setText(_("Stopping…"))
        self._pause.setEnabled(False)

    def rest(self) -> None:
        """Nobody is in any more."""
        self._ticking.stop()
        self.wishes.clear()
        self.secrets.clear()
        self.colleague.clear()

    def _show_paused(self) -> None:
        paused = self.state.paused
        self._pause.rename(_("Go on") if paused else _("Pause"), Icon.PLAY if paused else Icon.PAUSE)

    def _show_asks(self) -> None:
        """A password first: somebody may just be typing it. What else is asked comes after it."""
        secret, wish = self.secrets.current is not None, self.wishes.current is not None
        colleague = bool(self.colleague.current)
        shows = ((self.secrets, secret), (self.colleague, colleague and not secret), (self.wishes, wish and not secret))
        for card, shown in shows:
            if shown:
                card.show()
            else:
                card.put_away()
        self.colleague.make_room(small=wish)
        self.asks_changed.emit(secret or wish or colleague)

    def _tick(self) -> None:
        now = self._time.now()
        self.state.tick(now)
        self.may.tick(now)
        if self._since is not None:
            self.passed.emit(elapsed((now - self._since).total_seconds()))

    def _unfold(self, shown: bool) -> None:
        self.screen_view.setVisible(shown)
        self._fold.rename(_("Hide the terminal") if shown else _("Show the terminal"))
