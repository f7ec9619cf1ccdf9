"""The session as the desk sees it: signals on the Qt thread, calls that never make the window wait."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from app.desk.shell_writer import ShellWriter
from app.flows.party import Party
from app.widgets.bridge import Bridge
from app.widgets.jobs import Jobs

if TYPE_CHECKING:
    from app.domain.consent import Wish
    from app.flows.join_session import Answer, FileResult, JoinedSession

ASK_SECONDS = 120.0
"""How long an answer is waited for. What is not answered then still stands in the customer's window."""


class Joining(QObject):
    """At most one session at a time. `show_output` gets terminal output on the session's own thread.

    `ready` comes once the session is on, with a shell where one is allowed; `ended` carries how it ended; `moved` tells
    of a file that arrived whole. `reached` tells whether the customer's computer is there, `changed` that something
    else is allowed, or that the customer paused or lets it go on.
    """

    ready = Signal(object)
    ended = Signal(object)
    failed = Signal(str)
    moved = Signal(object)
    reached = Signal(bool)
    changed = Signal()
    shell_opened = Signal()
    shell_ended = Signal()
    not_asked = Signal(str)

    def __init__(self, party: Party, jobs: Jobs, show_output: Callable[[bytes], None]) -> None:
        super().__init__()
        self._party = party
        self._jobs = jobs
        self._show_output = show_output
        self._session: JoinedSession | None = None
        self._writer: ShellWriter | None = None
        self._case_id: UUID | None = None
        self._over = False
        self._opening = False
        self._ends = Bridge(self._ended, self)
        self._reaches = Bridge(self.reached.emit, self)
        self._changes = Bridge(lambda _: self.changed.emit(), self)
        self._shell_ends = Bridge(self._shell_over, self)

    @property
    def case_id(self) -> UUID | None:
        """The case of the session that begins or is live."""
        return self._case_id

    @property
    def session(self) -> JoinedSession | None:
        """The live session."""
        return self._session

    def begin(self, case_id: UUID, code: str, columns: int, rows: int) -> None:
        """Pair with the customer who waits on this case, and open a shell of this size where one is allowed."""
        self._case_id = case_id
        self._over = False

        def join() -> tuple[JoinedSession, ShellWriter | None]:
            from app.flows.join_session import join_session

            session = join_session(self._party, case_id, code, self._ends)
            try:
                session.on_reach(self._reaches)
                session.on_change(lambda: self._changes(None))
                if not session.grants.allows_terminal(self._party.clock.now()):
                    return session, None
                return session, ShellWriter(session.shell(columns, rows, self._show_output), self._shell_ends)
            except Exception:
                session.end()
                raise

        self._jobs.run(join, self._begun, self._not_begun)

    def open_shell(self, columns: int, rows: int) -> None:
        """Open a shell of this size in the session that is on, where there is none; `shell_opened` follows."""
        session = self._session
        if session is None or self._writer is not None or self._opening:
            return
        self._opening = True

        def opened() -> ShellWriter:
            return ShellWriter(session.shell(columns, rows, self._show_output), self._shell_ends)

        self._jobs.run(opened, self._shell_begun, self._shell_not_begun)

    def ask(self, wish: Wish, minutes: int, why: str, answered: Callable[[Answer], None]) -> None:
        """Ask the customer for this; `answered` gets what they say, or that they have said nothing yet."""
        if (session := self._session) is not None:
            work = partial(session.ask, wish, minutes, why, ASK_SECONDS)
            self._jobs.run(work, answered, self._not_asked)

    @property
    def has_shell(self) -> bool:
        """Whether there is a shell to type into."""
        return self._writer is not None

    def write(self, data: bytes) -> None:
        """Send what was typed."""
        if self._writer is not None:
            self._writer.write(data)

    def resize(self, columns: int, rows: int) -> None:
        """The terminal has this size now."""
        if self._writer is not None:
            self._writer.resize(columns, rows)

    def put(self, local: Path, remote: str) -> None:
        """Send a file."""
        if self._session is not None:
            self._jobs.run(partial(self._session.put, local, remote), self._moved, self.failed.emit)

    def get(self, remote: str, local: Path) -> None:
        """Fetch a file."""
        if self._session is not None:
            self._jobs.run(partial(self._session.get, remote, local), self._moved, self.failed.emit)

    def end(self) -> None:
        """Leave. `ended` follows once everything is on record."""
        if self._session is not None:
            self._jobs.run(self._session.end, lambda _: None, self.failed.emit)

    def close(self) -> None:
        """Leave and let go of everything. Waits for it."""
        for bridge in (self._ends, self._reaches, self._changes, self._shell_ends):
            bridge.close()
        session, writer = self._session, self._writer
        self._session = self._writer = None
        if writer is not None:
            writer.close()
        if session is not None:
            session.end()

    def _begun(self, joined: tuple[JoinedSession, ShellWriter | None]) -> None:
        session, writer = joined
        if writer is not None:
            writer.start()
        if self._over:  # it ended before it was known to have begun
            self._let_go(writer)
            return
        self._session, self._writer = session, writer
        self.ready.emit(session)

    def _not_begun(self, why: str) -> None:
        self._case_id = None
        self.failed.emit(why)

    def _shell_begun(self, writer: ShellWriter) -> None:
        self._opening = False
        writer.start()
        if self._session is None:
            self._let_go(writer)
            return
        self._writer = writer
        self.shell_opened.emit()

    def _shell_not_begun(self, why: str) -> None:
        self._opening = False
        self.failed.emit(why)

    def _shell_over(self, writer: ShellWriter) -> None:
        if writer is self._writer:
            self._writer = None
            self._let_go(writer)
            self.shell_ended.emit()

    def _not_asked(self, why: str) -> None:
        self.not_asked.emit(why)

    def _let_go(self, writer: ShellWriter | None) -> None:
        if writer is not None:
            self._jobs.run(writer.close, lambda _: None, lambda _: None)

    def _moved(self, file: FileResult) -> None:
        self.moved.emit(file)

    def _ended(self, how: object) -> None:
        writer, self._writer, self._session, self._case_id = self._writer, None, None, None
        self._over = True
        self._let_go(writer)
        self.ended.emit(how)
