"""A shop with many desks for the rows about waiting: services as programs of their own, real desks, and light ones."""

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psutil
from sqlalchemy import insert

from app.domain.events import Audience, Certainty, NoteAdded, Stream
from app.domain.people import Author, Role
from app.service import admin
from app.service.cursor import log_end
from app.service.database import Database
from app.service.settings import ServiceSettings
from app.service.tables import devices, people
from app.service.tokens import hash_token, new_token
from app.store.store import Store
from app.sync.client import ServiceClient
from app.sync.loop import SyncLoop, SyncState
from app.sync.synchroniser import Synchroniser
from app.system.clock import SystemClock, new_id
from tests.bench.light_desks import LightDesks
from tests.bench.row import CannotMeasureError

_PATIENCE = 120.0
_ROOT = Path(__file__).parents[2]
_TECHNICIANS = 50  # who share the devices


class Serving:
    """One copy of the service, a program of its own, on a port that outlives a restart."""

    def __init__(self, settings: ServiceSettings, metrics_token: str) -> None:
        self._settings = settings
        self._http = httpx.Client(trust_env=False, timeout=30, headers={"Authorization": f"Bearer {metrics_token}"})
        self.port = 0
        self.start()

    def start(self) -> None:
        """Serve, and return once requests are answered."""
        words = ["serve", "--no-relay", "--json", "--data", str(self._settings.data), "--port", str(self.port)]
        words += ["--metrics-token", str(self._settings.data / "metrics")]
        words += ["--db", self._settings.db] if self._settings.db else []
        command = [sys.executable, "-m", "app.cli.main", *words]
        self._program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=_ROOT)
        assert self._program.stdout is not None
        line = self._program.stdout.readline()
        if not line:
            raise CannotMeasureError("the service did not come up")
        self.port = int(json.loads(line)["url"].rpartition(":")[2])
        self.process = psutil.Process(self._program.pid)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self, *, outright: bool = False) -> None:
        """Stop as a shop would, or as a power cut would."""
        self._program.send_signal(signal.SIGKILL if outright else signal.SIGTERM)
        self._program.communicate(timeout=_PATIENCE)

    def waiting(self) -> int:
        """How many requests wait there."""
        found = re.search(r"^bistand_waiting (\S+)$", self._http.get(f"{self.url}/metrics").text, re.MULTILINE)
        assert found is not None
        return int(float(found[1]))

    def round_trip(self, times: int) -> list[float]:
        """How long a bare question takes on a kept connection, so many times, in seconds."""
        took = []
        for _ in range(times):
            began = time.monotonic()
            self._http.get(f"{self.url}/healthz").raise_for_status()
            took.append(time.monotonic() - began)
            time.sleep(0.01)
        return took

    def megabytes(self) -> float:
        """What it holds."""
        return float(self.process.memory_full_info().pss) / 1e6

    def on_processor(self) -> float:
        """Seconds on the processor so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def close(self) -> None:
        """End it."""
        self._http.close()
        self._program.kill()
        self._program.communicate(timeout=_PATIENCE)


class RealDesk:
    """A technician's device with its store and its sync loop, in this program. `seen` has versions and moments."""

    def __init__(self, folder: Path, service: Serving, me: Author, token: str, device: UUID) -> None:
        self.me = me
        self.store = Store(folder / f"{device}.db", secrets.token_hex(32), device=device, clock=SystemClock())
        self.seen: dict[int, float] = {}
        self._lock = threading.Lock()
        self._newest = 0
        client = ServiceClient(service.url, token=lambda: token)
        self._loop = SyncLoop(Synchroniser(self.store, client), self._note)
        self._loop.start()

    def write(self, case_id: UUID, text: str) -> float:
        """Write a note and have it sent. Returns the moment before."""
        moment = time.monotonic()
        note = NoteAdded(text=text, certainty=Certainty.ASSUMED, audience=Audience.INTERNAL)
        self.store.append(self.me, Stream.CASE, case_id, note)
        self._loop.nudge()
        return moment

    def version(self) -> int:
        """How far it has read."""
        return int((self.store.cursor() or ":0").split(":")[1])

    def close(self) -> None:
        """End it."""
        self._loop.close()
        self.store.close()

    def _note(self, _: SyncState) -> None:
        now, version = time.monotonic(), self.version()
        with self._lock:
            for each in range(self._newest + 1, version + 1):
                self.seen[each] = now
            self._newest = max(self._newest, version)


