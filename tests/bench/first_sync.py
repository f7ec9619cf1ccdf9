"""`first_sync`: a new device reads 1,000,000 events, against bare SQLite that inserts the same bytes.

The first time the log is made, which takes some minutes and 1 GB in build/. BISTAND_BENCH_EVENTS makes it smaller.
"""

import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import psutil
from msgspec import json

from app.domain.entry import entry_of
from app.domain.events import Event
from app.service import admin
from app.service.errors import UnknownTechnicianError
from app.service.events import LARGEST_PAGE
from app.store import log
from app.store.connection import insert_many, transaction
from app.store.opening import open_store, steps
from tests.bench.first_sync_client import KEY
from tests.bench.row import CannotMeasureError, Row, at_least
from tests.bench.shop_service import kept_service, serving

_EVENTS = int(os.environ.get("BISTAND_BENCH_EVENTS", "1000000"))
_ROOT = Path(__file__).parents[2]
_AIM = 0.25
_NAME = "Jens"


def measure() -> Row:
    """The peer before and after ours, since a million events take minutes."""
    settings = kept_service(_EVENTS)
    with suppress(UnknownTechnicianError):
        admin.revoke(settings, _NAME)
    code = admin.add_technician(settings, _NAME)
    database = settings.data / "service.db"
    with tempfile.TemporaryDirectory(dir=_ROOT / "build") as folder:
        peers = [_bare(database, Path(folder) / "before.db")]
        with serving(settings) as (url, service):
            command = [sys.executable, "-m", "tests.bench.first_sync_client", url, code, folder]
            done = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=_ROOT)
            served, served_for = _peak(service), _of_processor(service)
        peers.append(_bare(database, Path(folder) / "after.db"))
        rows_alone = _rows_alone(database, Path(folder) / "rows.db")
        size = (Path(folder) / "store.db").stat().st_size / 1e6
    told = json.decode(done.stdout)
    if told["events"] != _EVENTS:
        raise CannotMeasureError(f"{told['events']} of {_EVENTS} events came")
    rate = statistics.mean(peer.rate for peer in peers)
    of_processor = statistics.mean(peer.of_processor for peer in peers)
    note = (
        f"{_EVENTS:,} events of {_EVENTS // 20:,} cases, of which a hundred are open at a time: eight notes of about "
        "200 letters each, a session, diagnostics, work. Ours is the way until the whole log is on the device, from "
        "where every case can be read: the service's own command on SQLite, HTTP on 127.0.0.1 in pages of "
        f"{LARGEST_PAGE:,}, each event checked, kept in the encrypted store's log with its indexes, page and cursor in "
        f"one commit that is on the disk. That took {told['seconds']:.1f} s. Lists and search follow, the newest "
        f"first: the newest cases were in the list after {told['listed']:.1f} s, and all were in lists and search "
        f"after {told['whole']:.0f} s. The peer is Python's sqlite3 on a plain file: one table by the event's id, its "
        f"version and its JSON, a commit for each {LARGEST_PAGE:,}, WAL and synchronous=FULL as ours; its rate is the "
        f"mean of one run before ours and one after ({peers[0].rate:.0f} and {peers[1].rate:.0f} events/s). The store "
        f"is {size:.0f} MB. The most memory: the device's program {told['peak']:.0f} MB, the service {served:.0f} MB. "
        f"In µs of the processor for each event: the peer took {_micro(of_processor):.0f}, so the aim leaves "
        f"{_micro(of_processor / _AIM):.0f}; the rows of our log alone, in an encrypted file, took "
        f"{_micro(rows_alone):.0f}; the service {_micro(served_for):.0f}, on the same two processors; the device "
        f"{_micro(told['user'] + told['system']):.0f} until the log was there."
    )
    return at_least("first_sync", _EVENTS / told["seconds"], rate, "events/s", _AIM, note)


class _Bare(NamedTuple):
    """Events in a second, and seconds of the processor for all; reading them does not count."""

    rate: float
    of_processor: float


def _bare(source: Path, target: Path) -> _Bare:
    spent = of_processor = 0.0
    sqlite3.register_adapter(bytes, bytes)  # as our store does: the peer is as quick as Python's SQLite can be
    with closing(sqlite3.connect(target, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE event (id BLOB PRIMARY KEY, version INTEGER, json TEXT)")
        for page in _pages(source):
            began, processor = time.perf_counter(), time.process_time()
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO event VALUES (?, ?, ?)", page)
            connection.execute("COMMIT")
            spent += time.perf_counter() - began
            of_processor += time.process_time() - processor
    target.unlink()
    return _Bare(_EVENTS / spent, of_processor)


def _rows_alone(source: Path, target: Path) -> float:
    """Seconds of the processor to put the events' rows into an encrypted log, and do nothing else with them."""
    of_processor = 0.0
    with closing(open_store(target, KEY, steps())) as connection:
        for page in _pages(source):
            events = [(Event.model_validate_json(text), text, version) for _, version, text in page]
            rows = [entry_of(event, text, version) for event, text, version in events]
            processor = time.process_time()
            with transaction(connection):
                insert_many(connection, log._INTO, rows)
            of_processor += time.process_time() - processor
    return of_processor


def _micro(seconds: float) -> float:
    """What that is for each event, in µs."""
    return seconds / _EVENTS * 1e6


def _pages(source: Path) -> Iterator[list[tuple[bytes, int, str]]]:
    with closing(sqlite3.connect(source)) as connection:
        rows = connection.execute("SELECT id, version, event FROM events ORDER BY version")
        while page := [(bytes.fromhex(name), version, text) for name, version, text in islice(rows, LARGEST_PAGE)]:
            yield page


def _of_processor(process: int) -> float:
    """How many seconds of the processor it has taken."""
    used = psutil.Process(process).cpu_times()
    return used.user + used.system


def _peak(process: int) -> float:
    """The most memory that it had, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6
