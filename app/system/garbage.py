"""How often Python looks for garbage that goes round in circles, which all else waits for."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_NEW = 200_000
"""Objects more than before, of which the youngest are looked at: 700 is Python's own figure."""


def collect_seldom() -> None:
    """Look for it less often, and never again in what is loaded by now. For a whole program, at its start.

    Nearly nothing here goes round in circles, and each look at everything holds up everybody: a thousand requests that
    wait at a service are many objects, and so is a page of events. Twice is fine.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW, 20, 20)


@contextmanager
def collecting_later() -> Iterator[None]:
    """Make records without looking for garbage meanwhile.

    All that is made is kept, so there is none, and looking again and again takes longer than making a page of events.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
