"""Which programs use the most of the computer, over a short sampling. Names only: command lines may hold secrets."""

import os
import time
from collections import defaultdict
from dataclasses import dataclass

import psutil

from app.diagnostics.check import SAMPLING_SECONDS, Outcome
from app.diagnostics.units import share, size
from app.domain.finding import Evidence, Level
from app.system.translations import _

_NAMED = 5
_MUCH_PERCENT = 80
_WORTH_NAMING_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class Program:
    """All processes of one name: their share of the whole computer's processor (0 to 100), and memory in bytes."""

    name: str
    percent: float
    memory: int


class BusiestCheck:
    """The programs that use most of the processor and of the memory."""

    name = "busiest"
    limit_seconds = 5.0

    @property
    def title(self) -> str:
        """What it looks at, in the person's language."""
        return _("Busiest programs")

    def run(self) -> Outcome:
        """A notice where one program takes nearly all of the computer."""
        return judge(_programs(), psutil.virtual_memory().total)


def judge(programs: list[Program], memory_total: int) -> Outcome:
    """The outcome for the programs that were seen. `memory_total` is bytes."""
    if not programs:
        return Outcome(level=Level.UNKNOWN, sentence=_("The programs on this computer could not be looked at."))
    busiest = max(programs, key=lambda program: program.percent)
    largest = max(programs, key=lambda program: program.memory)
    if busiest.percent >= _MUCH_PERCENT:
        level, sentence = Level.NOTICE, _("One program keeps this computer busy: {name}.").format(name=busiest.name)
    elif 100 * largest.memory >= _MUCH_PERCENT * memory_total:
        level = Level.NOTICE
        sentence = _("One program takes most of the memory: {name}.").format(name=largest.name)
    else:
        level, sentence = Level.OK, _("No program takes too much of this computer.")
    return Outcome(level=level, sentence=sentence, evidence=(*_by_processor(programs), *_by_memory(programs)))


def _by_processor(programs: list[Program]) -> list[Evidence]:
    most = sorted(programs, key=lambda program: (-program.percent, program.name))[:_NAMED]
    return [share(f"{program.name} processor", program.percent) for program in most if program.percent >= 0.1]


def _by_memory(programs: list[Program]) -> list[Evidence]:
    most = sorted(programs, key=lambda program: (-program.memory, program.name))[:_NAMED]
    return [size(f"{program.name} memory", program.memory) for program in most if program.memory > _WORTH_NAMING_BYTES]


def _programs() -> list[Program]:
    before, began = _used_by_process(), time.monotonic()
    time.sleep(SAMPLING_SECONDS)
    after, seconds = _used_by_process(), time.monotonic() - began
    percents: dict[str, float] = defaultdict(float)
    sizes: dict[str, int] = defaultdict(int)
    for key, (name, used, memory) in after.items():
        if key[0] == os.getpid():  # the checks themselves
            continue
        used_before = before[key][1] if key in before else 0.0
        percents[name] += 100 * max(0.0, used - used_before) / seconds / (psutil.cpu_count() or 1)
        sizes[name] += memory
    return [Program(name, min(100.0, percents[name]), sizes[name]) for name in sizes]


def _used_by_process() -> dict[tuple[int, float], tuple[str, float, int]]:
    """For each process (its number and start: numbers are used again) its name, processor seconds, memory in bytes."""
    found = {}
    for process in psutil.process_iter(["name", "cpu_times", "memory_info", "create_time"]):
        told = process.info
        if told["cpu_times"] is None or told["memory_info"] is None:  # closed to us
            continue
        name = _printable(told["name"] or "")
        used = told["cpu_times"].user + told["cpu_times"].system
        found[process.pid, told["create_time"]] = (name, used, told["memory_info"].rss)
    return found


def _printable(untrusted_name: str) -> str:
    """A program may call itself what it likes; this keeps it to one short line."""
    return "".join(letter if letter.isprintable() else " " for letter in untrusted_name[:100]).strip() or "?"
