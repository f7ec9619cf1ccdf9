"""A service on either database and the devices of its people, with backups that can be put back."""

import random
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select

from app.domain.events import Confirmed, Event
from app.service import admin
from app.service.database import Database
from app.service.tables import events
from app.sync.client import ServiceClient
from tests.service.devices.party import Party
from tests.service.parts import NotedRelay, Shop
from tests.service.set_back import Backup, back_up, put_back


class Site:
    """The service and everybody's devices. The customer's is the first."""

    def __init__(self, folder: Path, db: str | None, technicians: int) -> None:
        self._folder = folder
        self.shop = Shop(folder, NotedRelay(), db=db, requests_per_minute=10**6, enrolments_per_minute=10**6).start()
        names = [f"Technician {number}" for number in range(technicians)]
        self.parties = [self._made("Kim", code=None)]
        self.parties += [self._made(name, admin.add_technician(self.shop.settings, name)) for name in names]

    @property
    def customer(self) -> Party:
        """The customer's device."""
        return self.parties[0]

    @property
    def technicians(self) -> Sequence[Party]:
        """The technicians' devices."""
        return self.parties[1:]

    def log(self) -> list[Confirmed]:
        """The service's log, whole: what only the owner reads is in it too."""
        database = Database(self.shop.settings)
        with database.read() as connection:
            rows = connection.execute(select(events.c.version, events.c.event).order_by(events.c.version)).all()
        database.close()
        return [Confirmed(version=row.version, event=Event.model_validate_json(row.event)) for row in rows]

    def back_up(self) -> Backup:
        """Keep a copy of it all, while it runs."""
        return back_up(self.shop.settings, self._folder / f"backup-{random.randbytes(8).hex()}")

    def restore(self, backup: Backup, *, by_hand: bool = False) -> None:
        """Stop, put the backup in place, start. By hand, nobody gives the log another epoch."""
        self.shop.stop()
        put_back(self.shop.settings, backup, by_hand=by_hand)
        self.shop.start()

    def restart(self) -> None:
        """Stop and start the service: answers that were on their way are gone."""
        self.shop.stop()
        self.shop.start()

    def close(self) -> None:
        """End it all."""
        for party in self.parties:
            party.close()
        self.shop.close()

    def _made(self, name: str, code: str | None) -> Party:
        client = ServiceClient(self.shop.url, token=lambda: None)
        device = uuid4()
        enrolled = client.enrol(code, device) if code else client.register_customer(name, device)
        client.close()
        return Party(enrolled.me, device, enrolled.token, self._folder / f"{device}.db", self.shop.url)
