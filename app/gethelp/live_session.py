"""Brings the session, its page and the bar together while a technician is in: what is seen, asked and stopped."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.consent import Grant, Grants
from app.flows.sentences import granted
from app.gethelp.hosting import Hosting
from app.gethelp.live_bar import LiveBar
from app.gethelp.wording import clock
from app.system.clock import Clock
from app.system.translations import _
from app.widgets.plain import plain_line

if TYPE_CHECKING:
    from app.flows.host_session import Asked, SecretAsked  # what hosts a session is loaded only when one begins
    from app.gethelp.live_page import LivePage  # as the pages are


class LiveSession(QObject):
    """`begin` when a technician came in, `rest` when nobody is in any more. `technician` is who is in, or empty."""

    def __init__(self, time: Clock, hosting: Hosting, window: QWidget) -> None:
        super().__init__(window)
        self.technician = ""
        self._here: tuple[str, ...] = ()
        self._time = time
        self._hosting = hosting
        self._window = window
        self._page: LivePage | None = None
        self._bar = LiveBar(window)
        self._bar.stop_asked.connect(self.stop)
        self._bar.pause_asked.connect(self._pause)
        self._bar.look_asked.connect(self._come_up)

    def play_on(self, page: LivePage) -> None:
        """Sessions are shown on this page."""
        self._page = page
        hosting, bar = self._hosting, self._bar
        page.stop_asked.connect(self.stop)
        page.pause_asked.connect(self._pause)
        page.passed.connect(bar.show_time)
        page.asks_changed.connect(self._asks)
        page.may.taken_back.connect(self._take_back)
        page.wishes.allowed.connect(self._allow)
        page.wishes.declined.connect(self._decline)
        page.secrets.typed.connect(self._type_secret)
        page.colleague.refused.connect(page.may.take_back_from)
        page.colleague.fresh_asked.connect(hosting.fresh_code)
        hosting.did.connect(page.did)
        hosting.granted.connect(page.show_grants)
        hosting.reached.connect(page.show_reach)
        hosting.reached.connect(bar.show_reach)
        hosting.paused.connect(page.show_paused)
        hosting.paused.connect(bar.show_paused)
        hosting.asked.connect(self._asked)
        hosting.secret_asked.connect(page.secrets.ask)
        hosting.colleague_code.connect(page.colleague.show_code)
        hosting.colleague_burned.connect(page.colleague.burned)
        hosting.colleague_code_gone.connect(page.colleague.gone)
        hosting.colleague_here.connect(self._came_or_went)
        hosting.refused.connect(self._refused)

    def begin(self, untrusted_name: str, grants: Grants) -> None:
        """This technician came in, and may do this."""
        self.technician, self._here = untrusted_name, ()
        self._on_page.begin(untrusted_name, grants)
        self._bar.show_for(untrusted_name)

    def stop(self) -> None:
        """Nobody shall be in any more, from now on."""
        self._on_page.stopping()
        self._bar.stopping()
        self._hosting.stop()

    def rest(self) -> str:
        """Nobody is in any more. Returns who was."""
        technician, self.technician = self.technician, ""
        self._bar.hide()
        self._on_page.rest()
        return technician

    def close(self) -> None:
        """The window closes."""
        self._bar.close()

    @property
    def _on_page(self) -> LivePage:
        if self._page is None:
            raise RuntimeError("there is no page for a session yet")
        return self._page

    def _pause(self, paused: bool) -> None:
        self._on_page.pausing()
        self._bar.pausing()
        self._hosting.pause(paused, self._not_paused)

    def _not_paused(self, why: str) -> None:
        self._on_page.banner.say(why)
        paused = self._on_page.state.paused
        self._on_page.show_paused(paused)
        self._bar.show_paused(paused)

    def _asks(self, asks: bool) -> None:
        self._bar.show_asks(asks)
        if asks and not self._window.isActiveWindow():
            QApplication.alert(self._window.window())  # marks it for the person; it comes up only when they want it

    def _come_up(self) -> None:
        window = self._window.window()
        window.showNormal() if window.isMinimized() else window.show()
        window.raise_()
        window.activateWindow()

    def _came_or_went(self, untrusted_name: str, here: bool) -> None:
        """A colleague is in, or is not in any more."""
        others = tuple(name for name in self._here if name != untrusted_name)
        self._here = (*others, untrusted_name) if here else others
        self._bar.show_colleagues(self._here)
        self._on_page.may.show_here(self._here, self._time.now())

    # What the customer is asked

    def _asked(self, asked: Asked) -> None:
        if not self._on_page.wishes.ask(asked, self._time.now()):
            self._hosting.decline(asked)

    def _allow(self, asked: Asked) -> None:
        self._hosting.allow(asked, partial(self._allowed, asked), partial(self._on_page.wishes.fail, asked))

    def _allowed(self, asked: Asked, grant: Grant) -> None:
        self._on_page.wishes.settle(asked)
        until = clock(grant.until)
        self._tell(_("You allowed {name} to {what} until {time}."), granted(grant), name=self.technician, time=until)

    def _decline(self, asked: Asked) -> None:
        self._hosting.decline(asked)
        self._on_page.wishes.settle(asked)
        self._tell(_("{name} asked to {what}. You did not allow it."), granted(asked.wish), name=asked.technician)

    def _take_back(self, grants: tuple[Grant, ...]) -> None:
        if not self._on_page.may.anything_on:  # nothing is left to be in for
            self.stop()
            return
        what = granted(grants[0]) if grants else ""
        done = partial(self._tell, _("You took this back: {what}."), what)
        self._hosting.take_back(grants, done, self._not_taken_back)

    def _not_taken_back(self, why: str) -> None:
        """It may hold still, so that only one thing is safe."""
        self._on_page.banner.say(_("{why} To be sure, press Stop.").format(why=why))

    def _refused(self, why: str) -> None:
        """Something that was allowed cannot be: nobody shall believe that it is."""
        self._on_page.refused(why, self._time.now())

    def _type_secret(self, asked: SecretAsked, text: str) -> None:
        self._hosting.type_secret(asked, text)

    def _tell(self, sentence: str, untrusted_what: str, **more: str) -> None:
        words = {key: plain_line(text, 60) for key, text in more.items()}
        self._on_page.did(self._time.now(), sentence.format(what=plain_line(untrusted_what, 120), **words))
