"""The relay: where customer and technician meet, both coming from behind their own walls.

It sees only what passes between two inner SSH ends, which is encrypted for each other: it is trusted with nothing but
to be there. Keys are let in for one session, and taking a key away ends what it opened.
"""

import logging
import os
import shutil
import sys
import tempfile
import threading
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID

from app.domain.relay import Door
from app.remote.errors import NotAdmittedError, RelayError, RelayPlatformError, RelayStartError
from app.remote.keys import fingerprint, new_private_text, public_text, read_private
from app.remote.relay.admissions import Admission, give_to, write_private
from app.remote.relay.doors import Doors
from app.remote.relay.ports import ForwardPorts, free_port, is_free
from app.remote.relay.sshd import Account, Side, as_installed, choose_account, door_config, find_sshd
from app.system.clock import Clock, SystemClock

_log = logging.getLogger(__name__)
_TRIES = 5
_TICK_SECONDS = 1.0
_TECHNICIANS_PER_SESSION = 8


@dataclass(frozen=True, slots=True)
class RelayInfo:
    """Where a running relay is to be found, as whom one logs in, and how many sessions it holds."""

    host: str
    customers_port: int
    technicians_port: int
    user: str
    host_key: str
    sessions: int


class Relay:
    """Two sshds of our own, one for customers and one for technicians. `start` before use; all methods from any thread.

    `folder` is where its files go (a folder of its own, made and removed); None takes the system's place for such.
    Root's relay always uses that place, since the account that it runs as must reach it. `host` is the address to
    listen on, `advertise` the name by which parties reach it; a port 0 picks a free one. A key lives `key_life`.
    """

    def __init__(
        self,
        folder: Path | None,
        *,
        host: str = "127.0.0.1",
        advertise: str | None = None,
        customers_port: int = 0,
        technicians_port: int = 0,
        key_life: timedelta = timedelta(hours=12),
        clock: Clock | None = None,
    ) -> None:
        self._place = folder
        self._host = host
        self._advertise = advertise or host
        self._wanted = {Side.CUSTOMER: customers_port, Side.TECHNICIAN: technicians_port}
        self._key_life = key_life
        self._clock = clock or SystemClock()
        self._lock = threading.RLock()
        self._admitted: dict[str, Admission] = {}
        self._forwards = ForwardPorts()
        self._stopping = threading.Event()
        self._doors: Doors | None = None
        self._ports: dict[Side, int] = {}
        self._folder = Path()
        self._account = Account("")
        self._host_key = ""
        self._tender = threading.Thread(target=self._tend, name="relay", daemon=True)

    def start(self) -> None:
        """Open both doors; they listen when this returns. Raises the `RelayError` tree, leaving nothing behind."""
        if sys.platform != "linux":
            raise RelayPlatformError
        sshd = find_sshd()
        self._account = choose_account()
        for attempt in range(_TRIES):
            self._ports = {side: port or free_port(self._host) for side, port in self._wanted.items()}
            try:
                self._open(sshd)
                break
            except RelayStartError:
                taken = {side: port for side, port in self._ports.items() if not is_free(self._host, port)}
                if any(self._wanted[side] for side in taken):
                    raise RelayStartError(f"Port {min(taken.values())} on {self._host} is in use already.") from None
                if not taken or attempt == _TRIES - 1:
                    raise  # nobody was quicker than we with a port that we had picked: it is something else
        self._tender.start()

    def close(self) -> None:
        """End both doors and every connection, and remove the files. Closing twice does nothing."""
        self._stopping.set()
        if self._doors is not None:
            self._doors.close()
            shutil.rmtree(self._folder, ignore_errors=True)
        if self._tender.is_alive():
            self._tender.join()

    def admit_customer(self, session: UUID, key: str) -> Door:
        """Let this key in to listen for the session, on a port of its own, a new one at each call.

        A key of the same session that was let in before is taken away. Raises `KeyTextError` or `RelayError`.
        """
        with self._lock:
            ended = [old for old in self._of(session) if old.side is Side.CUSTOMER]
            in_use = {old.forward_port for old in self._admitted.values()}
            door = self._admit(Side.CUSTOMER, session, key, self._forwards.take(in_use), ended)
        self._end(ended)
        return door

    def admit_technician(self, session: UUID, key: str) -> Door:
        """Let this key in to reach the session's customer. A key that comes again loses its older connections.

        Raises `NotAdmittedError` where no customer waits, `KeyTextError` or `RelayError`.
        """
        with self._lock:
            present = self._of(session)
            customer = next((one for one in present if one.side is Side.CUSTOMER), None)
            if customer is None:
                raise NotAdmittedError
            technicians = [one for one in present if one.side is Side.TECHNICIAN]
            again = [one for one in technicians if one.key == key]
            ended = again or technicians[: len(technicians) - _TECHNICIANS_PER_SESSION + 1]
            door = self._admit(Side.TECHNICIAN, session, key, customer.forward_port, ended)
        self._end(ended)
        return door

    def expel(self, session: UUID) -> None:
        """Take the session's keys away and end its connections: gone when this returns. Unknown: nothing happens."""
        with self._lock:
            ended = self._of(session)
            self._forget(ended)
        self._end(ended)

    @property
    def info(self) -> RelayInfo:
        """Where the running relay is to be found."""
        with self._lock:
            sessions = {one.session for one in self._admitted.values()}
        return RelayInfo(
            host=self._advertise,
            customers_port=self._ports[Side.CUSTOMER],
            technicians_port=self._ports[Side.TECHNICIAN],
            user=self._account.name,
            host_key=self._host_key,
            sessions=len(sessions),
        )

    @property
    def is_open(self) -> bool:
        """Whether both sshds run."""
        return self._doors is not None and self._doors.are_open

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self, sshd: str) -> None:
        self._folder = self._make_folder()
        try:
            host_key = new_private_text()
            self._host_key = public_text(read_private(host_key))
            write_private(self._folder / "host_key", host_key, self._account)
            configs = {}
            for side, port in self._ports.items():
                self._write_keys(side)
                configs[side] = path = self._folder / f"{side}.config"
                config = door_config(side, self._folder, self._host, port, self._account)
                write_private(path, as_installed(sshd, config, path, self._account), self._account)
            doors = Doors(sshd, self._folder, configs, self._account, self._is_admitted)
            doors.wait_until_open()
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        self._doors = doors

    def _make_folder(self) -> Path:
        """A folder that only the account of the sshds can look into (0700)."""
        place = self._place
        try:
            if self._account.uid is not None:
                place = Path("/run") if os.access("/run", os.W_OK) else None
            folder = Path(tempfile.mkdtemp(prefix="bistand-relay-", dir=place))
            give_to(folder, self._account)
        except OSError as error:
            raise RelayStartError(f"The relay cannot make its folder in {place}: {error.strerror}.") from error
        return folder.absolute()

    def _admit(self, side: Side, session: UUID, key: str, forward_port: int, ended: list[Admission]) -> Door:
        if not self.is_open:
            raise RelayError("The relay is not running.")
        mark = fingerprint(key)
        other = self._admitted.get(mark)
        if other is not None and other not in ended:
            raise RelayError("This key is in use already. Each session and each side takes a key of its own.")
        self._forget(ended)
        until = self._clock.now() + self._key_life
        self._admitted[mark] = Admission(side, session, key, mark, forward_port, until)
        self._write_keys(side)
        return Door(
            host=self._advertise,
            port=self._ports[side],
            user=self._account.name,
            host_key=self._host_key,
            forward_port=forward_port,
        )

    def _forget(self, ended: list[Admission]) -> None:
        for admission in ended:
            del self._admitted[admission.fingerprint]
        for side in {admission.side for admission in ended}:
            self._write_keys(side)

    def _end(self, ended: list[Admission]) -> None:
        """Outside the lock: the threads that follow the logs need it to go on."""
        if self._doors is not None:
            for admission in ended:
                self._doors.end(admission.side, admission.fingerprint)

    def _of(self, session: UUID) -> list[Admission]:
        return [one for one in self._admitted.values() if one.session == session]

    def _is_admitted(self, side: Side, mark: str) -> bool:
        with self._lock:
            admission = self._admitted.get(mark)
        return admission is not None and admission.side is side

    def _write_keys(self, side: Side) -> None:
        lines = "".join(one.line() for one in self._admitted.values() if one.side is side)
        try:
            write_private(self._folder / f"{side}.keys", lines, self._account)
        except OSError as error:
            raise RelayError(f"The relay cannot write its keys: {error.strerror}.") from error

    def _tend(self) -> None:
        """On a thread of its own: a key whose time is over loses its connections too."""
        while not self._stopping.wait(_TICK_SECONDS):
            with self._lock:
                now = self._clock.now()
                ended = [one for one in self._admitted.values() if one.until <= now]
                try:
                    self._forget(ended)
                except RelayError:
                    _log.exception("keys that have run out could not be removed")
            self._end(ended)
            if self._doors is not None:
                self._doors.end_orphans()
