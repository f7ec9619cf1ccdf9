"""A real service on a real socket for tests, people to use it, and a relay that only takes notes."""

import base64
import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from sqlalchemy import select, update

from app.domain.errors import BistandError
from app.domain.events import Body, CaseOpened, Event, Stream
from app.domain.people import Author, Role
from app.domain.relay import Door, OrderAnswer, RelayLoad, RelayReport
from app.service import admin
from app.service.app import create_app
from app.service.blob_choice import open_store
from app.service.blob_parts import Parts
from app.service.database import Database
from app.service.errors import UnknownTechnicianError
from app.service.orphans import Collected, Orphans
from app.service.run import RunningService
from app.service.settings import ServiceSettings
from app.service.tables import metadata, people, sessions
from app.system.clock import Clock, SystemClock, new_id

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ" + "A" * 42
JSON = {"Content-Type": "application/json"}
RUN = uuid4()
TUS = {"Tus-Resumable": "1.0.0"}


class SetClock:
    """A clock that tests can set."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """The moment, in UTC."""
        return self.moment

    def advance(self, **much: float) -> None:
        """Let time pass."""
        self.moment += timedelta(**much)


@dataclass
class NotedRelay:
    """A relay control that notes what it is asked."""

    asked: list[tuple[str, UUID, str]] = field(default_factory=list)
    refusal: str | None = None
    is_open: bool = True
    sessions: int = 0

    def admit_customer(self, session: UUID, key: str) -> Door:
        """Note it."""
        self.asked.append(("customer", session, key))
        return self._door(40001)

    def admit_technician(self, session: UUID, key: str) -> Door:
        """Note it."""
        self.asked.append(("technician", session, key))
        if self.refusal is not None:
            raise BistandError(self.refusal)
        return self._door(40001)

    def expel(self, session: UUID) -> None:
        """Note it."""
        self.asked.append(("expel", session, ""))

    @property
    def load(self) -> RelayLoad:
        """As many sessions as it was set to hold."""
        return report(sessions=self.sessions).load

    def _door(self, port: int) -> Door:
        return Door(host="127.0.0.1", port=2222, user="relay", host_key=KEY, forward_port=port)


class Person:
    """Somebody with a token, on a device of theirs, who talks HTTP."""

    def __init__(self, url: str, token: str, me: Author, device: UUID) -> None:
        self.me = me
        self.token = token
        self.device = device
        headers = {"Authorization": f"Bearer {token}"}
        self.http = httpx.Client(base_url=url, headers=headers, timeout=35, trust_env=False, verify=False)
        self._sequence = count(1)

    def at(self, url: str) -> "Person":
        """The same device, talking to another copy of the service."""
        other = Person(url, self.token, self.me, self.device)
        other._sequence = self._sequence
        return other

    def event(self, case_id: UUID, body: Body, **other: Any) -> Event:
        """A fresh event of theirs on a case."""
        values: dict[str, Any] = {
            "id": new_id(),
            "stream": Stream.CASE,
            "stream_id": case_id,
            "at": datetime.now(UTC),
            "author": self.me,
            "device": self.device,
            "device_seq": other.get("device_seq") or next(self._sequence),
            "body": body,
        }
        return Event(**{**values, **other})

    def push(self, *events: Event, cursor: str | None = None) -> list[dict[str, Any]]:
        """Push, and return the results."""
        answer = self.http.post("/v1/events", json=batch(*events, cursor=cursor))
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    def pull(self, cursor: str | None = None, wait: float = 0) -> dict[str, Any]:
        """Pull one page."""
        query: dict[str, str | float] = {"wait": wait, **({"after": cursor} if cursor else {})}
        answer = self.http.get("/v1/events", params=query)
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        return page

    def kinds(self) -> list[str]:
        """The kinds of all events that they may read, in order."""
        return [entry["event"]["body"]["kind"] for entry in self.pull()["events"]]

    def open_case(self, about: str = "The printer is silent") -> UUID:
        """Open a case and return its id."""
        case_id = new_id()
        results = self.push(self.event(case_id, CaseOpened(about=about, machine="Front desk")))
        assert "version" in results[0], results
        return case_id

    def upload(self, content: bytes) -> str:
        """Upload a blob and return its SHA-256."""
        sha256 = hashlib.sha256(content).hexdigest()
        answer = self.patch(sha256, content, 0, len(content))
        assert answer.status_code == 204, answer.text
        return sha256

    def patch(self, sha256: str, content: bytes, offset: int, length: int) -> httpx.Response:
        """One PATCH of the upload protocol."""
        headers = {
            "Upload-Offset": str(offset),
            "Upload-Length": str(length),
            "Content-Type": "application/offset+octet-stream",
            **TUS,
        }
        return self.http.patch(f"/v1/blobs/{sha256}", content=content, headers=headers)

    def offset(self, sha256: str) -> int:
        """How far the service says an upload is."""
        return int(self.http.head(f"/v1/blobs/{sha256}", headers=TUS).headers["Upload-Offset"])


def batch(*events: Event, cursor: str | None = None) -> dict[str, Any]:
    """A batch as it goes over the wire."""
    return {"cursor": cursor, "events": [event.model_dump(mode="json") for event in events]}


def report(
    *, run: UUID = RUN, sessions: int = 0, held: tuple[UUID, ...] = (), answers: tuple[OrderAnswer, ...] = ()
) -> RelayReport:
    """What a further relay tells."""
    counts = dict.fromkeys(("waiting", "customers", "technicians", "keys", "admissions", "refusals", "expulsions"), 0)
    load = RelayLoad(sessions=sessions, since=datetime(2026, 11, 2, tzinfo=UTC), **counts)
    return RelayReport(run=run, load=load, held=held, answers=answers)


def letter(body: bytes) -> dict[str, str]:
    """A letter as it goes over the wire."""
    return {"body": base64.b64encode(body).decode()}


class Shop:
    """A service that runs, with what is needed to look at it from all sides."""

    def __init__(self, folder: Path, relay: NotedRelay | None = None, *, new: bool = True, **settings: Any) -> None:
        self.settings = ServiceSettings(data=folder / "service", **settings)
        self.clock = SetClock()
        self.clock.moment = datetime.now(UTC)
        self.relay = relay
        self.url = ""
        self._people: list[httpx.Client] = []
        self._running: RunningService | None = None
        self._copies: list[RunningService] = []
        if new:
            admin.init(self.settings, "Nørrebro IT")

    def start(self, *, behind_proxy: bool = False) -> "Shop":
        """Run, on a free port, or on the earlier one."""
        port = int(self.url.rsplit(":", 1)[1]) if self._running else 0
        self.app = create_app(self.settings, self.relay, self.clock)
        self._running = RunningService(self.app, port=port, behind_proxy=behind_proxy)
        self.url = self._running.start()
        return self

    def stop(self) -> None:
        """Stop running; the data stays."""
        if self._running is not None:
            self._running.close()

    def copy(self) -> FastAPI:
        """Another copy of the service, on the same database; its `state.url` is where it runs."""
        app = create_app(self.settings, self.relay, self.clock)
        running = RunningService(app)
        app.state.url = running.start()
        self._copies.append(running)
        return app

    def visitor(self, person: Person, url: str) -> Person:
        """Somebody's device, talking to another copy of the service."""
        other = person.at(url)
        self._people.append(other.http)
        return other

    def end_in_the_database(self, session: UUID) -> None:
        """As another copy of the service would have ended a session, while this one was away."""
        database = Database(self.settings)
        with database.write() as connection:
            done = update(sessions).where(sessions.c.id == session).values(ended_at=self.clock.now())
            assert connection.execute(done).rowcount == 1
        database.close()

    def kept(self) -> bytes:
        """All that is kept: every file, and every row of a database elsewhere."""
        content = b"".join(path.read_bytes() for path in self.settings.data.rglob("*") if path.is_file())
        if self.settings.db is None:
            return content
        database = Database(self.settings)
        with database.read() as connection:
            rows = [tuple(row) for table in metadata.sorted_tables for row in connection.execute(select(table))]
        database.close()
        return content + repr(rows).encode()

    def close(self) -> None:
        """End it all."""
        for http in self._people:
            http.close()
        for copy in self._copies:
            copy.close()
        self.stop()

    def anonymous(self) -> httpx.Client:
        """A client with no token."""
        http = httpx.Client(base_url=self.url, timeout=35, trust_env=False, verify=False)
        self._people.append(http)
        return http

    def technician(self, name: str, device: UUID | None = None) -> Person:
        """A technician who has enrolled. Whoever had the name before is out."""
        with suppress(UnknownTechnicianError):
            admin.revoke(self.settings, name, self.clock)
        code = admin.add_technician(self.settings, name, self.clock)
        return self._person("/v1/enrol", {"code": code}, device or uuid4())

    def customer(self, name: str, device: UUID | None = None) -> Person:
        """A customer who has registered."""
        return self._person("/v1/customers", {"name": name}, device or uuid4())

    def owner(self, name: str) -> Person:
        """The owner, where one should ever get a device: no command makes one yet."""
        person = self.technician(name)
        database = Database(self.settings)
        with database.write() as connection:
            connection.execute(update(people).where(people.c.id == person.me.id).values(role=Role.OWNER.value))
        database.close()
        return person

    def relay_machine(self, name: str) -> Person:
        """A further relay that has enrolled."""
        code = admin.add_relay(self.settings, name, self.clock)
        return self._person("/v1/relays/enrol", {"code": code}, uuid4())

    def _person(self, path: str, who: dict[str, str], device: UUID) -> Person:
        answer = self.anonymous().post(path, json={**who, "device": str(device)})
        assert answer.status_code == 200, answer.text
        told = answer.json()
        person = Person(self.url, told["token"], Author.model_validate(told["me"]), device)
        self._people.append(person.http)
        return person


def collect_orphans(settings: ServiceSettings, clock: Clock | None = None) -> Collected:
    """Collect once, as the running service does now and then."""
    database = Database(settings)
    try:
        return Orphans(database, open_store(settings), Parts(settings.parts), clock or SystemClock()).collect()
    finally:
        database.close()
