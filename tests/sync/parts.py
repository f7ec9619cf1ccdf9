"""Devices for tests of sync: a real store and a real client each."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from app.domain.events import Audience, Body, CaseOpened, Certainty, Event, NoteAdded, Stream
from app.domain.people import Author
from app.domain.progress import Counted, uncounted
from app.service import admin
from app.sync.client import Enrolled, ServiceClient
from app.sync.synchroniser import Synchroniser
from app.sync.transfers import fetch_blob
from app.system.clock import SystemClock, new_id
from tests.service.parts import Shop

if TYPE_CHECKING:
    from app.store.store import Store


@dataclass
class Device:
    """One party's device."""

    me: Author
    token: str
    store: "Store"
    client: ServiceClient

    @property
    def sync(self) -> Synchroniser:
        """A synchroniser, as after a fresh start of the program."""
        return Synchroniser(self.store, self.client)

    def write(self, case_id: UUID, body: Body) -> Event:
        """Write an event, as a flow would."""
        return self.store.append(self.me, Stream.CASE, case_id, body)

    def open_case(self, about: str = "The printer is silent") -> UUID:
        """Open a case."""
        case_id = new_id()
        self.write(case_id, CaseOpened(about=about, machine="Front desk"))
        return case_id

    def note(self, case_id: UUID, text: str, audience: Audience = Audience.CUSTOMER) -> Event:
        """Write a note."""
        return self.write(case_id, NoteAdded(text=text, certainty=Certainty.ASSUMED, audience=audience))

    def notes(self, case_id: UUID) -> list[str]:
        """The texts of a case's notes here."""
        return [note.text for note in self.store.case(case_id).notes]

    def fetched(self, sha256: str, progress: Counted = uncounted) -> bytes | None:
        """Fetch a blob. Its content, or None where there is none for this device."""
        return self.store.blob(sha256) if fetch_blob(self.client.http, self.store, sha256, progress) else None

    def close(self) -> None:
        """Let go of everything."""
        self.client.close()
        self.store.close()


class Devices:
    """All devices of one test."""

    def __init__(self, shop: Shop, folder: Path) -> None:
        self.shop = shop
        self._folder = folder
        self._devices: list[Device] = []

    def technician(self, name: str) -> Device:
        """A technician's device."""
        code = admin.add_technician(self.shop.settings, name)
        device = uuid4()
        return self._made(device, self._client().enrol(code, device))

    def customer(self, name: str) -> Device:
        """A customer's device."""
        device = uuid4()
        return self._made(device, self._client().register_customer(name, device))

    def close(self) -> None:
        """Let go of all."""
        for device in self._devices:
            device.close()

    def _client(self, token: str | None = None) -> ServiceClient:
        return ServiceClient(self.shop.url, token=lambda: token)

    def _made(self, device: UUID, enrolled: Enrolled) -> Device:
        from app.store.store import Store

        path = self._folder / f"{device}.db"
        store = Store(path, secrets.token_hex(32), device=device, clock=SystemClock())
        made = Device(enrolled.me, enrolled.token, store, self._client(enrolled.token))
        self._devices.append(made)
        return made
