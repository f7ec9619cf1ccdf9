"""The hosting process as the customer's app holds it: started, spoken to, and killed outright where it must be."""

import contextlib
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from app.remote.customer import control
from app.remote.errors import HostingError, RemoteError

_log = logging.getLogger(__name__)

_MODULE = "app.remote.customer.process"
_START_SECONDS = 20.0
_KILL_SECONDS = 0.5


class Child:
    """A service object: one hosting process. `on_message` is called on its reading thread, in order.

    `on_gone` is called on the same thread, last, when the process has hung up. The thread that starts the process
    lives as long as the process does: on Linux the process ends when that thread does.
    """

    def __init__(self, on_message: Callable[[control.FromHost], None], on_gone: Callable[[], None]) -> None:
        self._on_message = on_message
        self._on_gone = on_gone
        self._process: subprocess.Popen[bytes] | None = None
        self._started = threading.Event()
        self._failure: OSError | None = None
        self._speaking = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="hosting process", daemon=True)

    def start(self) -> None:
        """Start it. Raises `HostingError`."""
        if sys.platform == "win32":
            raise HostingError(
                "Letting a technician in is not here yet on Windows. Your notes and cases work as usual."
            )
        self._thread.start()
        self._started.wait(_START_SECONDS)
        if self._process is None:
            raise HostingError(f"The session's own process cannot be started: {self._failure}.")

    @property
    def pid(self) -> int:
        """Its process id, 0 where it does not run."""
        return self._process.pid if self._process else 0

    def say(self, message: control.ToHost) -> None:
        """Tell it something; nothing happens where it is gone. Any thread."""
        process = self._process
        if process is None or process.stdin is None:
            return
        with self._speaking, contextlib.suppress(OSError, ValueError):
            control.write(process.stdin, message)

    def join(self, seconds: float) -> bool:
        """Wait for it to be gone; whether it is."""
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def kill(self) -> None:
        """End it and everything below it by force, whatever it is doing. Returns when that is done."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        deadline = time.monotonic() + _KILL_SECONDS
        with contextlib.suppress(psutil.Error):
            ours = psutil.Process(process.pid)
            ours.suspend()  # so that nothing new comes from it; what loses its parent still falls to it
            while (below := _living(ours)) and time.monotonic() < deadline:
                for one in below:
                    with contextlib.suppress(psutil.Error):
                        one.kill()
                time.sleep(0.005)
        process.kill()
        self.join(2.0)

    def _run(self) -> None:
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", _MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=_environment(),
                start_new_session=True,  # Ctrl-C in a terminal is for the app, which then ends the session in order
            )
        except OSError as error:
            self._failure = error
            self._started.set()
            return
        self._process = process
        self._started.set()
        try:
            with process:
                self._listen(process)
                process.wait()
                self._hang_up(process)
            if process.returncode != 0:  # it had no time to end what it started
                _end_strays(process.pid)
        finally:
            self._on_gone()

    def _hang_up(self, process: subprocess.Popen[bytes]) -> None:
        """Nothing more is said to it. What it did not hear any more, closing would try to say once more, and fail."""
        with self._speaking, contextlib.suppress(OSError):
            if process.stdin is not None:
                process.stdin.close()

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        if process.stdout is None:
            return
        try:
            while (message := control.read(process.stdout, control.FROM_HOST)) is not None:
                self._on_message(message)
        except RemoteError as error:
            _log.error("The hosting process: %s", error)
            process.kill()


def _living(process: psutil.Process) -> list[psutil.Process]:
    """Everything below a process that is not dead yet."""
    found = []
    for one in process.children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if one.status() != psutil.STATUS_ZOMBIE:
                found.append(one)
    return found


def _end_strays(host: int) -> None:
    """Kill what a host that is gone had started, found by its mark. It had the same user, or it cannot be read."""
    deadline = time.monotonic() + _KILL_SECONDS
    while strays := [one for one in psutil.process_iter() if _is_marked(one, str(host))]:
        for stray in strays:
            with contextlib.suppress(psutil.Error):
                stray.kill()
        if time.monotonic() > deadline:
            _log.error("%d processes of the session could not be ended.", len(strays))
            return
        time.sleep(0.005)


def _is_marked(process: psutil.Process, host: str) -> bool:
    try:
        return process.environ().get(control.HOSTED_BY) == host and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, OSError):
        return False


def _environment() -> dict[str, str]:
    """Ours, and where this very program lies, so that the process runs the same one."""
    above = str(Path(__file__).resolve().parents[3])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (above, os.environ.get("PYTHONPATH", ""))))}
