"""How much memory is free, over a short sampling, and whether the disk must help out."""

import time
from dataclasses import dataclass

import psutil

from app.diagnostics.check import SAMPLING_SECONDS, Outcome
from app.diagnostics.units import gigabytes, share, size, spoken_size
from app.domain.finding import Evidence, Level
from app.system.translations import _

_LOW_PERCENT = 10
_OUT_PERCENT = 3
_BUSY_SWAPPING = 20_000_000
"""Bytes a second moved between memory and disk, from which a computer feels slow."""


@dataclass(frozen=True, slots=True)
class MemoryState:
    """Sizes in bytes; `available` is the least seen over the sampling, `moved` is bytes a second to and from disk."""

    total: int
    available: int
    swap_total: int
    swap_used: int
    moved: float


class MemoryCheck:
    """Memory that runs out makes everything slow before anything fails."""

    name = "memory"
    limit_seconds = 5.0

    @property
    def title(self) -> str:
        """What it looks at, in the person's language."""
        return _("Memory")

    def run(self) -> Outcome:
        """A notice where little is left, a problem where next to nothing is."""
        return judge(_sample())


def judge(state: MemoryState) -> Outcome:
    """The outcome for what was sampled."""
    free = 100 * state.available / max(1, state.total)
    if free < _OUT_PERCENT:
        level, sentence = Level.PROBLEM, _("This computer has run out of memory: {free} is left.")
    elif free < _LOW_PERCENT:
        level, sentence = Level.NOTICE, _("This computer is short of memory: {free} is left.")
    elif state.moved > _BUSY_SWAPPING:
        level, sentence = Level.NOTICE, _("This computer is slow because it uses its disk in place of memory.")
    else:
        level, sentence = Level.OK, _("There is enough memory: {free} is free.")
    evidence = (
        size("memory", state.total),
        size("available", state.available),
        share("in use", 100 - free),
        size("swap", state.swap_total),
        size("swap in use", state.swap_used),
        Evidence(name="moved between memory and disk", value=gigabytes(state.moved), unit="GB/s"),
    )
    return Outcome(level=level, sentence=sentence.format(free=spoken_size(state.available)), evidence=evidence)


def _sample() -> MemoryState:
    before, swap_before, began = psutil.virtual_memory(), psutil.swap_memory(), time.monotonic()
    time.sleep(SAMPLING_SECONDS)
    after, swap, seconds = psutil.virtual_memory(), psutil.swap_memory(), time.monotonic() - began
    return MemoryState(
        total=after.total,
        available=min(before.available, after.available),
        swap_total=swap.total,
        swap_used=swap.used,
        moved=max(0, swap.sin + swap.sout - swap_before.sin - swap_before.sout) / seconds,
    )
