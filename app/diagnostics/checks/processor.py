"""How busy the processor is, over a short sampling."""

import re
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

from app.diagnostics.check import SAMPLING_SECONDS, Outcome
from app.diagnostics.errors import ToolError
from app.diagnostics.files import read
from app.diagnostics.tools import ask
from app.diagnostics.units import share, spoken_share
from app.domain.finding import Evidence, Level
from app.system.translations import _

_BUSY_PERCENT = 90
_CROWDED_LOAD = 2.0
"""Tasks waiting per core, over a minute, from which a computer feels slow."""


class ProcessorCheck:
    """The share of the processor in use, without what these checks use themselves."""

    name = "processor"
    limit_seconds = 5.0

    @property
    def title(self) -> str:
        """What it looks at, in the person's language."""
        return _("Processor")

    def run(self) -> Outcome:
        """A notice where it is busy now or has been for a minute."""
        before = _used()
        time.sleep(SAMPLING_SECONDS)
        percent = _percent(before, _used())
        cores = psutil.cpu_count() or 1
        crowd = 0.0 if sys.platform == "win32" else psutil.getloadavg()[0] / cores
        if percent >= _BUSY_PERCENT:
            level = Level.NOTICE
            sentence = _("This computer is working as hard as it can right now ({share} in use).")
        elif crowd >= _CROWDED_LOAD:
            level, sentence = Level.NOTICE, _("This computer has had more to do than it can manage for a while.")
        else:
            level, sentence = Level.OK, _("This computer has power to spare ({share} in use).")
        facts = [share("in use", percent), Evidence(name="cores", value=cores)]
        if sys.platform != "win32":
            facts.append(Evidence(name="waiting tasks per core, over a minute", value=round(crowd, 2)))
        if model := _model():
            facts.append(Evidence(name="model", value=model))
        return Outcome(level=level, sentence=sentence.format(share=spoken_share(percent)), evidence=tuple(facts))


def _used() -> tuple[float, float]:
    """Seconds of work and seconds in all, over all cores since the start, without this program's own work."""
    times = psutil.cpu_times()
    own = psutil.Process().cpu_times()
    idle = times.idle + getattr(times, "iowait", 0.0)
    # A guest's time is counted in user and nice already.
    guests = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
    total = sum(times) - guests
    return total - idle - own.user - own.system, total


def _percent(before: tuple[float, float], after: tuple[float, float]) -> float:
    total = after[1] - before[1]
    return 0.0 if total <= 0 else min(100.0, max(0.0, 100 * (after[0] - before[0]) / total))


def _model() -> str:
    """The name of the processor where the system tells it, else nothing."""
    with suppress(OSError, ToolError):
        return _told_model()
    return ""


def _told_model() -> str:
    if sys.platform == "win32":
        import winreg

        path = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path) as key:
            return str(winreg.QueryValueEx(key, "ProcessorNameString")[0]).strip()
    if sys.platform == "darwin":
        return ask(["sysctl", "-n", "machdep.cpu.brand_string"], limit_seconds=2).strip()
    found = re.search(r"^(?:model name|Model)\s*:\s*(.+)$", read(Path("/proc/cpuinfo")), re.MULTILINE)
    return found.group(1).strip() if found else ""
