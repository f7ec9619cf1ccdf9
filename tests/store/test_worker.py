"""One thread owns the thing: results and exceptions come back, and closing never hangs."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.store.worker import Worker, WorkerClosedError


class Box:
    """A thing that knows on which threads it was touched."""

    def __init__(self) -> None:
        self.threads: set[int] = set()
        self.ended = 0
        self.touch()

    def touch(self) -> int:
        self.threads.add(threading.get_ident())
        return len(self.threads)

    def end(self) -> None:
        self.touch()
        self.ended += 1


def _fail(_: Box) -> None:
    raise ValueError("no good")


def test_all_work_is_done_on_one_thread_that_is_not_the_callers() -> None:
    worker = Worker("box", Box, Box.end)
    with ThreadPoolExecutor(8) as callers:
        assert set(callers.map(lambda _: worker.do(Box.touch), range(100))) == {1}
    box = worker.do(lambda box: box)
    worker.close()
    assert (box.ended, len(box.threads), threading.get_ident() in box.threads) == (1, 1, False)


def test_exceptions_come_back_and_the_worker_goes_on() -> None:
    worker = Worker("box", Box, Box.end)
    with pytest.raises(ValueError, match="no good"):
        worker.do(_fail)
    assert worker.do(Box.touch) == 1
    worker.close()


def test_what_the_making_raises_is_raised_and_leaves_no_thread() -> None:
    def make() -> Box:
        raise OSError("no box")

    with pytest.raises(OSError, match="no box"):
        Worker("boxless", make, Box.end)
    assert not any(thread.name.startswith("boxless") for thread in threading.enumerate())


def test_closing_twice_is_fine_and_work_after_it_is_refused() -> None:
    worker = Worker("box", Box, Box.end)
    box = worker.do(lambda box: box)
    worker.close()
    worker.close()
    assert box.ended == 1
    with pytest.raises(WorkerClosedError):
        worker.do(Box.touch)


def test_work_handed_in_from_its_own_thread_is_done_at_once() -> None:
    worker = Worker("box", Box, Box.end)
    assert worker.do(lambda _: worker.do(lambda _: worker.do(Box.touch))) == 1
    worker.close()


def test_it_can_be_closed_from_its_own_thread() -> None:
    worker = Worker("box", Box, Box.end)
    box = worker.do(lambda box: box)
    worker.do(lambda _: worker.close())
    worker.close()
    assert box.ended == 1


def test_closing_from_many_threads_ends_the_thing_once() -> None:
    worker = Worker("box", Box, Box.end)
    box = worker.do(lambda box: box)
    with ThreadPoolExecutor(8) as callers:
        list(callers.map(lambda _: worker.close(), range(8)))
    assert box.ended == 1
