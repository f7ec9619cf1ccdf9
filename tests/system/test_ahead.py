"""Something slow on a thread of its own: the same things in the same order, at most one waiting, and it can be left."""

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from app.system.ahead import ahead


def test_all_come_in_order_and_an_error_where_it_happened() -> None:
    def some() -> Iterator[int | None]:
        yield from (1, None, 3)
        raise OSError("the fourth")

    coming = ahead(some(), "some")
    assert [next(coming) for _ in range(3)] == [1, None, 3]
    with pytest.raises(OSError, match="the fourth"):
        next(coming)
    assert list(ahead([1, None, 3], "whole")) == [1, None, 3]
    assert list(ahead([], "none")) == []


def test_the_next_is_made_meanwhile_and_no_more_than_that() -> None:
    made = threading.Semaphore(0)
    count: list[int] = []

    def some() -> Iterator[int]:
        for number in range(100):
            count.append(number)
            made.release()
            yield number

    coming = ahead(some(), "some")
    assert next(coming) == 0
    for _ in range(3):
        assert made.acquire(timeout=10)
    assert next(coming) == 1
    assert made.acquire(timeout=10)
    assert len(count) == 4  # two were taken, one waits to be, and one waits for its place


def test_whoever_leaves_does_not_wait_and_the_thread_ends() -> None:
    go_on, is_over = threading.Event(), threading.Event()

    def some() -> Iterator[int]:
        try:
            yield 1
            go_on.wait(10)
            yield 2
        finally:
            is_over.set()

    with closing(ahead(some(), "some")) as coming:
        assert next(coming) == 1
    assert not is_over.is_set()
    go_on.set()
    assert is_over.wait(10)
