"""The loop: at once in both directions, through outages, and gone when told to go."""

import http.server
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

from app.sync.client import ServiceClient
from app.sync.loop import Pauses, SyncLoop, SyncState
from app.sync.synchroniser import Synchroniser
from tests.service.parts import Shop
from tests.sync.parts import Device, Devices

States = queue.Queue[SyncState]


@contextmanager
def looping(device: Device) -> Iterator[tuple[SyncLoop, States]]:
    """The device with its loop."""
    states: States = queue.Queue()
    loop = SyncLoop(device.sync, states.put)
    loop.start()
    try:
        yield loop, states
    finally:
        loop.close()


def wait_until(states: States, wanted: Callable[[SyncState], bool], seconds: float = 15) -> SyncState:
    """The first state that is as wanted."""
    deadline = time.monotonic() + seconds
    while True:
        state = states.get(timeout=max(0.01, deadline - time.monotonic()))
        if wanted(state):
            return state


def test_what_one_writes_is_on_the_others_screen_without_anybody_waiting(devices: Devices) -> None:
    kim, sanne = devices.customer("Kim"), devices.technician("Sanne")
    with looping(kim) as (loop, here), looping(sanne) as (_, there):
        wait_until(here, lambda state: state.online)
        wait_until(there, lambda state: state.online)
        written = time.monotonic()
        case_id = kim.open_case()
        loop.nudge()
        wait_until(there, lambda _: case_id in sanne.store.case_ids())
        assert time.monotonic() - written < 10  # a question for news waits for longer
        assert wait_until(here, lambda state: state.online and not state.pending).error is None


def test_an_outage_is_told_and_everything_goes_once_it_is_over(devices: Devices, shop: Shop) -> None:
    kim = devices.customer("Kim")
    with looping(kim) as (loop, states):
        wait_until(states, lambda state: state.online)
        shop.stop()
        kim.open_case()
        loop.nudge()
        away = wait_until(states, lambda state: not state.online and state.pending == 1)
        assert "not reachable" in (away.error or "")
        shop.start()
        back = wait_until(states, lambda state: state.online and state.pending == 0)
        assert back.error is None


def test_a_loop_that_starts_with_no_service_says_so(devices: Devices, shop: Shop) -> None:
    kim = devices.customer("Kim")
    shop.stop()
    with looping(kim) as (_, states):
        assert "not reachable" in (wait_until(states, lambda state: bool(state.error)).error or "")


def test_closing_amid_a_long_poll_takes_no_time_and_leaves_no_thread(devices: Devices) -> None:
    kim = devices.customer("Kim")
    before = set(threading.enumerate())
    with looping(kim) as (loop, states):
        wait_until(states, lambda state: state.online)
        assert len(set(threading.enumerate()) - before) >= 2
        began = time.monotonic()
        loop.close()
        assert time.monotonic() - began < 10
    assert not [thread for thread in set(threading.enumerate()) - before if thread.name.startswith("sync")]
    assert kim.client.pull(None).events == ()


def test_a_loop_that_never_started_can_be_closed(devices: Devices) -> None:
    SyncLoop(devices.customer("Kim").sync, lambda _: None).close()


def test_a_listener_that_fails_does_not_end_the_loop(devices: Devices) -> None:
    kim, sanne = devices.customer("Kim"), devices.technician("Sanne")
    told = threading.Event()

    def fail_once(_: SyncState) -> None:
        if not told.is_set():
            told.set()
            raise RuntimeError("a window is gone")

    loop = SyncLoop(kim.sync, fail_once)
    loop.start()
    try:
        assert told.wait(5)
        kim.open_case()
        loop.nudge()
        deadline = time.monotonic() + 10
        while not sanne.client.pull(None, wait=5).events:
            assert time.monotonic() < deadline
    finally:
        loop.close()


def test_a_service_that_asks_to_be_left_alone_is_and_no_nudge_helps(devices: Devices) -> None:
    kim = devices.customer("Kim")
    arrivals: dict[str, list[float]] = {"GET": [], "POST": []}
    enough = threading.Event()

    class Busy(http.server.BaseHTTPRequestHandler):
        """Says that there is too much to do, and notes when it had to."""

        def do_GET(self) -> None:
            arrivals[self.command].append(time.monotonic())
            self.send_response(503)
            self.send_header("Retry-After", "1")
            self.send_header("Content-Length", "0")
            self.end_headers()
            if min(map(len, arrivals.values())) >= 2:
                enough.set()

        do_POST = do_GET  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Busy)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    kim.open_case()
    loop = SyncLoop(
        Synchroniser(kim.store, ServiceClient(f"http://127.0.0.1:{server.server_port}", token=lambda: kim.token)),
        lambda _: None,
    )
    loop.start()
    try:
        deadline = time.monotonic() + 20
        while not enough.wait(0.05):
            assert time.monotonic() < deadline
            loop.nudge()
    finally:
        loop.close()
        server.shutdown()
        serving.join()
        server.server_close()
    for each in arrivals.values():
        assert all(later - earlier >= 1 for earlier, later in pairwise(each)), arrivals


def test_no_service_can_ask_to_be_left_alone_for_ever() -> None:
    pauses = [Pauses().asked(seconds) for seconds in (0, 5, 10**9)]
    assert 0.5 <= pauses[0] <= 1.25
    assert 5 <= pauses[1] <= 6.25
    assert pauses[2] <= 750
