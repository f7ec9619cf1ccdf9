"""A service and devices whose programs can be killed, and the proof that it cost nothing."""

import hashlib
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import select

from app.domain.case import fold
from app.domain.events import DiagnosticsShared, Event, named_blobs
from app.domain.people import Author
from app.service import admin
from app.service.app import create_app
from app.service.database import Database
from app.service.run import serve
from app.service.settings import ServiceSettings
from app.service.tables import events
from app.store.store import Store
from app.sync.client import Enrolled, ServiceClient, Verdict
from app.system.clock import SystemClock
from tests.kills import KILLS, PATIENCE, Point, arm, must_die, pipe, set_size, start, usual, wrap
from tests.service.conftest import DATABASES
from tests.service.parts import SetClock, Shop, collect_orphans
from tests.service.set_back import Backup, back_up, put_back
from tests.sync.parts import Device

PUSH = "app.sync.client:ServiceClient.push"
BLOB = 20_000
"""How large the blobs are. Their pieces are made as small."""


def on_both(points: Sequence[Point], *, every: int = 2) -> list[tuple[str, Point]]:
    """The usual points on each database; where each is met only once, by turns on one and on the other."""
    if KILLS > 1:
        return [(db, point) for db in DATABASES for point in usual(points)]
    return [(DATABASES[number % 2], point) for number, point in enumerate(usual(points, every=every))]


