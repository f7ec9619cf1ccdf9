"""What every test may lean on: a real display (Xvfb) and, where asked for, a real Secret Service keyring.

Both are started by the run itself and ended by their process ids. Nothing here talks to the network.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A bus that starts no services by itself: a second keyring would race the one that was unlocked.
_BUS = """<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>"""

settings.register_profile("bistand", deadline=None)  # no test is timed: other programs may want the processor
settings.load_profile("bistand")

_DISPLAY: list[subprocess.Popen[bytes]] = []


def pytest_configure(config: pytest.Config) -> None:
    """Give Qt a real X display before anything imports it.

    Where the run is shared between processes, each of them has a display of its own: windows compete for the focus.
    """
    os.environ.pop("BISTAND_HOME", None)
    os.environ["QT_ACCESSIBILITY"] = "0"  # no session bus in most tests, and Qt would complain of it
    shares = hasattr(config, "workerinput")
    if not shares and config.getoption("numprocesses", None):
        return  # this one only hands out the work
    if (os.environ.get("DISPLAY") and not shares) or shutil.which("Xvfb") is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "xcb" if os.environ.get("DISPLAY") else "offscreen")
        return
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1600x1200x24", "-nolisten", "tcp"]
    _DISPLAY.append(subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL))
    os.close(writer)
    with os.fdopen(reader) as number:
        os.environ["DISPLAY"] = f":{number.readline().strip()}"
    os.environ["QT_QPA_PLATFORM"] = "xcb"


def pytest_unconfigure() -> None:
    """End the display that this run started."""
    for server in _DISPLAY:
        server.terminate()
        server.wait(timeout=10)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `BISTAND_HOME` of the test's own."""
    folder = tmp_path / "home"
    monkeypatch.setenv("BISTAND_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def secret_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A real, unlocked Secret Service (gnome-keyring on a session bus of its own).

    Yields the environment that a program needs to reach it; the test process itself is left as it was.
    """
    folder = tmp_path_factory.mktemp("keyring")
    (folder / "bus.conf").write_text(_BUS)
    said = (folder / "said").open("wb")
    bus = subprocess.Popen(
        ["dbus-daemon", f"--config-file={folder}/bus.conf", "--nofork", "--print-address=1"],
        stdout=subprocess.PIPE,
        stderr=said,
        text=True,
    )
    assert bus.stdout is not None
    environment = {
        "DBUS_SESSION_BUS_ADDRESS": bus.stdout.readline().strip(),
        "XDG_DATA_HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "HOME": str(folder),
    }
    daemon = subprocess.Popen(
        ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=said,
        stderr=said,
    )
    assert daemon.stdin is not None
    daemon.stdin.write(b"a test's password")
    daemon.stdin.close()
    _wait_for_secrets({**os.environ, **environment})
    try:
        yield environment
    finally:
        ended = {name: process.poll() for name, process in (("keyring", daemon), ("bus", bus))}
        for process in (daemon, bus):
            process.terminate()
            process.wait(timeout=10)
        bus.stdout.close()
        said.close()
    # Whatever failed for want of a keyring meanwhile failed because of this.
    assert set(ended.values()) == {None}, f"{ended} ended by itself: {(folder / 'said').read_text(errors='replace')}"


def _wait_for_secrets(environment: dict[str, str]) -> None:
    """Return once the keyring owns its name on the bus."""
    question = [
        "dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus",
        "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets",
    ]  # fmt: skip
    deadline = time.monotonic() + 20
    while b"true" not in subprocess.run(question, env=environment, check=True, capture_output=True).stdout:
        assert time.monotonic() < deadline, "the keyring did not come up"
        time.sleep(0.02)
