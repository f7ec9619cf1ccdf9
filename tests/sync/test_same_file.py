"""Two programs of one home send the same file at the same moment: one goes on, the other lets it, and neither fails."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.sync import loop, transfers
from app.sync.client import ServiceClient
from app.sync.loop import SyncState
from app.sync.synchroniser import Synchroniser, SyncResult
from tests.kills import PATIENCE, needs_fork, start
from tests.service.kills.parts import Home, customer
from tests.service.parts import Shop
from tests.sync.parts import Devices
from tests.sync.test_loop import looping, wait_until
from tests.sync.test_transfers import CONTENT, MEBIBYTE, report

HELD_AFTER = 5 * MEBIBYTE  # amid the second piece


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is told that somebody else is at it looks again sooner than usual."""
    monkeypatch.setattr(transfers, "_BUSY_SECONDS", 0.02)
    monkeypatch.setattr(loop, "_FIRST_PAUSE", 0.1)


@dataclass
class HeldLine:
    """A line to the service that stops carrying what is sent once it has carried so much, until it is let go on."""

    url: str
    is_held: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def carry(self, near: socket.socket, far: socket.socket) -> None:
        """One way of it, to its end."""
        carried = 0
        with suppress(OSError):
            while data := near.recv(65536):
                carried += len(data)
                if carried > HELD_AFTER:
                    self.is_held.set()
                    self.go_on.wait(PATIENCE)
                far.sendall(data)
        for end in (near, far):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def held_line(shop: Shop) -> Iterator[HeldLine]:
    """Such a line, for one connection after the other."""
    host, port = shop.url.removeprefix("http://").split(":")
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(8) as pool:
        line = HeldLine(f"http://127.0.0.1:{listener.getsockname()[1]}")

        def serve(near: socket.socket) -> None:
            with near, socket.create_connection((host, int(port))) as far:
                up = pool.submit(line.carry, near, far)
                line.carry(far, near)
                up.result()

        def listen() -> None:
            with suppress(OSError):
                while True:
                    pool.submit(serve, listener.accept()[0])

        pool.submit(listen)
        try:
            yield line
        finally:
            line.go_on.set()
            listener.shutdown(socket.SHUT_RDWR)


def test_who_meets_another_sending_the_same_file_leaves_it_to_them(devices: Devices, shop: Shop) -> None:
    kim, sanne = devices.customer("Kim"), devices.technician("Sanne")
    case_id = kim.open_case()
    kim.sync.once()
    sha256 = report(kim, case_id, CONTENT)
    kim.note(case_id, "It comes after the report")
    with held_line(shop) as line, ThreadPoolExecutor(1) as pool:
        client = ServiceClient(line.url, token=lambda: kim.token)
        first = pool.submit(Synchroniser(kim.store, client).once)
        assert line.is_held.wait(20)
        assert kim.sync.once() == SyncResult()
        assert len(kim.store.outbox(9)) == 2
        line.go_on.set()
        assert first.result(20) == SyncResult(sent=2, blobs_sent=1, received=0)
        client.close()
    assert kim.sync.once() == SyncResult()
    sanne.sync.once()
    assert sanne.store.blob(sha256) == CONTENT
    assert sanne.store.case(case_id) == kim.store.case(case_id)
    assert not kim.store.refused()


def sync_once(home: Home) -> None:
    """A program that syncs, in a process of its own."""
    with home.opened() as device:
        device.sync.once()


@needs_fork
def test_what_was_left_to_a_program_that_is_killed_goes_out_by_itself(
    devices: Devices, shop: Shop, tmp_path: Path
) -> None:
    sanne, home = devices.technician("Sanne"), customer(shop, tmp_path, "Kim")
    with home.opened() as kim, held_line(shop) as line:
        case_id = kim.open_case()
        kim.sync.once()
        sha256 = report(kim, case_id, CONTENT)
        other = start(sync_once, Home(home.store, home.key, home.device, home.me, home.token, line.url))
        assert line.is_held.wait(20)
        told: list[SyncState] = []

        def all_is_sent(state: SyncState) -> bool:
            told.append(state)
            return not state.pending

        with looping(kim) as (_, states):
            told.append(wait_until(states, lambda state: state.online))
            assert told[-1].pending
            other.kill()
            other.join(PATIENCE)
            line.go_on.set()
            wait_until(states, all_is_sent)
        assert {state.error for state in told} == {None}
        assert told[0].synced_at is None  # that it is sent is not claimed before
        sanne.sync.once()
        assert sanne.store.blob(sha256) == CONTENT
