"""The machine and its operating system."""

import platform
import sys
from contextlib import suppress
from pathlib import Path

from app.diagnostics.check import Outcome
from app.diagnostics.errors import ToolError
from app.diagnostics.files import first_line
from app.diagnostics.tools import ask
from app.domain.finding import Evidence, Level
from app.system.translations import _

_DMI = Path("/sys/class/dmi/id")
_DEVICE_TREE = Path("/proc/device-tree/model")
_FILLED_IN_BY_NOBODY = (
    "to be filled by o.e.m.",
    "system product name",
    "system manufacturer",
    "default string",
    "none",
)


class SystemCheck:
    """Which computer this is, and which system runs on it."""

    name = "system"
    limit_seconds = 5.0

    @property
    def title(self) -> str:
        """What it looks at, in the person's language."""
        return _("This computer")

    def run(self) -> Outcome:
        """Always ok: these are facts for whoever helps."""
        system, version = _system()
        facts = {
            "operating system": system,
            "version": version,
            "kernel": platform.release(),
            "architecture": platform.machine(),
            "model": _model(),
            "computer name": platform.node(),
        }
        return Outcome(
            level=Level.OK,
            sentence=_("This computer runs {system}.").format(system=f"{system} {version}".strip()),
            evidence=tuple(Evidence(name=name, value=value) for name, value in facts.items() if value),
        )


def _system() -> tuple[str, str]:
    """Name and version of the operating system."""
    if sys.platform == "win32":
        release, version, _pack, _kind = platform.win32_ver()
        return f"Windows {release}", version
    if sys.platform == "darwin":
        return "macOS", platform.mac_ver()[0]
    try:
        told = platform.freedesktop_os_release()
    except OSError:
        return platform.system(), ""
    return told.get("NAME", "Linux"), told.get("VERSION", told.get("VERSION_ID", ""))


def _model() -> str:
    """Maker and model where the system tells them, else nothing."""
    told: list[str] = []
    with suppress(OSError, ToolError):
        told = _maker_and_model()
    return " ".join(part for part in told if part and part.lower() not in _FILLED_IN_BY_NOBODY)


def _maker_and_model() -> list[str]:
    if sys.platform == "win32":
        import winreg

        path = r"HARDWARE\DESCRIPTION\System\BIOS"
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path) as key:
            return [str(winreg.QueryValueEx(key, name)[0]) for name in ("SystemManufacturer", "SystemProductName")]
    if sys.platform == "darwin":
        return [ask(["sysctl", "-n", "hw.model"], limit_seconds=2).strip()]
    told = [first_line(_DMI / "sys_vendor"), first_line(_DMI / "product_name")]
    return told if any(told) else [first_line(_DEVICE_TREE)]
