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
    from app.flows.join_session import FileResult, JoinedSession


class Joining(QObject):
    """At most one session at a time. `show_output` gets terminal output on the session's own thread.

    `ready` comes once there is a shell; `ended` carries how it ended; `moved` tells of a file that arrived whole.
    """

    ready = Signal(object)
    ended = Signal(object)
    failed = Signal(str)
    moved = Signal(object)

    def __init__(self, party: Party, jobs: Jobs, show_output: Callable[[bytes], None]) -> None:
        super().__init__()
        self._party = party
        self._jobs = jobs
        self._show_output = show_output
        self._session: JoinedSession | None = None
        self._writer: ShellWriter | None = None
        self._case_id: UUID | None = None
        self._over = False
        self._bridge = Bridge(self._ended, self)

    @property
    def case_id(self) -> UUID | None:
        """The case of the session that begins or is live."""
        return self._case_id

    @property
    def session(self) -> JoinedSession | None:
        """The live session."""
        return self._session

    def begin(self, case_id: UUID, code: str, columns: int, rows: int) -> None:
        """Pair with the customer who waits on this case, and open a shell of this size."""
        self._case_id = case_id
        self._over = False

        def join() -> tuple[JoinedSession, ShellWriter]:
            from app.flows.join_session import join_session

            session = join_session(self._party, case_id, code, self._bridge)
            try:
                return session, ShellWriter(session.shell(columns, rows, self._show_output))
            except Exception:
                session.end()
                raise

        self._jobs.run(join, self._begun, self._not_begun)

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
        self._bridge.close()
        session, writer = self._session, self._writer
        self._session = self._writer = None
        if writer is not None:
            writer.close()
        if session is not None:
            session.end()

    def _begun(self, joined: tuple[JoinedSession, ShellWriter]) -> None:
        session, writer = joined
        writer.start()
        if self._over:  # it ended before it was known to have begun
            self._jobs.run(writer.close, lambda _: None, lambda _: None)
            return
        self._session, self._writer = session, writer
        self.ready.emit(session)

    def _not_begun(self, why: str) -> None:
        self._case_id = None
        self.failed.emit(why)

    def _moved(self, file: FileResult) -> None:
        self.moved.emit(file)

    def _ended(self, how: object) -> None:
        writer, self._writer, self._session, self._case_id = self._writer, None, None, None
        self._over = True
        if writer is not None:
            self._jobs.run(writer.close, lambda _: None, lambda _: None)
        self.ended.emit(how)
