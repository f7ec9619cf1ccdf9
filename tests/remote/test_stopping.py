"""The end of a session: nothing that it started lives on, whichever way it ends."""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from app.domain.events import EndReason
from app.remote.customer import control
from app.remote.errors import RemoteError, SessionEndedError
from app.remote.relay.relay import Relay
from app.remote.technician.session import TechnicianSession
from app.remote.verify import verify
from tests.remote.chain import PATIENCE, both, hosted, terminal

assert sys.platform == "linux"

STUBBORN = {
    "nohup": "nohup sleep 987 >/dev/null 2>&1 & echo $!",
    "setsid": "setsid sleep 987 >/dev/null 2>&1 & echo $!; sleep 0.2",
    "forked twice": "( ( sleep 987 >/dev/null 2>&1 & echo $! ) & ) ; sleep 0.2",
    "deaf": "(trap '' HUP TERM INT; exec sleep 987) >/dev/null 2>&1 & echo $!",
    "all at once": "(trap '' HUP TERM; setsid nohup sh -c 'sleep 987 & echo $!; wait' 2>/dev/null &) ; sleep 0.2",
    "multiplying": "sh -c 'while :; do sleep 987 & sleep 0.05; done' >/dev/null 2>&1 & echo $!",
}


def _alive(marker: str) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["cmdline", "status"])
        if marker in " ".join(process.info["cmdline"] or ()) and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def _start(session: TechnicianSession, command: str) -> None:
    """Run it so that the command itself returns while what it started goes on."""
    session.run(command)


@pytest.mark.parametrize("kind", STUBBORN)
def test_stop_ends_stubborn_processes_within_a_second(relay: Relay, tmp_path: Path, kind: str) -> None:
    marker = f"sleep 987{os.getpid()}{list(STUBBORN).index(kind)}"
    with hosted(relay, tmp_path, terminal()) as host:
        session = host.join()
        _start(
            session,
            STUBBORN[kind].replace("sleep 987", marker).replace("; wait' 2>/dev/null", "; wait' >/dev/null 2>&1"),
        )
        assert _alive(marker)
        began = time.monotonic()
        over = host.stop()
        assert time.monotonic() - began < 1.0
        assert over.left == 0
        assert not _alive(marker)
        assert over.reason is EndReason.CUSTOMER_STOPPED


def test_a_running_command_and_shell_end_with_stop_and_say_why(relay: Relay, tmp_path: Path) -> None:
    with hosted(relay, tmp_path, terminal()) as host:
        session = host.join()
        prompted = threading.Event()
        shell = session.shell(80, 24, lambda _: prompted.set())
        assert prompted.wait(PATIENCE)
        host.child.say(control.Stop(reason=EndReason.CUSTOMER_STOPPED))
        over = host.wait_for(control.Over)
        assert shell.wait(PATIENCE) is not None
        with pytest.raises(SessionEndedError) as ended:
            session.run("true")
        assert ended.value.reason is EndReason.CUSTOMER_STOPPED
        assert over.head.technician_signature


def test_a_process_that_hangs_is_killed_with_all_below_it(relay: Relay, tmp_path: Path) -> None:
    marker = f"sleep 986{os.getpid()}"
    with hosted(relay, tmp_path, terminal()) as host:
        session = host.join()
        _start(session, f"setsid nohup {marker} >/dev/null 2>&1 & sleep 0.1")
        assert _alive(marker)
        os.kill(host.child.pid, signal.SIGSTOP)
        began = time.monotonic()
        host.child.kill()
        assert time.monotonic() - began < 1.0
        assert not _alive(marker)
        assert host.gone.wait(PATIENCE)


def test_killing_the_host_from_inside_the_session_lets_nothing_run_on(relay: Relay, tmp_path: Path) -> None:
    marker = f"sleep 984{os.getpid()}"
    with hosted(relay, tmp_path, terminal()) as host:
        session = host.join()
        _start(session, f"setsid nohup {marker} >/dev/null 2>&1 & sleep 0.1")
        assert _alive(marker)
        with suppress(RemoteError):
            session.run(f"kill -9 {host.child.pid}")
        assert host.gone.wait(PATIENCE)
        assert not _alive(marker)


def test_when_the_app_dies_the_session_dies(tmp_path: Path) -> None:
    program = tmp_path / "app.py"
    program.write_text(
        "import sys, time\n"
        f"sys.path.insert(0, {str(Path(__file__).parents[2])!r})\n"
        "from pathlib import Path\n"
        "from app.remote.relay.relay import Relay\n"
        "from tests.remote.chain import Hosted, terminal\n"
        "relay = Relay(None); relay.start()\n"
        "host = Hosted(relay, Path(sys.argv[1]), terminal())\n"
        "session = host.join()\n"
        "session.run(f'setsid nohup {sys.argv[2]} >/dev/null 2>&1 & sleep 0.1')\n"
        "print(host.child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    marker = f"sleep 985{os.getpid()}"
    app = subprocess.Popen([sys.executable, str(program), str(tmp_path), marker], stdout=subprocess.PIPE, text=True)
    assert app.stdout is not None
    child = int(app.stdout.readline())
    assert _alive(marker)
    app.kill()
    app.wait()
    app.stdout.close()
    deadline = time.monotonic() + 3
    while (_alive(marker) or psutil.pid_exists(child)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _alive(marker)
    assert not psutil.pid_exists(child)


def test_a_technician_who_vanishes_ends_the_session(relay: Relay, tmp_path: Path) -> None:
    with hosted(relay, tmp_path, terminal()) as host:
        session = host.join()
        session._connection.road.close()
        over = host.wait_for(control.Over)
        assert over.reason is EndReason.CONNECTION_LOST
        assert verify(Path(over.audit)).opening.technician == "Anna"
        session.end()


def test_a_full_disk_ends_the_session_and_says_so(relay: Relay, tmp_path: Path) -> None:
    with hosted(relay, tmp_path, both(tmp_path)) as host:
        session = host.join()
        limit = 300_000
        resource.prlimit(host.child.pid, resource.RLIMIT_FSIZE, (limit, limit))  # a write beyond it fails
        with pytest.raises(SessionEndedError) as ended:
            session.run("yes | head -c 2000000")
        assert ended.value.reason is EndReason.RECORDING_FAILED
        over = host.wait_for(control.Over)
        assert over.reason is EndReason.RECORDING_FAILED
        assert "recording" in over.why
        last = [json.loads(line) for line in Path(over.audit).read_bytes().splitlines()][-2]
        assert last["details"]["reason"] == EndReason.RECORDING_FAILED.value


def test_the_hosting_process_is_small(relay: Relay, tmp_path: Path) -> None:
    with hosted(relay, tmp_path, both(tmp_path)) as host:
        session = host.join()
        session.run("head -c 3000000 /dev/zero | base64")
        assert psutil.Process(host.child.pid).memory_info().rss < 120 * 1024 * 1024
        session.end()
