"""How the session stands, where that is not as usual: paused by the customer, or the technician out of reach."""

from datetime import datetime

from app.gethelp.wording import clock, elapsed
from app.system.translations import _
from app.widgets.banner import Banner
from app.widgets.plain import plain_line


class LiveState(Banner):
    """Hidden while all is as usual."""

    def __init__(self) -> None:
        super().__init__("liveState")
        self._name = ""
        self.paused = False
        self._lost_since: datetime | None = None
        self._told = ""

    @property
    def is_lost(self) -> bool:
        """Whether the technician's connection is lost at this moment."""
        return self._lost_since is not None

    def begin(self, untrusted_name: str) -> None:
        """This technician came in."""
        self._name = plain_line(untrusted_name, 60)
        self.paused, self._lost_since, self._told = False, None, ""
        self.clear()

    def show_paused(self, paused: bool, now: datetime) -> None:
        """The customer has paused, or lets it go on."""
        self.paused = paused
        self._told = ""
        self.tick(now)

    def show_reach(self, reached: bool, now: datetime) -> None:
        """The technician's connection is lost, or is back."""
        self._lost_since = None if reached else self._lost_since or now
        self._told = ""
        self.tick(now)

    def tick(self, now: datetime) -> None:
        """Time passes. Those who listen are told what happened, and not each second."""
        words = []
        if self.paused:
            words.append(_("Paused. {name} can do nothing until you press “Go on”.").format(name=self._name))
        if self._lost_since is not None:
            words.append(
                _("{name}'s connection was lost at {time}. We wait two minutes for {name} to come back.").format(
                    name=self._name, time=clock(self._lost_since)
                )
            )
        told = " ".join(words)
        if not told:
            self._told = ""
            self.clear()
            return
        if told != self._told:
            self._told = told
            self.say(told, "notice")
        if self._lost_since is not None:
            passed = elapsed((now - self._lost_since).total_seconds())
            self.show_text(f"{told} ({passed})")
