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
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID

from app.domain.relay import MOST_SESSIONS, Door, RelayLoad
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
        self._since = self._clock.now()
        self._admissions = 0
        self._expulsions = 0
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
            port = self._forwards.take()
            try:
                door = self._admit(Side.CUSTOMER, session, key, port, ended)
            finally:
                self._give_back_unused({port})
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
        self.expel_all({session})

    def expel_all(self, sessions: Collection[UUID]) -> None:
        """Take these sessions' keys away and end their connections, all at once: gone when this returns."""
        with self._lock:
            ended = [one for one in self._admitted.values() if one.session in sessions]
            self._forget(ended)
        self._end(ended)

    @property
    def info(self) -> RelayInfo:
        """Where the running relay is to be found."""
        return RelayInfo(
            host=self._advertise,
            customers_port=self._ports[Side.CUSTOMER],
            technicians_port=self._ports[Side.TECHNICIAN],
            user=self._account.name,
            host_key=self._host_key,
            sessions=self.sessions,
        )

    @property
    def sessions(self) -> int:
        """How many sessions have a key here."""
        with self._lock:
            return len({one.session for one in self._admitted.values()})

    @property
    def held(self) -> tuple[UUID, ...]:
        """The sessions that have a key here."""
        with self._lock:
            return tuple({one.session for one in self._admitted.values()})

    @property
    def load(self) -> RelayLoad:
        """What it carries, and what it has done so far."""
        live = self._doors.live() if self._doors is not None else []
        with self._lock:
            admitted = dict(self._admitted)
            admissions, expulsions = self._admissions, self._expulsions
        at = {side: [key for where, key in live if where is side] for side in Side}
        present = {side: {admitted[key].session for key in keys if key in admitted} for side, keys in at.items()}
        return RelayLoad(
            sessions=len({one.session for one in admitted.values()}),
            waiting=len(present[Side.CUSTOMER] - present[Side.TECHNICIAN]),
            customers=len(at[Side.CUSTOMER]),
            technicians=len(at[Side.TECHNICIAN]),
            keys=len(admitted),
            admissions=admissions,
            refusals=self._doors.refusals if self._doors is not None else 0,
            expulsions=expulsions,
            since=self._since,
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
        if len(self._admitted) >= MOST_SESSIONS:
            raise RelayError("The relay holds as many sessions as it can. Start one more: `bistand relay`.")
        self._forget(ended)
        until = self._clock.now() + self._key_life
        self._admitted[mark] = Admission(side, session, key, mark, forward_port, until)
        self._admissions += 1
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
            self._expulsions += 1
        self._give_back_unused({admission.forward_port for admission in ended})
        for side in {admission.side for admission in ended}:
            self._write_keys(side)

    def _give_back_unused(self, ports: set[int]) -> None:
        """A port is its session's as long as anybody's key names it: a technician's may outlive the customer's."""
        for port in ports - {one.forward_port for one in self._admitted.values()}:
            self._forwards.give_back(port)

    def _end(self, ended: list[Admission]) -> None:
        """Outside the lock: the threads that follow the logs need it to go on."""
        if self._doors is not None and ended:
            self._doors.end({(admission.side, admission.fingerprint) for admission in ended})

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
