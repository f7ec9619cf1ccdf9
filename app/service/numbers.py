"""What is looked up when the service's numbers are asked for: in the database, on the disk, at the relays."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from prometheus_client.core import CounterMetricFamily, Metric
from sqlalchemy import func, select

from app.domain.people import Role
from app.domain.relay import RelayLoad
from app.service.database import Database
from app.service.live import LiveRequests
from app.service.metrics import gauge, gauges
from app.service.relay import OwnRelay
from app.service.stations import AllStations
from app.service.tables import log, people, sessions, uploads

OWN = "own"
"""What the relay inside the service is called among the numbers."""
_NOW = {
    "sessions": "Sessions with a key at the relay.",
    "waiting": "Those of them with a customer and no technician.",
    "customers": "Customers connected to the relay.",
    "technicians": "Technicians connected to the relay.",
    "keys": "Keys that the relay lets in.",
}
_SINCE = {
    "admissions": "Keys let in since the relay was started.",
    "refusals": "Logins that the relay's sshd turned away since it was started.",
    "expulsions": "Keys taken away since the relay was started.",
}


@dataclass(frozen=True, slots=True)
class Numbers:
    """Where they are looked up. Blocking."""

    database: Database
    data: Path
    live: LiveRequests
    own: OwnRelay | None
    stations: AllStations

    def families(self) -> Iterator[Metric]:
        """All of them."""
        yield gauge("requests_under_way", "Requests under way.", self.live.under_way)
        yield gauge("waiting", "Requests that wait for news.", self.live.waiting)
        yield gauge("data_free_bytes", "Room left where the service's data lies.", shutil.disk_usage(self.data).free)
        yield from self._from_the_database()
        loads = self._loads()
        for name, what in _NOW.items():
            now = {relay: float(getattr(load, name)) for relay, load in loads.items()}
            yield gauges(f"relay_{name}", what, "relay", now)
        for name, what in _SINCE.items():
            family = CounterMetricFamily(f"bistand_relay_{name}", what, labels=("relay",))
            for relay, load in loads.items():
                family.add_metric((relay,), getattr(load, name), created=load.since.timestamp())
            yield family

    def _from_the_database(self) -> Iterator[Metric]:
        whole = select(uploads.c.sha256, func.max(uploads.c.size).label("size")).group_by(uploads.c.sha256).subquery()
        with self.database.read() as connection:
            version = connection.execute(select(log.c.version)).scalar_one()
            count, size = connection.execute(
                select(func.count(), func.coalesce(func.sum(whole.c.size), 0)).select_from(whole)
            ).one()
            open_ones = select(func.count()).select_from(sessions).where(sessions.c.ended_at.is_(None))
            live = connection.execute(open_ones).scalar_one()
        yield gauge("log_version", "The newest event's version.", version)
        yield gauge("blobs", "Blobs that are whole.", count)
        yield gauge("blob_bytes", "Their bytes.", float(size))
        yield gauge("sessions_open", "Sessions that were offered and not ended.", live)

    def _loads(self) -> dict[str, RelayLoad]:
        loads = {} if self.own is None else {OWN: self.own.load}
        told = self.stations.loads()
        names = self._names() if told else {}
        return loads | {names.get(relay, str(relay)): load for relay, load in told.items()}

    def _names(self) -> dict[UUID, str]:
        """The names that the owner gave to further relays, made different from our own's."""
        query = select(people.c.id, people.c.name).where(people.c.role == Role.RELAY.value)
        with self.database.read() as connection:
            return {row.id: f"further {row.name}" for row in connection.execute(query)}
