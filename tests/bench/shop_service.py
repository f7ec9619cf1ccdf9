"""A service that holds the made-up log, run by the program's own command; kept in build/ for the next time."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from app.service import admin
from app.service.settings import ServiceSettings
from tests.bench.kept import kept
from tests.bench.shop_log import Entry, ShopLog

_FORM = 5
"""Goes up when the made-up log changes: what is kept of an earlier one is made anew then."""
_INSERT = """
INSERT INTO events (version, id, device, device_seq, stream, stream_id, kind, owner,
                    customer_visible, confidential, event)
VALUES (?, ?, ?, ?, 'case', ?, ?, ?, ?, 0, ?)
"""


def kept_service(count: int) -> ServiceSettings:
    """The settings of a service that holds so many events; made where it is not there yet (a minute for a million)."""

    def make(folder: Path) -> None:
        admin.init(ServiceSettings(data=folder), "Nørrebro IT")
        _fill(folder / "service.db", count)

    return ServiceSettings(data=kept("service", count, _FORM, make))


@contextmanager
def serving(settings: ServiceSettings) -> Iterator[tuple[str, int]]:
    """The service in a process of its own; yields its URL and its process's number."""
    command = [sys.executable, "-m", "app.cli.main", "serve", "--json", "--no-relay", "--port", "0"]
    process = subprocess.Popen([*command, "--data", str(settings.data)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield str(json.loads(process.stdout.readline())["url"]), process.pid
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _fill(database: Path, count: int) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.executemany(_INSERT, (_row(entry) for entry in ShopLog().entries(count)))
        connection.execute("UPDATE log SET version = ?", (count,))


def _row(entry: Entry) -> tuple[object, ...]:
    """As SQLAlchemy writes it on SQLite: ids as 32 digits."""
    ids = (entry.id.hex, entry.device.hex, entry.device_seq, entry.stream_id.hex)
    return (entry.version, *ids, entry.kind, entry.owner.hex, entry.for_customer, entry.json)