class Office:
    """A shop: its services, one desk that writes, some real ones that read, and many light ones that wait."""

    def __init__(self, folder: Path, db: str | None, copies: int, desks: int, readers: int = 2) -> None:
        self.desks = desks
        self._folder = folder
        self._settings = ServiceSettings(data=folder / "service", db=db)
        admin.init(self._settings, "Example IT")
        token = secrets.token_hex(32)
        (self._settings.data / "metrics").touch(mode=0o600)
        (self._settings.data / "metrics").write_text(token)
        with ExitStack() as opened:
            self.services: list[Serving] = [
                self._closing(opened, Serving(self._settings, token)) for _ in range(copies)
            ]
            self._add_people(desks + readers + 1)
            real: list[RealDesk] = [
                self._closing(opened, RealDesk(folder, self.services[number % copies], *self._given()))
                for number in range(readers + 1)
            ]
            self.writer, self.readers = real[0], real[1:]
            self.case_id = self._open_case()
            self.light: LightDesks = self._closing(opened, self._light_desks())
            self._opened = opened.pop_all()
        self.await_waiting()

    @staticmethod
    def _closing(opened: ExitStack, what: Any) -> Any:
        opened.callback(what.close)
        return what

    def close(self) -> None:
        """End it all."""
        self._opened.close()

    def waiting(self) -> int:
        """How many wait at all services together."""
        return sum(service.waiting() for service in self.services)

    def await_waiting(self) -> float:
        """Return once all desks wait; how long that took."""
        began = time.monotonic()
        while self.waiting() < self.desks + len(self.readers) + 1:
            if time.monotonic() - began > _PATIENCE:
                raise CannotMeasureError(f"only {self.waiting()} desks wait")
            time.sleep(0.1)
        return time.monotonic() - began

    def write(self, times: int, pause: float, *, each_alone: bool) -> tuple[list[float], list[float]]:
        """Have the writer write so often; how long each took to each desk: to light ones, to real ones, in seconds.

        `each_alone`: the next one goes out `pause` seconds after the last has arrived everywhere; otherwise one every
        `pause` seconds, whatever arrives.
        """
        first = self.writer.version() + 1
        began: list[float] = []
        due = time.monotonic()
        for number in range(times):
            due += pause
            time.sleep(max(0.0, due - time.monotonic()))
            began.append(self.writer.write(self.case_id, f"Note {number}"))
            if each_alone:
                self._await_everywhere(first + number)
                due = time.monotonic()
        self._await_everywhere(first + times - 1)
        time.sleep(0.5)
        arrived = self.light.told()["arrived"]
        light: list[float] = []
        for number, moment in enumerate(began):
            came = arrived.get(str(first + number), [])
            if len(came) != self.desks:
                raise CannotMeasureError(f"a note reached {len(came)} desks of {self.desks}")
            light += [one - moment for one in came]
        real = [desk.seen[first + number] - moment for desk in self.readers for number, moment in enumerate(began)]
        return light, real

    def _await_everywhere(self, version: int) -> None:
        """Once the real ones have it and everybody waits again, all have it."""
        deadline = time.monotonic() + _PATIENCE
        while any(version not in desk.seen for desk in self.readers):
            if time.monotonic() > deadline:
                raise CannotMeasureError("a note did not arrive")
            time.sleep(0.05)
        self.await_waiting()

    def _open_case(self) -> UUID:
        """A customer's, as every case is."""
        http = httpx.Client(base_url=self.services[0].url, trust_env=False)
        device, case_id = uuid4(), new_id()
        told = http.post("/v1/customers", json={"name": "Kim", "device": str(device)}).json()
        event = {
            "id": str(new_id()), "stream": "case", "stream_id": str(case_id),
            "at": f"{SystemClock().now():%Y-%m-%dT%H:%M:%SZ}",
            "author": told["me"], "device": str(device), "device_seq": 1,
            "body": {"kind": "case_opened", "about": "The printer is silent", "machine": "Front desk"},
        }  # fmt: skip
        answer = http.post("/v1/events", json={"events": [event]}, headers={"Authorization": f"Bearer {told['token']}"})
        if "version" not in answer.json()["results"][0]:
            raise CannotMeasureError(answer.text)
        while any(not desk.seen for desk in (self.writer, *self.readers)):
            time.sleep(0.05)
        return case_id

    def _add_people(self, many: int) -> None:
        """Straight into the database: `enrol` takes sixty a minute from one address."""
        now = SystemClock().now()
        authors = [Author(role=Role.TECHNICIAN, id=new_id(), name=f"Technician {n}") for n in range(_TECHNICIANS)]
        self._tokens = [(authors[n % _TECHNICIANS], new_token(), new_id()) for n in range(many)]
        database = Database(self._settings)
        with database.write() as connection:
            rows = [{"id": one.id, "role": one.role.value, "name": one.name, "made_at": now} for one in authors]
            connection.execute(insert(people), rows)
            made = [
                {"id": device, "person": author.id, "token_hash": hash_token(token), "made_at": now}
                for author, token, device in self._tokens
            ]
            connection.execute(insert(devices), made)
        database.close()

    def _given(self) -> tuple[Author, str, UUID]:
        return self._tokens.pop()

    def _light_desks(self) -> LightDesks:
        database = Database(self._settings)
        with database.read() as connection:
            cursor = str(log_end(connection))
        database.close()
        copies = len(self.services)
        tokens = [token for _, token, _ in self._tokens]
        return LightDesks(
            cursor,
            [{"port": service.port, "tokens": tokens[number::copies]} for number, service in enumerate(self.services)],
        )


@contextmanager
def office(desks: int, *, db: str | None = None, copies: int = 1) -> Iterator[Office]:
    """A shop where all wait, ended and removed afterwards."""
    os.environ.setdefault("BISTAND_LOG", "ERROR")
    with tempfile.TemporaryDirectory(prefix="bistand-desks-") as folder:
        made = Office(Path(folder), db, copies, desks)
        try:
            yield made
        finally:
            made.close()
