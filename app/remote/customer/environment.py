"""What a shell finds around it: the customer's own login environment, and nothing of Bistand's."""

# ruff: noqa: E402 - the platform comes first, so that mypy passes over the rest on Windows

import sys

assert sys.platform != "win32"  # noqa: S101 - no session is hosted on Windows yet

import os
import pwd
from collections.abc import Mapping

from app.remote.customer.control import HOSTED_BY

_OURS = ("BISTAND_", "PYTHON", "QT_", "VIRTUAL_ENV", "LD_", "_PYI", "_MEIPASS")
_LONGEST_VALUE = 256


def login_shell() -> str:
    """The customer's shell, `/bin/sh` where none is set."""
    try:
        shell = pwd.getpwuid(os.getuid()).pw_shell
    except KeyError:
        shell = ""
    return shell if shell and os.access(shell, os.X_OK) else "/bin/sh"


def login_environment(sent: Mapping[str, str], term: str = "") -> dict[str, str]:
    """The environment of a shell. `sent` are the language settings that the technician's program sent along.

    It is this process's own without what belongs to Bistand or to the Python that it runs on,
    and with the mark by which what it started is found again should it be killed itself.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    environment["PATH"] = _own_path(environment.get("PATH", os.defpath))
    try:
        person = pwd.getpwuid(os.getuid())
        environment |= {"HOME": person.pw_dir, "USER": person.pw_name, "LOGNAME": person.pw_name}
    except KeyError:
        pass  # a user without an entry keeps what the environment says
    environment["SHELL"] = login_shell()
    environment |= {name: value for name, value in sent.items() if len(value) <= _LONGEST_VALUE}
    environment[HOSTED_BY] = str(os.getpid())
    environment.pop("TERM", None)
    if term:
        environment["TERM"] = term
    return environment


def home_folder(environment: Mapping[str, str]) -> str:
    """Where a shell starts."""
    home = environment.get("HOME", "/")
    return home if os.access(home, os.X_OK) else "/"


def _own_path(path: str) -> str:
    """The search path without the folder of a virtual environment that Bistand itself runs in."""
    if sys.prefix == sys.base_prefix:
        return path
    folders = [folder for folder in path.split(os.pathsep) if not folder.startswith(sys.prefix)]
    return os.pathsep.join(folders) or os.defpath
