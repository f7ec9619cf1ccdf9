"""What is missing on this machine, and the command that mends it."""

import os
import platform
import shutil
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import BistandError
from app.sync.client import ServiceClient
from app.system import secrets, settings
from app.system.paths import Home

_PYTHON = (3, 11)
_ROOM = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Ailment:
    """One thing looked at. `mend` is the command or the step that helps; empty where all is well.

    `needed` tells whether the main job cannot be done without it.
    """

    name: str
    well: bool
    detail: str
    mend: str = ""
    needed: bool = True


def examine(home: Home, open_store: Callable[[], None]) -> tuple[Ailment, ...]:
    """Look at everything that Bistand leans on here. `open_store` raises where the store cannot be opened."""
    return (_python(), _keyring(), _store(open_store), _room(home.folder), _sshd(), _display(), _service(home))


def _python() -> Ailment:
    well = sys.version_info >= _PYTHON
    return Ailment("Python", well, platform.python_version(), "" if well else "apt-get install python3.11")


def _keyring() -> Ailment:
    name = secrets.backend_name()
    mend = "apt-get install gnome-keyring dbus, then log in anew (or run under dbus-run-session)"
    return Ailment("keyring", name is not None, name or "none that keeps secrets safe", "" if name else mend)


def _store(open_store: Callable[[], None]) -> Ailment:
    try:
        open_store()
    except BistandError as error:
        return Ailment("store", well=False, detail=str(error), mend="the sentence before this says what helps")
    return Ailment("store", well=True, detail="opens")


def _room(folder: Path) -> Ailment:
    free = shutil.disk_usage(folder).free
    well = free > _ROOM
    mend = "" if well else f"free some space on the disk of {folder}"
    return Ailment("disk", well, f"{free / 1e9:.1f} GB free", mend)


def _sshd() -> Ailment:
    found = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    mend = "" if found else "apt-get install openssh-server"
    return Ailment("relay (sshd)", found is not None, found or "not installed", mend, needed=False)


def _display() -> Ailment:
    if sys.platform in ("win32", "darwin"):
        return Ailment("display", well=True, detail="the desktop", needed=False)
    named = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    mend = "" if named else "log in to a desktop, or use `bistand gethelp --console` and `bistand connect`"
    return Ailment("display", named is not None, named or "none", mend, needed=False)


def _service(home: Home) -> Ailment:
    try:
        url = settings.load(home).provider
        if url is None:
            return Ailment("service", well=False, detail="none known", mend="bistand enrol URL CODE", needed=False)
        with closing(ServiceClient(url, token=lambda: None)) as client:
            name = client.provider().name
    except BistandError as error:
        return Ailment(
            "service", well=False, detail=str(error), mend="bistand serve, on the shop's server", needed=False
        )
    return Ailment("service", well=True, detail=f"{name} at {url}", needed=False)
