"""A device's program killed at every step of writing, push, pull and blobs: nothing is lost, nothing is doubled."""

import os
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app.domain.events import EndReason, SessionEnded
from tests.kills import KILLS, Point, must_die, needs_fork, start
from tests.service.kills.parts import (
    BLOB,
    PUSH,
    Home,
    Service,
    Told,
    armed,
    customer,
    on_both,
    prove,
    prove_store,
    write_some,
)
from tests.sync.parts import Device

pytestmark = [needs_fork, pytest.mark.timeout(120 + 2 * KILLS)]

_STORE = "app.store.store:Store"
_LOG = "app.store.log"
_READ = "app.sync.http:_read"
_PULL = "app.sync.client:ServiceClient.pull"
_SEND, _FETCH = "app.sync.uploads:send_blob", "app.sync.synchroniser:fetch_blob"

POINTS = (
    Point("write: before the event is in the log", "before", f"{_LOG}:write_pending", 2),
    Point("write: in the log, the lists not yet", "after", f"{_LOG}:write_pending", 2),
    Point("write: all written, before the commit", "after", "app.store.store:_follow", 2),
    Point("write: kept, and nobody was told", "after", f"{_STORE}.append", 2),
    Point("blob: written, before the commit", "after", "app.store.blobs:put", within=f"{_STORE}.put_blob"),
    Point("blob: kept, and nobody was told", "after", f"{_STORE}.put_blob"),
    Point("blob up: before anything is sent", "before", _SEND),
    Point("blob up: between two PATCHes", "after", "app.sync.http:Http.ask", 2, within=_SEND),
    Point("blob up: while the answer to a PATCH comes", "before", _READ, 2, within=_SEND),
    Point("blob up: while the answer to the last PATCH comes", "before", _READ, 3, within=_SEND),
    Point("blob up: answered, not marked as sent", "after", _SEND),
    Point("blob up: marked as sent, before the commit", "after", "app.store.blobs:mark_sent"),
    Point("blob up: marked as sent", "after", f"{_STORE}.blob_sent"),
    Point("push: before a batch is sent", "before", PUSH),
    Point("push: while the answer comes", "before", _READ, within=PUSH),
    Point("push: between the answer and keeping it", "after", PUSH),
    Point("push: kept, before the commit", "after", f"{_LOG}:accept"),
    Point(
        "push: kept, the lists too, before the commit", "after", "app.store.store:_follow", within=f"{_STORE}.accept"
    ),
    Point("push: a batch is kept, the next waits", "after", f"{_STORE}.accept"),
    Point("push: the second batch is answered", "after", PUSH, 2),
    Point("push: what was accepted is kept, a refusal not yet", "before", f"{_STORE}.refuse"),
    Point("push: a refusal is kept, before the commit", "after", f"{_LOG}:refuse"),
    Point("push: a refusal is kept", "after", f"{_STORE}.refuse"),
    Point("pull: before it asks", "before", _PULL),
    Point("pull: while the answer comes", "before", _READ, 2, within=_PULL),
    Point("pull: between the answer and keeping it", "after", _PULL, 2),
    Point("pull: a page is kept, the cursor not", "after", f"{_LOG}:receive", 2),
    Point("pull: the cursor too, before the commit", "after", f"{_LOG}:set_cursor", 2),
    Point("pull: between two pages", "after", f"{_STORE}.receive", 2),
    Point("pull: all pages are in the log, lists and search not yet", "before", f"{_STORE}.follow"),
    Point("follow: lists and search too, before the commit", "after", "app.store.following:follow_some"),
    Point("follow: kept", "after", f"{_STORE}.follow"),
    Point("blob down: before it asks", "before", _FETCH),
    Point("blob down: while the answer comes", "before", _READ, within=_FETCH),
    Point("blob down: between the answer and keeping it", "before", f"{_STORE}.add_to_blob"),
    Point("blob down: a piece is written, before the commit", "after", "app.store.blob_parts:add"),
    Point("blob down: a piece is kept", "after", f"{_STORE}.add_to_blob"),
    Point("blob down: all pieces are kept", "before", f"{_STORE}.finish_blob"),
    Point("blob down: written, before the commit", "after", "app.store.blobs:put", within=f"{_STORE}.finish_blob"),
    Point("blob down: kept", "after", f"{_STORE}.finish_blob"),
)


def write_and_sync(home: Home, case_id: UUID, notes: Path, point: Point) -> None:
    """A program that writes and syncs, in a process of its own."""
    notebook = armed(notes, point)
    with home.opened() as device:
        write_some(device, case_id, notebook)
        device.sync.once()


@pytest.mark.parametrize(("db_once", "point"), on_both(POINTS), ids=str, indirect=["db_once"], scope="module")
def test_nothing_is_lost_and_nothing_doubled(service: Service, sanne: Device, tmp_path: Path, point: Point) -> None:
    home = customer(service, tmp_path, "Kim")
    case_ids = []
    for number in range(KILLS):
        with home.opened() as kim:
            case_ids.append(kim.open_case())
            kim.sync.once()
        _answer(sanne, case_ids[-1])
        notes = tmp_path / f"told {number}"
        must_die(start(write_and_sync, home, case_ids[-1], notes, point), point)
        with home.opened() as kim:
            kim.note(case_ids[-1], "It goes on")
            kim.sync.once()
            sanne.sync.once()
            prove(service, kim, sanne, case_ids[-1], Told.read(notes))
    with home.opened() as kim:
        prove_store(kim, case_ids)


def _answer(sanne: Device, case_id: UUID) -> None:
    """Have something there to be fetched."""
    sanne.sync.once()
    sanne.note(case_id, "Is it plugged in?")
    recording = sanne.store.put_blob(os.urandom(BLOB))
    sanne.write(case_id, SessionEnded(session=uuid4(), reason=EndReason.FAULT, seconds=1, recording=recording))
    sanne.sync.once()
