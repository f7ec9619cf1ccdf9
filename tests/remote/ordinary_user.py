"""An ordinary user of this machine with a password, made for a test, and a session that runs as that user."""

import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from app.domain.consent import Grants
from app.remote.relay.relay import Relay
from tests.remote.chain import Hosted, hosted

_PYTHON = "/usr/bin/python3"
_TOP = Path(__file__).resolve().parents[2]


def why_not() -> str:
    """Why no such user can be made here; empty where one can."""
    in_a_container = any(map(os.path.exists, ("/.dockerenv", "/run/.containerenv")))
    if os.geteuid() != 0 or not in_a_container:
        return "only root in a container makes users for a test"
    missing = [name for name in ("sudo", "useradd", "userdel", "chpasswd", "setpriv") if shutil.which(name) is None]
    if missing:
        return f"{', '.join(missing)}: not installed"
    probe = [*_as_user(65534, 65534), _PYTHON, "-c", "import app.remote.customer.process"]
    done = subprocess.run(probe, env={**os.environ, "PYTHONPATH": _path()}, capture_output=True, check=False, cwd="/")
    return "" if done.returncode == 0 else "no Python that an ordinary user could host a session with"


class OrdinaryUser:
    """May use `sudo`, with their password and not without it."""

    def __init__(self) -> None:
        self.name = f"bistand-{secrets.token_hex(4)}"
        self.password = secrets.token_hex(12)
        _do("useradd", "--create-home", "--shell", "/bin/bash", self.name)
        self._rule = Path("/etc/sudoers.d") / self.name
        self._rule.write_text(f"Defaults:{self.name} !lecture\n{self.name} ALL=(ALL) PASSWD: ALL\n")
        self._rule.chmod(0o440)
        _do("chpasswd", said=f"{self.name}:{self.password}\n")
        self.entry = pwd.getpwnam(self.name)

    def remove(self) -> None:
        """As if they had never been."""
        self._rule.unlink()
        subprocess.run(["userdel", "--remove", self.name], capture_output=True, check=False)


@contextmanager
def ordinary_user() -> Iterator[OrdinaryUser]:
    """Made, and removed again whatever happens."""
    user = OrdinaryUser()
    try:
        yield user
    finally:
        user.remove()


@contextmanager
def hosted_as(user: OrdinaryUser, relay: Relay, grants: Grants) -> Iterator[tuple[Hosted, Path]]:
    """A customer who waits and is this user; and the folder of both ends."""
    with tempfile.TemporaryDirectory(prefix="bistand-test-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        (folder / "customer").mkdir(mode=0o700)
        os.chown(folder / "customer", user.entry.pw_uid, user.entry.pw_gid)
        python = folder / "python"
        words = " ".join((*_as_user(user.entry.pw_uid, user.entry.pw_gid), "env", f"PYTHONPATH={_path()}", _PYTHON))
        python.write_text(f'#!/bin/sh\ncd /\nexec {words} "$@"\n')
        python.chmod(0o755)
        with patch.object(sys, "executable", str(python)):
            waiting = hosted(relay, folder, grants)
            host = waiting.__enter__()
        try:
            yield host, folder
        finally:
            waiting.__exit__(None, None, None)


def _as_user(uid: int, gid: int) -> list[str]:
    return ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups"]


def _path() -> str:
    """Where an interpreter other than ours finds the program and what it needs."""
    return os.pathsep.join([str(_TOP), *(entry for entry in sys.path if entry.endswith("site-packages"))])


def _do(*words: str, said: str = "") -> None:
    subprocess.run(words, input=said, text=True, check=True, capture_output=True)
