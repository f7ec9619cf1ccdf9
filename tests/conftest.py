"""What every test may lean on: a real display (Xvfb) and, where asked for, a real Secret Service keyring.

Both are started by the run itself and ended by their process ids. Nothing here talks to the network.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.secret_service import secret_service

# No test is timed: other programs may want the processor.
settings.register_profile("bistand", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("bistand")

_DISPLAY: list[subprocess.Popen[bytes]] = []


def pytest_configure(config: pytest.Config) -> None:
    """Give Qt a real X display before anything imports it.

    Where the run is shared between processes, each of them has a display of its own: windows compete for the focus.
    """
    os.environ.pop("BISTAND_HOME", None)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # begun in the background: programs here would inherit that
        signal.signal(signal.SIGINT, signal.default_int_handler)
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


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Where a process of the run went away in the middle of a test, tell how: xdist says no more than that it did."""
    if error:
        with suppress(subprocess.TimeoutExpired):  # it may have lost its way back to the run, and live
            sys.stderr.write(f"{node.gateway.id} ended with status {node.gateway._io.popen.wait(5)}\n")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `BISTAND_HOME` of the test's own."""
    folder = tmp_path / "home"
    monkeypatch.setenv("BISTAND_HOME", str(folder))
    return folder


@pytest.fixture(scope="session", name="secret_service")
def _secret_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment by which a program finds a real, unlocked keyring; the test process itself is left as it was."""
    with secret_service(tmp_path_factory.mktemp("keyring")) as environment:
        yield environment
