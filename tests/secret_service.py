"""A real Secret Service on a session bus of its own: gnome-keyring, unlocked, with whatever was put into it.

The bus itself starts the keyring, and starts it again where it has crashed: gnome-keyring 42 aborts where a program
leaves the bus in the middle of a question, as one does that is killed.
"""

import os
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

_BUS = """<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <servicedir>{folder}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>"""
_SERVICE = """[D-BUS Service]
Name=org.freedesktop.secrets
Exec=/bin/sh {folder}/keyring.sh
"""
_KEYRING = """echo $$ >> {folder}/pids
exec gnome-keyring-daemon --foreground --unlock --components=secrets < {folder}/password
"""
_START = [
    "dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus",
    "org.freedesktop.DBus.StartServiceByName", "string:org.freedesktop.secrets", "uint32:0",
]  # fmt: skip


@contextmanager
def secret_service(folder: Path) -> Iterator[dict[str, str]]:
    """Yields the environment that a program needs to reach it. All that it keeps lies in the folder, which is empty."""
    (folder / "bus.conf").write_text(_BUS.format(folder=folder))
    (folder / "secrets.service").write_text(_SERVICE.format(folder=folder))
    (folder / "keyring.sh").write_text(_KEYRING.format(folder=folder))
    (folder / "password").write_text("a test's password")
    environment = {name: str(folder) for name in ("XDG_DATA_HOME", "XDG_RUNTIME_DIR", "HOME")}
    with (folder / "said").open("wb") as said:
        bus = subprocess.Popen(
            ["dbus-daemon", f"--config-file={folder}/bus.conf", "--nofork", "--print-address=1"],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
        assert bus.stdout is not None
        with bus.stdout:
            environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
            subprocess.run(_START, env={**os.environ, **environment}, check=True, capture_output=True)
            try:
                yield environment
            finally:
                ended = bus.poll()
                bus.terminate()
                bus.wait(timeout=10)
                _end_keyrings(folder / "pids")
    told = (folder / "said").read_text(errors="replace")
    assert ended is None, f"the bus ended by itself, with {ended}: {told}"
    if "Bail out" in told:
        warnings.warn(f"gnome-keyring crashed, and was started again: {told}", stacklevel=1)


def _end_keyrings(pids: Path) -> None:
    """End what the bus has started, and wait for it."""
    for pid in map(int, pids.read_text().split()):
        with suppress(psutil.NoSuchProcess):
            keyring = psutil.Process(pid)
            if keyring.name().startswith("gnome-keyring"):
                keyring.terminate()
                keyring.wait(timeout=10)
