"""Goes through something slow on a thread of its own, while whoever wants it deals with what came before."""

import threading
from collections.abc import Generator, Iterable
from queue import Full, Queue
from typing import Generic, TypeVar

T = TypeVar("T")

_LOOKS_UP = 0.1
"""Seconds after which a thread that has one to hand over looks whether it is still wanted."""


def ahead(items: Iterable[T], name: str) -> Generator[T]:
    """The same, in the same order, each got ready before it is asked for: one waits while the next is being made.

    What getting it raises is raised where it would have come. Whoever leaves before the end does not wait for the one
    that is being made; the thread, called `name`, ends after it.
    """
    handover = _Handover[T]()
    threading.Thread(target=handover.go_through, args=(items,), name=name, daemon=True).start()
    try:
        while (item := handover.coming.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item[0]
    finally:
        handover.is_unwanted.set()


class _Handover(Generic[T]):
    """From the thread that goes through them to the one that wants them. `None` comes after the last."""

    def __init__(self) -> None:
        self.coming: Queue[tuple[T] | BaseException | None] = Queue(maxsize=1)
        self.is_unwanted = threading.Event()

    def go_through(self, items: Iterable[T]) -> None:
        try:
            for item in items:
                self._put((item,))
                if self.is_unwanted.is_set():
                    return
            self._put(None)
        except BaseException as error:  # noqa: BLE001 - it is raised on the thread that waits for the item
            self._put(error)

    def _put(self, what: tuple[T] | BaseException | None) -> None:
        while not self.is_unwanted.is_set():
            try:
                self.coming.put(what, timeout=_LOOKS_UP)
            except Full:
                continue
            return
