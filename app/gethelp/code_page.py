"""Page 4: the code, how to read it out, what is waited for and since when."""

from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal

from app.gethelp.page import Page
from app.gethelp.tip_card import TipCard
from app.gethelp.wording import clock, elapsed
from app.system.clock import Clock
from app.system.translations import _
from app.widgets import theme
from app.widgets.buttons import primary, quiet
from app.widgets.card import Card
from app.widgets.code_display import CodeDisplay
from app.widgets.icons import Icon
from app.widgets.labels import Label, paragraph
from app.widgets.labels import quiet as explanation

_SECOND = 1000


class CodePage(Page):
    """The code is only spoken: no button copies it."""

    fresh_asked = Signal()
    given_up = Signal()
    retry_asked = Signal()

    def __init__(self, provider: str, time: Clock) -> None:
        super().__init__("code", _("Read this code to {provider}").format(provider=provider), step=_("4 of 4"))
        self._provider = provider
        self._time = time
        self._since: datetime | None = None
        self.code = CodeDisplay("code")
        self.tip = TipCard("codeTip")
        self._until = explanation()
        self._until.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._waiting = Label(part="strong")
        self._fresh = primary(_("Show a fresh code"), "freshCode", Icon.SECURE)
        self._retry = primary(_("Try again"), "retry")
        give_up = quiet(_("Do not let anyone in"), "giveUp", Icon.HAND)
        self._how = paragraph(_("Say it in two halves, four digits at a time."))
        self.fill(
            Card(self.code, self._until, gap=theme.HAIR, margin=theme.WIDE),
            self._how,
            self._waiting,
            explanation(_("You can go on working meanwhile; leave this window open. Tell the code to nobody else.")),
            self.tip,
            None,
        )
        self.offer(give_up, self._fresh, self._retry)
        self._ticking = QTimer(self, interval=_SECOND)
        self._ticking.timeout.connect(self._tick)
        self._fresh.clicked.connect(self._ask_for_fresh)
        self._retry.clicked.connect(self.retry_asked)
        give_up.clicked.connect(self.given_up)

    def begin(self) -> None:
        """The case is being sent, and the code is on its way."""
        self.banner.clear()
        self._since = self._time.now()
        self.code.show_code("")
        self._until.setText(_("The code is on its way"))
        self._fresh.hide()
        self._retry.hide()
        self._waiting.show()
        self._how.show()
        self._ticking.start()
        self._tick()

    def show_code(self, code: str, until: datetime) -> None:
        """This code holds until then."""
        self._fresh.hide()
        self.code.show_code(code)
        self._until.setText(_("Good until {time}. Then a fresh one comes by itself.").format(time=clock(until)))
        self.code.setFocus()

    def burned(self, left: int) -> None:
        """Somebody tried with a wrong code. It is worth nothing now; `left` more come by themselves."""
        if left > 0:
            self.banner.say(_("Somebody used a wrong code. That one is void; read the fresh one, please."), "notice")
            return
        self.banner.say(
            _("Three times somebody used a wrong code. If that was not {provider} with you, stop here.").format(
                provider=self._provider
            ),
            "problem",
        )
        self.code.show_code("")
        self._until.setText(_("No code is shown"))
        self._fresh.show()

    def failed(self, why: str) -> None:
        """It did not come to a code."""
        self._ticking.stop()
        self._waiting.hide()
        self._how.hide()
        self._until.setText(_("No code yet"))
        self.banner.say(why)
        self._retry.show()
        self._retry.setFocus()

    def rest(self) -> None:
        """Nobody is waited for any more."""
        self._ticking.stop()

    def _ask_for_fresh(self) -> None:
        self._fresh.hide()
        self.banner.clear()
        self.fresh_asked.emit()

    def _tick(self) -> None:
        if self._since is None:
            return
        passed = elapsed((self._time.now() - self._since).total_seconds())
        self._waiting.setText(
            _("Waiting for a technician since {time} ({passed})").format(time=clock(self._since), passed=passed)
        )
