"""How long the computer has been on, and whether it waits for a restart."""

import platform
import re
import sys
import time
from pathlib import Path

import psutil

from app.diagnostics.check import Outcome
from app.domain.finding import Evidence, Level
from app.system.translations import _, ngettext

_MARKS = (Path("/run/reboot-required"), Path("/var/run/reboot-required"))
_KERNELS = Path("/lib/modules")
_LONG_DAYS = 30


class UptimeCheck:
    """Updates that wait for a restart are a common cause of odd trouble."""

    name = "uptime"
    limit_seconds = 5.0

    def __init__(self, marks: tuple[Path, ...] = _MARKS, kernels: Path = _KERNELS) -> None:
        self._marks = marks
        self._kernels = kernels

    @property
    def title(self) -> str:
        """What it looks at, in the person's language."""
        return _("Restarts")

    def run(self) -> Outcome:
        """A notice where a restart is due, or the last one was long ago."""
        hours = max(0.0, time.time() - psutil.boot_time()) / 3600
        days = int(hours // 24)
        waiting = self._restart_is_due()
        if waiting:
            level, sentence = Level.NOTICE, _("This computer waits for a restart to finish its updates.")
        elif days >= _LONG_DAYS:
            level = Level.NOTICE
            sentence = _("This computer has not been restarted for {days} days.").format(days=days)
        elif days:
            level = Level.OK
            sentence = ngettext(
                "This computer was restarted {days} day ago.", "This computer was restarted {days} days ago.", days
            ).format(days=days)
        else:
            level, sentence = Level.OK, _("This computer was restarted within the last day.")
        evidence = (
            Evidence(name="time since restart", value=round(hours, 1), unit="h"),
            Evidence(name="restart is due", value=waiting),
        )
        return Outcome(level=level, sentence=sentence, evidence=evidence)

    def _restart_is_due(self) -> bool:
        if sys.platform == "win32":
            return _windows_waits_for_restart()
        return any(mark.exists() for mark in self._marks) or newer_kernel_installed(self._kernels, platform.release())


def newer_kernel_installed(folder: Path, running: str) -> bool:
    """Whether a newer kernel of the running one's flavour is installed.

    Where the running kernel is not itself installed (containers, some virtual machines) nothing can be said: False.
    """
    try:
        installed = [entry.name for entry in folder.iterdir()]
    except OSError:
        return False
    if running not in installed:
        return False
    same_flavour = [name for name in installed if _flavour(name) == _flavour(running)]
    return any(_order(name) > _order(running) for name in same_flavour)


def _flavour(release: str) -> str:
    return re.sub(r"[0-9]+", "", release)


def _order(release: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"[0-9]+", release))


def _windows_waits_for_restart() -> bool:
    if sys.platform != "win32":
        return False
    import winreg

    version = r"SOFTWARE\Microsoft\Windows\CurrentVersion"
    paths = (
        rf"{version}\Component Based Servicing\RebootPending",
        rf"{version}\WindowsUpdate\Auto Update\RebootRequired",
    )
    for path in paths:
        try:
            winreg.CloseKey(winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path))
        except OSError:
            continue
        return True
    return False
