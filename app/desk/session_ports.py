"""Brings the session's ports and OpenSSH's programs together with the part of the window that shows them."""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.desk.port_row import Place
from app.desk.ports_part import PortsPart
from app.domain.consent import PortGrant
from app.domain.reference import reference
from app.flows.party import Party
from app.system.translations import _
from app.widgets.bridge import Bridge
from app.widgets.jobs import Jobs
from app.widgets.plain import plain_line

if TYPE_CHECKING:
    from app.flows.join_session import Forward, JoinedSession, RemoteError, Tools

_SECOND = 1000
_MOST_LETTERS = 300


class SessionPorts(QObject):
    """All that waits is done by jobs. What is open ends with the session, which sees to that itself."""

    def __init__(self, party: Party, jobs: Jobs, part: PortsPart) -> None:
        super().__init__()
        self._party = party
        self._now = party.clock.now
        self._jobs = jobs
        self._part = part
        self._session: JoinedSession | None = None
        self._forwards: dict[Place, Forward | None] = {}
        self._tools: Tools | None = None
        self._writing = False
        self._refusals = Bridge(self._refused, self)
        self._failures = Bridge(self._failed, self)
        self._ticking = QTimer(self, interval=_SECOND)
        self._ticking.timeout.connect(self.show_allowed)
        part.open_asked.connect(self._open)
        part.close_asked.connect(self._close)
        part.config_asked.connect(self._suggest)
        part.config_chosen.connect(self._write)
        part.config_close_asked.connect(self._remove)

    def begin(self, session: JoinedSession) -> None:
        """This session is on. Told again of the same one, it goes on as it was."""
        if session is not self._session:
            self.over()
            self._session = session
            self._ticking.start()
        self.show_allowed()

    def show_allowed(self) -> None:
        """Show what the customer allows at this moment."""
        if (session := self._session) is not None:
            live = session.grants.live(self._now()).grants
            ports = dict.fromkeys(Place.of(grant) for grant in live if isinstance(grant, PortGrant))
            self._part.show_allowed(tuple(ports), anything=bool(live))

    def over(self) -> None:
        """The session is over, and with it everything that was open."""
        self._ticking.stop()
        self._session = self._tools = None
        self._forwards.clear()
        self._writing = False
        self._part.rest()

    def close(self) -> None:
        """Hear of nothing any more."""
        self._ticking.stop()
        for bridge in (self._refusals, self._failures):
            bridge.close()

    # A port

    def _open(self, place: Place) -> None:
        session = self._session
        if session is None or place in self._forwards:
            return
        self._forwards[place] = None

        def refused(error: RemoteError) -> None:
            self._refusals((session, place, str(error)))

        work = partial(session.forward, 0, place.host, place.port, refused)
        self._jobs.run(work, partial(self._opened, session, place), partial(self._not_opened, session, place))

    def _opened(self, session: JoinedSession, place: Place, made: Forward) -> None:
        if session is self._session:
            self._forwards[place] = made
            self._part.show_open(place, made.port)

    def _not_opened(self, session: JoinedSession, place: Place, why: str) -> None:
        if session is self._session:
            del self._forwards[place]
            self._part.say(place, why)

    def _close(self, place: Place) -> None:
        if (made := self._forwards.pop(place, None)) is not None:
            self._part.show_closed(place)
            self._jobs.run(made.close, lambda _: None, lambda _: None)

    def _refused(self, told: tuple[JoinedSession, Place, str]) -> None:
        session, place, why = told
        if session is self._session and place in self._forwards:
            self._part.say(place, self._at_this_time(why))

    # OpenSSH

    def _suggest(self) -> None:
        """The folder is made by a job: a disk may be slow."""
        if (session := self._session) is not None and self._tools is None:
            name = f"{reference(session.case_id)}.ssh_config"
            self._jobs.run(lambda: self._party.home.configs / name, self._part.choose_config, self._part.config.say)

    def _write(self, path: Path) -> None:
        session = self._session
        if session is None or self._tools is not None or self._writing:
            return
        self._writing = True

        def failed(error: RemoteError) -> None:
            self._failures((session, str(error)))

        work = partial(session.ssh_config, path.absolute(), failed)
        self._jobs.run(work, partial(self._written, session), partial(self._not_written, session))

    def _written(self, session: JoinedSession, tools: Tools) -> None:
        if session is self._session:
            self._writing = False
            self._tools = tools
            self._part.show_config(f"ssh -F {shlex.quote(str(tools.config))} customer")

    def _not_written(self, session: JoinedSession, why: str) -> None:
        if session is self._session:
            self._writing = False
            self._part.config.say(why)

    def _remove(self) -> None:
        tools, self._tools = self._tools, None
        if tools is not None:
            self._part.show_config("")
            self._jobs.run(tools.close, lambda _: None, lambda _: None)

    def _failed(self, told: tuple[JoinedSession, str]) -> None:
        session, why = told
        if session is self._session and self._tools is not None:
            self._part.config.say(self._at_this_time(why))

    def _at_this_time(self, why: str) -> str:
        """It may be old when it is read."""
        at = self._now().astimezone().strftime("%H:%M")
        return _("{time}: {text}").format(time=at, text=plain_line(why, _MOST_LETTERS))