def serve_until_killed(settings: ServiceSettings, port: int, control: Connection) -> None:
    """A service, in a process of its own. It tells its URL, and dies at each point that it is told."""
    set_size("asyncio.selector_events:_SelectorSocketTransport.max_size", BLOB // 8)
    set_size("app.service.blobs:_WRITE_SIZE", BLOB // 8)
    set_size("app.service.events:_LARGEST_PAGE_BYTES", 1000)  # three events or so
    set_size("app.service.looks:_NEAR", 0)  # whoever is behind reads page after page
    set_size("app.service.blobs:PIECE", BLOB // 5)

    def listen() -> None:
        try:
            while True:
                wanted = control.recv()
                if isinstance(wanted, Point):
                    arm(wanted)
                    control.send("armed")
                else:
                    collect_orphans(settings, wanted)
        except EOFError:
            os._exit(1)  # the tests are over

    threading.Thread(target=listen, daemon=True).start()
    serve(create_app(settings, None), "127.0.0.1", port, control.send)


class Service:
    """A service that is killed and comes back on its port. `first` is a copy of it from before it began."""

    def __init__(self, folder: Path, db: str | None) -> None:
        self.settings = ServiceSettings(
            data=folder / "service", db=db, enrolments_per_minute=10**6, requests_per_minute=10**9
        )
        admin.init(self.settings, "Nørrebro IT")
        self._folder = folder
        self.first = self.back_up()
        self.url = ""
        self.start()

    def start(self) -> None:
        """Run."""
        port = int(self.url.rpartition(":")[2]) if self.url else 0
        self._control, theirs = pipe()
        self._process = start(serve_until_killed, self.settings, port, theirs)
        theirs.close()
        self.url = self._answer()

    def arm(self, point: Point) -> None:
        """Have it die at the point."""
        self._control.send(point)
        assert self._answer() == "armed"

    def collect(self, clock: SetClock) -> None:
        """Have it clear away what nobody needs, by this clock."""
        self._control.send(clock)

    def back_up(self) -> Backup:
        """Keep a copy of it all."""
        return back_up(self.settings, self._folder / f"backup-{secrets.token_hex(8)}")

    def set_back(self, backup: Backup) -> None:
        """Stop it, put the backup in place of all that it has, and start it."""
        self.close()
        put_back(self.settings, backup)
        self.start()

    def must_die(self, point: Point) -> None:
        """Wait for its end at the point."""
        must_die(self._process, point)
        self._control.close()

    def close(self) -> None:
        """End it, if it runs."""
        self._process.kill()
        self._process.join()
        self._control.close()

    def _answer(self) -> str:
        assert self._control.poll(PATIENCE), "the service did not come up"
        return str(self._control.recv())

    def log(self, case_id: UUID) -> list[tuple[int, Event]]:
        """What it holds of a case, as it lies in its database."""
        database = Database(self.settings)
        query = select(events.c.version, events.c.event).where(events.c.stream_id == case_id)
        with database.read() as connection:
            rows = connection.execute(query.order_by(events.c.version)).all()
        database.close()
        return [(row.version, Event.model_validate_json(row.event)) for row in rows]


@dataclass(frozen=True, slots=True)
class Home:
    """What a device's programs find when they are started."""

    store: Path
    key: str
    device: UUID
    me: Author
    token: str
    url: str

    @contextmanager
    def opened(self) -> Iterator[Device]:
        """A program's way in, closed afterwards."""
        client = ServiceClient(self.url, token=lambda: self.token)
        store = Store(self.store, self.key, device=self.device, clock=SystemClock())
        try:
            yield Device(self.me, self.token, store, client)
        finally:
            client.close()
            store.close()


def customer(service: Service | Shop, folder: Path, name: str) -> Home:
    """A customer's new device."""
    device = uuid4()
    client = ServiceClient(service.url, token=lambda: None)
    return _home(service, folder, device, client.register_customer(name, device), client)


def technician(service: Service | Shop, folder: Path, name: str) -> Home:
    """A technician's new device."""
    device = uuid4()
    client = ServiceClient(service.url, token=lambda: None)
    return _home(service, folder, device, client.enrol(admin.add_technician(service.settings, name), device), client)


def _home(service: Service | Shop, folder: Path, device: UUID, enrolled: Enrolled, client: ServiceClient) -> Home:
    client.close()
    store = folder / f"{device}.db"
    return Home(store, secrets.token_hex(32), device, enrolled.me, enrolled.token, service.url)


@dataclass
class Told:
    """What a program was told is done: what it wrote, which versions the service gave, which blobs it keeps."""

    written: set[UUID] = field(default_factory=set)
    versions: dict[UUID, int] = field(default_factory=dict)
    blobs: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, path: Path) -> "Told":
        """As it was noted in this file, line by line."""
        told = cls()
        for line in path.read_text().splitlines() if path.exists() else []:
            what, *values = line.split()
            if what == "written":
                told.written.add(UUID(values[0]))
            elif what == "version":
                told.versions[UUID(values[0])] = int(values[1])
            else:
                told.blobs.add(values[0])
        return told


class Notebook:
    """Where a program that may be killed notes what it was told. A line that was written outlives it."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(self, *words: object) -> None:
        """One line."""
        os.write(self._file, (" ".join(map(str, words)) + "\n").encode())

    def heard(self, verdicts: Sequence[Verdict]) -> None:
        """What the service answered to a push."""
        for verdict in verdicts:
            if verdict.version is not None:
                self.note("version", verdict.id, verdict.version)


def write_some(device: Device, case_id: UUID, notebook: Notebook) -> None:
    """Three notes, a report, and one event that the service will refuse, for it names a file that nobody has."""
    for number in range(2):
        notebook.note("written", device.note(case_id, f"note {number}").id)
    sha256 = device.store.put_blob(os.urandom(BLOB))
    notebook.note("blob", sha256)
    for named in (sha256, secrets.token_hex(32)):
        notebook.note("written", device.write(case_id, DiagnosticsShared(findings=(), redactions=0, report=named)).id)


def prove(service: Service, kim: Device, sanne: Device, case_id: UUID, told: Told) -> None:
    """All that was told is there once, on all sides alike, and whole. Both have synced."""
    log = service.log(case_id)
    here = {event.id for event in kim.store.case(case_id).timeline}
    refused = {each.event.id for each in kim.store.refused() if each.event.stream_id == case_id}
    assert len({version for version, _ in log}) == len({event.id for _, event in log}) == len(log)
    assert {event.id for _, event in log} == here
    assert told.written <= here | refused
    assert not here & refused
    assert len(refused) <= 1
    versions = {event.id: version for version, event in log}
    assert all(versions[event_id] == version for event_id, version in told.versions.items())
    assert kim.store.case(case_id) == sanne.store.case(case_id) == fold(case_id, (event for _, event in log))
    assert not kim.store.outbox(1)
    assert not kim.store.blobs_to_send()
    named = {sha256 for _, event in log for sha256 in named_blobs(event)}
    for device in (kim, sanne):
        assert not device.store.blobs_missing()
        assert all(sha(device.store.blob(sha256)) == sha256 for sha256 in named)
    assert all(sha(kim.store.blob(sha256)) == sha256 for sha256 in told.blobs)


def prove_store(kim: Device, case_ids: list[UUID]) -> None:
    """The file is whole, lists and search follow from the log, and each number was used once with none left out."""
    kim.store.check()
    assert kim.store.rebuild().differences == ()
    own = [
        event for case_id in case_ids for event in kim.store.case(case_id).timeline if event.device == kim.store.device
    ]
    numbers = [event.device_seq for event in (*own, *(each.event for each in kim.store.refused()))]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


def sha(content: bytes | None) -> str:
    """The address of a content; of none, nothing."""
    with suppress(TypeError):
        return hashlib.sha256(content).hexdigest()  # type: ignore[arg-type]
    return ""


def armed(notes: Path, point: Point) -> Notebook:
    """Have this program send in small pieces and batches, note what the service tells it, and end at this point."""
    set_size("app.sync.transfers:_PIECE", BLOB // 2)
    set_size("app.sync.transfers:_PIECE_DOWN", BLOB // 2)
    set_size("app.sync.synchroniser:_LARGEST_BATCH", 2)
    notebook = Notebook(notes)

    def push(real: Callable[..., tuple[Verdict, ...]], *arguments: object) -> tuple[Verdict, ...]:
        verdicts = real(*arguments)
        notebook.heard(verdicts)
        return verdicts

    wrap(PUSH, push)
    arm(point)
    return notebook
