"""Long work of sync tells how far it is. Stopped at any step and gone on with, it ends as if it never had been."""

import queue
import threading
from itertools import count

import pytest

from app.domain.events import Audience, CaseTaken, DiagnosticsShared
from app.domain.progress import Progress, Unit, Work
from app.service import admin
from app.sync import transfers
from app.sync.loop import SyncLoop, SyncState, Trouble
from app.sync.synchroniser import Synchroniser
from tests.service.parts import Shop
from tests.sync.parts import Device, Devices
from tests.sync.test_loop import looping, wait_until


class EnoughError(Exception):
    """The person had it stopped."""


class StopAt:
    """Stops the work at one of its steps."""

    def __init__(self, step: int) -> None:
        self._left = step
        self.steps: list[Progress] = []

    def __call__(self, progress: Progress) -> None:
        self.steps.append(progress)
        if self._left == 0:
            raise EnoughError
        self._left -= 1


@pytest.fixture
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many steps of little work."""
    monkeypatch.setattr("app.sync.synchroniser._LARGEST_BATCH", 3)
    monkeypatch.setattr("app.service.events.LARGEST_PAGE", 4)
    monkeypatch.setattr("app.service.looks._NEAR", 0)  # whoever is behind reads page after page
    monkeypatch.setattr("app.store.following._AT_ONCE", 3)
    monkeypatch.setattr(transfers, "_PIECE", 1000)
    monkeypatch.setattr(transfers, "_PIECE_DOWN", 1000)


def much_to_send(kim: Device) -> None:
    """Cases, and two files of several pieces."""
    for number in range(7):
        kim.open_case(f"Case {number}")
    for number in range(2):
        case_id = kim.open_case(f"With a file {number}")
        report = kim.store.put_blob(bytes([number]) * 2500)
        kim.write(case_id, DiagnosticsShared(findings=(), redactions=0, report=report))


def sync_stopping(device: Device) -> list[Progress]:
    """Sync, stopped at the first step, then at the second, and so on, until it comes through."""
    told: list[Progress] = []
    for step in count():
        stopping = StopAt(step)
        try:
            Synchroniser(device.store, device.client, stopping).once()
        except EnoughError:
            told += stopping.steps
            continue
        return told + stopping.steps
    raise AssertionError


@pytest.mark.usefixtures("_small_steps")
def test_stopped_at_each_step_it_ends_as_if_it_had_not_been(devices: Devices) -> None:
    kim, lone = devices.customer("Kim"), devices.customer("Lone")
    much_to_send(kim)
    much_to_send(lone)
    lone.sync.once()
    told = sync_stopping(kim)
    assert {progress.what for progress in told} >= {Work.UPLOAD, Work.SEND}
    for device in (kim, lone):
        assert device.store.standing().events == device.store.standing().bytes == 0
        assert device.store.refused() == ()
    anna, bo = devices.technician("Anna"), devices.technician("Bo")
    told = sync_stopping(anna)
    assert {progress.what for progress in told} == {Work.FETCH, Work.FOLLOW, Work.DOWNLOAD}
    bo.sync.once()
    assert {case_id: anna.store.case(case_id) for case_id in anna.store.case_ids()} == {
        case_id: bo.store.case(case_id) for case_id in bo.store.case_ids()
    }
    assert anna.store.blobs_missing() == bo.store.blobs_missing() == ()
    assert anna.store.cases() == bo.store.cases()
    assert set(anna.store.search("case")) == set(bo.store.search("case"))
    assert anna.store.rebuild().differences == ()
    assert len(anna.store.case_ids()) == 18
    assert anna.store.cursor() == bo.store.cursor()


@pytest.mark.usefixtures("_small_steps")
def test_what_a_stopped_upload_brought_there_is_not_sent_again(devices: Devices) -> None:
    kim = devices.customer("Kim")
    kim.store.put_blob(b"x" * 3500)
    first, second = StopAt(2), StopAt(9)
    with pytest.raises(EnoughError):
        Synchroniser(kim.store, kim.client, first).once()
    Synchroniser(kim.store, kim.client, second).once()
    assert [step.done for step in first.steps] == [0, 1000, 2000]
    assert [(step.done, step.total, step.unit) for step in second.steps] == [
        (2000, 3500, Unit.BYTES),
        (3000, 3500, Unit.BYTES),
        (3500, 3500, Unit.BYTES),
        (3500, 3500, Unit.BYTES),  # asked about once more, since the first reading of a log begins anew
    ]


@pytest.mark.usefixtures("_small_steps")
def test_a_technician_is_told_how_much_is_left_and_a_customer_only_what_came(devices: Devices) -> None:
    kim, lone, anna = devices.customer("Kim"), devices.customer("Lone"), devices.technician("Anna")
    kim.open_case()
    kim.sync.once()
    for number in range(9):
        lone.open_case(str(number))
    lone.sync.once()
    first = StopAt(99)
    Synchroniser(anna.store, anna.client, first).once()
    assert [(step.done, step.total) for step in first.steps] == [(4, 10), (8, 10), (10, 10), (3, 8), (6, 8), (8, 8)]
    assert [step.what for step in first.steps] == [Work.FETCH] * 3 + [Work.FOLLOW] * 3
    case_id = lone.open_case("later")
    for number in range(4):
        lone.open_case(f"later {number}")
    lone.sync.once()
    later = StopAt(99)
    Synchroniser(anna.store, anna.client, later).once()
    assert [(step.done, step.total) for step in later.steps] == [(4, 5), (5, 5), (3, 4), (4, 4)]
    anna.write(case_id, CaseTaken())
    for number in range(5):
        anna.note(case_id, str(number), Audience.CUSTOMER)
    anna.sync.once()
    assert anna.client.pull(None).newest == 21
    assert lone.client.pull(None).newest is None
    told = StopAt(99)
    Synchroniser(lone.store, lone.client, told).once()
    fetched = [(step.done, step.total) for step in told.steps if step.what is Work.FETCH]
    assert fetched[-1] == (6, None)
    assert {total for _done, total in fetched} == {None}


@pytest.mark.usefixtures("_small_steps")
def test_a_loop_that_was_stopped_rests_until_it_may_go_on(devices: Devices) -> None:
    kim, anna = devices.customer("Kim"), devices.technician("Anna")
    much_to_send(kim)
    kim.sync.once()
    states: queue.Queue[SyncState] = queue.Queue()
    loop: SyncLoop
    stopped = threading.Event()

    def heard(state: SyncState) -> None:
        states.put(state)
        if state.progress is not None and not stopped.is_set():
            stopped.set()
            loop.rest()

    loop = SyncLoop(anna.sync, heard)
    loop.start()
    try:
        resting = wait_until(states, lambda state: state.stopped and state.progress is None)
        assert resting.error is None
        held = len(anna.store.case_ids())
        assert 0 < held < 9
        anna.note(anna.store.case_ids()[0], "Written while it rests", Audience.INTERNAL)
        loop.nudge()
        kim.open_case("Opened while Anna's desk rests")
        kim.sync.once()
        assert wait_for_nothing(states)
        assert (len(anna.store.case_ids()), anna.store.standing().events) == (held, 1)
        loop.go_on()
        wait_until(states, lambda state: not state.stopped and not state.pending and len(anna.store.case_ids()) == 10)
    finally:
        loop.close()


def wait_for_nothing(states: "queue.Queue[SyncState]") -> bool:
    """Whether nothing at all is told for a moment, beyond what is told already."""
    try:
        while True:
            states.get(timeout=0.5)
    except queue.Empty:
        return True


def test_the_loop_says_what_keeps_it_from_the_service(devices: Devices, shop: Shop) -> None:
    anna = devices.technician("Anna")
    with looping(anna) as (_, states):
        well = wait_until(states, lambda state: state.synced_at is not None)
        assert (well.trouble, well.read_anew_at) == (None, None)
        shop.stop()
        away = wait_until(states, lambda state: state.trouble is Trouble.OFFLINE)
        assert away.synced_at is not None
        admin.revoke(shop.settings, "Anna")
        shop.start()
        wait_until(states, lambda state: state.trouble is Trouble.SHUT_OUT)


def test_a_service_that_is_another_one_now_is_told_of_until_all_was_read_anew(devices: Devices, shop: Shop) -> None:
    anna = devices.technician("Anna")
    kim = devices.customer("Kim")
    kim.open_case()
    kim.sync.once()
    shop.stop()
    backup = (shop.settings.data / "service.db").read_bytes()
    shop.start()
    kim.open_case()
    kim.sync.once()
    anna.sync.once()
    shop.stop()
    (shop.settings.data / "service.db").write_bytes(backup)
    shop.start()
    with looping(anna) as (_, states):
        wait_until(states, lambda state: state.trouble is Trouble.READING_ANEW)
        again = wait_until(states, lambda state: state.trouble is None and state.synced_at is not None)
        assert again.read_anew_at is not None


def test_what_was_refused_is_counted_until_somebody_decided(devices: Devices) -> None:
    kim, anna, bo = devices.customer("Kim"), devices.technician("Anna"), devices.technician("Bo")
    case_id = kim.open_case()
    for device in (kim, anna, bo):
        device.sync.once()
    anna.write(case_id, CaseTaken())
    anna.sync.once()
    taken = bo.write(case_id, CaseTaken())
    with looping(bo) as (loop, states):
        wait_until(states, lambda state: state.refused == 1)
        bo.store.discard(taken.id)
        loop.nudge()
        wait_until(states, lambda state: state.refused == 0)
