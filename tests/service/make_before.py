"""Makes the database that later programs must be able to open.

`python -m tests.service.make_before` writes it as today's program leaves it, into `made_before/REVISION.db`: what the
program before it made, upgraded, with something in each new table. It is made once, with the release that brings the
revision, and is never changed.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy import insert, select

from app.domain.relay import Order, OrderKind, RelayLoad
from app.service.database import Database
from app.service.schema import known_revisions
from app.service.settings import ServiceSettings
from app.service.tables import arrivals, joinings, orders, people, removals, stations

HERE = Path(__file__).parent / "made_before"
SESSION, NOW = UUID(int=7), datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def made_at(revision: str) -> Path:
    """A SQLite database that the program with this revision made."""
    return HERE / f"{revision}.db"


def fill(database: Database) -> None:
    """What this revision brought: an upload under way, a file that is to go, who has joined, a relay and its order."""
    with database.write() as connection:
        ids = {row.name: row.id for row in connection.execute(select(people.c.name, people.c.id))}
        sanne, east = ids["Sanne"], ids["east"]
        load = RelayLoad.model_validate(dict.fromkeys(RelayLoad.model_fields, 0) | {"since": NOW})
        order = Order(id=UUID(int=9), kind=OrderKind.EXPEL, session=SESSION)
        connection.execute(insert(arrivals).values(sha256="ab" * 32, person=sanne, size=9, at=NOW))
        connection.execute(insert(removals).values(sha256="cd" * 32))
        connection.execute(insert(joinings).values(session=SESSION, person=sanne))
        connection.execute(
            insert(stations).values(
                relay=east, run=UUID(int=10), load=load.model_dump_json(), heard_at=NOW, turn=3, silent=False
            )
        )
        connection.execute(
            insert(orders).values(
                id=order.id, relay=east, at=NOW, text=order.model_dump_json(), awaited=False, taken=False
            )
        )


if __name__ == "__main__":
    newest, before = known_revisions()[:2]
    with TemporaryDirectory() as folder:
        settings = ServiceSettings(data=Path(folder))
        shutil.copy(made_at(before), settings.data / "service.db")
        made = Database(settings)
        made.upgrade()
        fill(made)
        made.close()
        shutil.copyfile(settings.data / "service.db", made_at(newest))
