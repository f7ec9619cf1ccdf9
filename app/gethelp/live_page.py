"""Page 5: somebody is on this computer. What they do, and Stop."""

from datetime import datetime
from pathlib import PurePath

from PySide6.QtCore import QTimer, Signal

from app.domain.consent import FilesGrant, Grants
from app.gethelp.activity_list import ActivityList
from app.gethelp.page import Page
from app.gethelp.wording import clock, elapsed
from app.system.clock import Clock
from app.system.translations import _
from app.widgets.buttons import plain, stop
from app.widgets.icons import Icon
from app.widgets.labels import Label, paragraph
from app.widgets.labels import quiet as explanation
from app.widgets.layouts import row
from app.widgets.terminal.screen_view import ScreenView

_SECOND = 1000


class LivePage(Page):
    """`stop_asked` is sent by Stop, `passed` each second with how long it has been."""

    stop_asked = Signal()
    passed = Signal(str)

    def __init__(self, time: Clock) -> None:
        super().__init__("live", "")
        self._time = time
        self._since: datetime | None = None
        self._may = paragraph()
        self.activity = ActivityList()
        self.screen_view = ScreenView("liveTerminal")
        self._fold = plain(_("Show the terminal"), "showTerminal", Icon.TERMINAL)
        self._fold.setCheckable(True)
        self._stop = stop(_("Stop"), "stop")
        self._stop.setAccessibleName(_("Stop: nobody is on your computer any more"))
        self.fill(
            self._may,
            Label(_("What is done on your computer"), "strong"),
            self.activity,
            row(self._fold, None),
            self.screen_view,
            explanation(_("Stop ends everything at once. You need no reason, and you can ask for help again.")),
        )
        self.offer(self._stop)
        self.screen_view.hide()
        self._ticking = QTimer(self, interval=_SECOND)
        self._ticking.timeout.connect(self._tick)
        self._fold.toggled.connect(self._unfold)
        self._stop.clicked.connect(self.stop_asked)

    def await_somebody(self) -> None:
        """A session begins. What its terminal shows may come before word of who is in."""
        self.screen_view.begin_anew()

    def begin(self, untrusted_name: str, grants: Grants) -> None:
        """This technician came in, and may do this."""
        self._since = self._time.now()
        self.title.setText(_("{name} is helping you").format(name=untrusted_name))
        self._may.setText(_may(untrusted_name, grants))
        self.activity.sentences.clear()
        self._stop.setEnabled(True)
        self._stop.rename(_("Stop"))
        self._stop.setFocus()
        self._ticking.start()
        self._tick()

    def did(self, at: datetime, untrusted_sentence: str) -> None:
        """One more thing was done."""
        self.activity.sentences.add(at, untrusted_sentence)

    def stopping(self) -> None:
        """Stop was pressed."""
        self._stop.setEnabled(False)
        self._stop.setText(_("Stopping…"))

    def rest(self) -> None:
        """Nobody is in any more."""
        self._ticking.stop()

    def _tick(self) -> None:
        if self._since is not None:
            self.passed.emit(elapsed((self._time.now() - self._since).total_seconds()))

    def _unfold(self, shown: bool) -> None:
        self.screen_view.setVisible(shown)
        self._fold.rename(_("Hide the terminal") if shown else _("Show the terminal"))


def _may(name: str, grants: Grants) -> str:
    parts = [
        _("use the folder {folder}").format(folder=PurePath(grant.folder).name or grant.folder)
        if isinstance(grant, FilesGrant)
        else _("use a terminal")
        for grant in grants.grants
    ]
    until = grants.last_until()
    return _("{name} can {what}, until {time}.").format(
        name=name, what=_(" and ").join(parts), time=clock(until) if until else "?"
    )
