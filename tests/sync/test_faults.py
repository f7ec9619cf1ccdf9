"""Sync cut at every point: what was accepted is there, nothing is lost, nothing is doubled."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

import pytest

from app.domain.entry import Entry
from app.domain.events import DiagnosticsShared
from app.sync.client import ServiceClient
from app.sync.errors import NoServiceError
from app.sync.page import read
from app.sync.synchroniser import Synchroniser, SyncResult
from tests.service.parts import Shop
from tests.service.test_run import Process
from tests.sync.parts import Device, Devices


@contextmanager
def cutting_line(url: str, after: int) -> Iterator[str]:
    """A line to the service that drops everything once it has carried so many bytes of answers. Yields its URL."""
    host, port = url.removeprefix("http://").split(":")
    left = [after]
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def carry(source: socket.socket, target: socket.socket, *, counted: bool) -> None:
            with suppress(OSError):
                while data := source.recv(4096):
                    if counted:
                        data, left[0] = data[: left[0]], left[0] - len(data)
                    target.sendall(data)
                    if left[0] <= 0:
                        break
            for end in (source, target):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

        def serve(caller: socket.socket) -> None:
            with caller, socket.create_connection((host, int(port))) as service:
                up = threading.Thread(target=lambda: carry(caller, service, counted=False))
                up.start()
                carry(service, caller, counted=True)
                up.join()

        def listen() -> None:
            with suppress(OSError):
                while left[0] > 0:
                    caller, _ = listener.accept()
                    calls.append(threading.Thread(target=lambda caller=caller: serve(caller)))
                    calls[-1].start()

        calls: list[threading.Thread] = []
        listening = threading.Thread(target=listen)
        listening.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            left[0] = 0
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            for thread in (listening, *calls):
                thread.join(10)


def _there(shop_url: str, device: Device) -> list[str]:
    """The ids of the events that the service holds, in order."""
    client = ServiceClient(shop_url, token=lambda: device.token)
    try:
        return [str(UUID(bytes=entry.id)) for entry in read(client.pull(None)).events]
    finally:
        client.close()


@pytest.mark.parametrize("after", [1, 100, 180, 270, 340, 420, 560, 800, 1150, 1600, 2300])
def test_a_line_cut_anywhere_loses_and_doubles_nothing(devices: Devices, shop: Shop, after: int) -> None:
    kim, sanne = devices.customer("Kim"), devices.technician("Sanne")
    case_id = kim.open_case()
    kim.sync.once()
    sanne.sync.once()
    sanne.note(case_id, "From the office")
    sanne.sync.once()
    content = bytes(range(256)) * 4
    sha256 = kim.store.put_blob(content)
    kim.write(case_id, DiagnosticsShared(findings=(), redactions=0, report=sha256))
    for number in range(5):
        kim.note(case_id, f"note {number}")
    with cutting_line(shop.url, after) as line:
        client = ServiceClient(line, token=lambda: kim.token)
        with suppress(NoServiceError):
            Synchroniser(kim.store, client).once()
        client.close()
    while kim.sync.once() != SyncResult():
        pass
    sanne.sync.once()
    assert kim.store.case(case_id) == sanne.store.case(case_id)
    assert len(_there(shop.url, kim)) == len(kim.store.case(case_id).timeline) == 8
    assert sanne.store.blob(sha256) == content
    assert not kim.store.outbox(9)
    assert not kim.store.refused()


class Dying:
    """A store whose program dies just before one of its calls."""

    def __init__(self, store: Any, call: str) -> None:
        self._store, self._call = store, call

    def __getattr__(self, name: str) -> Any:
        if name == self._call:
            raise KeyboardInterrupt
        return getattr(self._store, name)


@pytest.mark.parametrize("call", ["outbox", "blob", "blob_sent", "accept", "receive", "cursor", "blobs_missing"])
def test_a_program_that_dies_before_any_step_goes_on_where_it_was(devices: Devices, shop: Shop, call: str) -> None:
    kim, sanne = devices.customer("Kim"), devices.technician("Sanne")
    case_id = kim.open_case()
    kim.sync.once()
    sanne.sync.once()
    sanne.note(case_id, "From the office")
    sanne.sync.once()
    sha256 = kim.store.put_blob(b"a report")
    kim.write(case_id, DiagnosticsShared(findings=(), redactions=0, report=sha256))
    kim.note(case_id, "From home")
    with pytest.raises(KeyboardInterrupt):
        Synchroniser(Dying(kim.store, call), kim.client).once()
    kim.sync.once()
    sanne.sync.once()
    assert kim.store.case(case_id) == sanne.store.case(case_id)
    assert len(_there(shop.url, kim)) == 4
    assert not kim.store.refused()


def test_a_service_killed_amid_a_sync_has_nothing_lost_and_nothing_doubled(devices: Devices, shop: Shop) -> None:
    kim = devices.customer("Kim")
    for number in range(1200):
        kim.open_case(str(number))
    shop.stop()
    process = Process(shop.settings)
    client = ServiceClient(process.url, token=lambda: kim.token)
    accepted: list[tuple[UUID, int]] = []

    class Killing(Dying):
        """Kills the service once the first batch is kept."""

        def accept(self, each: Sequence[tuple[UUID, int]], restarts: int) -> None:
            kim.store.accept(each, restarts)
            accepted.extend(each)
            threading.Timer(0.02, process.process.kill).start()

    with suppress(NoServiceError):
        Synchroniser(Killing(kim.store, ""), client).once()
    process.kill()
    client.close()
    shop.start()
    kim.client = ServiceClient(shop.url, token=lambda: kim.token)
    kim.sync.once()
    found: list[Entry] = []
    cursor = None
    while (page := read(kim.client.pull(cursor))).events:
        found, cursor = [*found, *page.events], page.cursor
    assert [entry.version for entry in found] == list(range(1, 1201))
    assert [entry.device_seq for entry in found] == list(range(1, 1201))
    versions = {UUID(bytes=entry.id): entry.version for entry in found}
    assert all(versions[event_id] == version for event_id, version in accepted)
    assert not kim.store.outbox(9)
