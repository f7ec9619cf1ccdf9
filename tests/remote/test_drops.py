"""What breaks on the way: the session goes on as if nothing had been, or ends when the technician stays away.

`BISTAND_CUTS=100` makes as many cuts; the usual run makes fewer.
"""

import hashlib
import os
import random
import re
import signal
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from app.domain.consent import Grants
from app.domain.events import EndReason
from app.domain.relay import Door
from app.remote.customer import control
from app.remote.errors import LinkError, NotAdmittedError, SessionEndedError
from app.remote.keys import new_key
from app.remote.relay.relay import Relay
from app.remote.relay.sshd import Side
from app.remote.technician.road import Road, _Traveller
from app.remote.verify import verify
from tests.remote.chain import PATIENCE, Hosted, both, files, hosted, terminal
from tests.remote.cuts import Reach, connections, cut
from tests.remote.test_session import Heard

assert sys.platform != "win32"

CUTS = int(os.environ.get("BISTAND_CUTS", "12"))


def _counted(host: Hosted) -> tuple[int, int, int, int]:
    """Threads and descriptors of both ends."""
    theirs, ours = psutil.Process(host.child.pid), psutil.Process()
    return theirs.num_threads(), theirs.num_fds(), ours.num_threads(), ours.num_fds()


def test_the_same_shell_goes_on_and_no_byte_is_lost_or_doubled(relay: Relay, tmp_path: Path) -> None:
    seed = random.randrange(10**9)
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    typed = tmp_path / "typed"
    with hosted(relay, tmp_path, terminal()) as host:
        session = host.join()
        reach, heard = Reach(session), Heard()
        shell = session.shell(80, 24, heard)
        heard.wait_for(rb"[#$%>] ")
        shell.write(b"stty -echo; echo sh''ell $$\n")
        heard.wait_for(rb"shell \d+")
        before = re.search(rb"shell (\d+)", heard.said)
        counting = "i=0; while [ ! -e done ]; do i=$((i+1)); echo out $i; sleep 0.01; done; echo counted $i"
        shell.write(f"cd {tmp_path}; ({counting}) & cat > typed\n".encode())
        heard.wait_for(rb"out 3\r\n")
        at_first: tuple[int, ...] = ()
        for number in range(CUTS):
            cut(relay, *chance.choice(((Side.CUSTOMER,), (Side.TECHNICIAN,), (Side.CUSTOMER, Side.TECHNICIAN))))
            for line in range(20):
                shell.write(f"in {number * 20 + line}\n".encode())
            reach.wait_until_back(number + 1)
            if number == 2:
                at_first = _counted(host)
        shell.write(b"\x04")
        (tmp_path / "done").touch()
        shell.write(b"wait; echo sh''ell $$ again\n")
        heard.wait_for(rb"shell \d+ again")
        counted = re.search(rb"counted (\d+)", heard.said)
        again = re.search(rb"shell (\d+) again", heard.said)
        assert before
        assert again
        assert counted
        assert before[1] == again[1]
        outs = [int(number) for number in re.findall(rb"out (\d+)\r\n", heard.said)]
        assert outs == list(range(1, int(counted[1]) + 1))
        assert typed.read_text() == "".join(f"in {number}\n" for number in range(CUTS * 20))
        after = _counted(host)
        assert all(now <= then + 6 for now, then in zip(after, at_first, strict=True)), (at_first, after)
        ended = session.end()
        lines = verify(ended.audit)
        assert lines.complete
        assert ended.audit.read_bytes().count(b'"kind":"technician_back"') >= CUTS // 2


def test_a_transfer_goes_on_at_its_offset(relay: Relay, tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    content = os.urandom(40_000_000)
    (tmp_path / "local").write_bytes(content)
    with hosted(relay, tmp_path, files(share)) as host:
        session = host.join()
        reach = Reach(session)
        cutter = threading.Timer(0.15, cut, (relay, Side.CUSTOMER, Side.TECHNICIAN))
        cutter.start()
        sent = session.put(tmp_path / "local", str(share / "there"))
        cutter.join()
        assert sent.sha256 == hashlib.sha256(content).hexdigest()
        cutter = threading.Timer(0.15, cut, (relay, Side.TECHNICIAN))
        cutter.start()
        assert session.get(str(share / "there"), tmp_path / "back").sha256 == sent.sha256
        cutter.join()
        reach.wait_until_back(1)
        assert (tmp_path / "back").read_bytes() == content
        assert [path.name for path in share.iterdir()] == ["there"]
        session.end()


def test_the_relay_may_be_started_anew(tmp_path: Path) -> None:
    first = Relay(None)
    first.start()
    with Relay(None) as second, hosted(first, tmp_path, terminal()) as host:
        session = host.join()
        reach, heard = Reach(session), Heard()
        shell = session.shell(80, 24, heard)
        heard.wait_for(rb"[#$%>] ")
        first.close()
        shell.write(b"echo typed while the relay was away; echo an''swer\n")
        host.relay = second
        reach.wait_until_back(1)
        heard.wait_for(rb"[\r\n]answer\r")
        assert session.relay.endswith(str(second.info.technicians_port))
        assert session.run("echo also new").stdout == "also new\n"
        session.end()


@pytest.mark.parametrize("who", ["customer", "relay"])
def test_silence_and_sleep_are_noticed_and_survived(relay: Relay, tmp_path: Path, who: str) -> None:
    """The customer's process is stopped as sleep does it, or the relay passes nothing on; then all goes on."""
    with hosted(relay, tmp_path, terminal()) as host:
        session = host.join()
        reach, heard = Reach(session), Heard()
        shell = session.shell(80, 24, heard)
        heard.wait_for(rb"[#$%>] ")
        frozen = [psutil.Process(host.child.pid)] if who == "customer" else connections(relay, Side.CUSTOMER)
        for process in frozen:
            process.suspend()
        shell.write(b"echo af''ter\n")
        began = time.monotonic()
        with reach._news:
            assert reach._news.wait_for(lambda: reach.lost, 32)
        assert time.monotonic() - began < 30
        for process in frozen if who == "customer" else ():
            process.resume()
        reach.wait_until_back(1)
        heard.wait_for(rb"[\r\n]after\r")
        for process in frozen:
            if process.is_running():
                process.send_signal(signal.SIGKILL if who == "relay" else signal.SIGCONT)
        assert session.run("echo on").stdout == "on\n"
        session.end()


def test_a_technician_who_stays_away_ends_the_session_and_its_shell(relay: Relay, tmp_path: Path) -> None:
    marker = f"sleep 986{os.getpid()}"
    with hosted(relay, tmp_path, terminal(), lost_seconds=2.0) as host:
        session = host.join()
        session.run(f"setsid nohup {marker} >/dev/null 2>&1 & sleep 0.1")
        session._connection.road._door = _no_door
        cut(relay, Side.TECHNICIAN)
        over = host.wait_for(control.Over)
        assert (over.reason, over.left) == (EndReason.CONNECTION_LOST, 0)
        assert "lost" in over.why
        assert host.child.join(PATIENCE)
        assert not any(marker in " ".join(one.info["cmdline"] or ()) for one in psutil.process_iter(["cmdline"]))
        assert b"technician_lost" in Path(over.audit).read_bytes()


def _no_door(_key: str) -> Door:
    raise NotAdmittedError


def test_what_was_said_to_be_over_is_not_waited_for(relay: Relay, tmp_path: Path) -> None:
    """The customer stops while the technician is cut off: the technician's end learns it from the service at once."""
    with hosted(relay, tmp_path, both(tmp_path)) as host:
        session = host.join()
        over = threading.Event()
        session.on_end(lambda _: over.set())
        cut(relay, Side.TECHNICIAN)
        host.stop()
        assert over.wait(PATIENCE)
        with pytest.raises(SessionEndedError):
            session.run("true")


@pytest.mark.usefixtures("impatient")
def test_nobody_else_can_go_on_with_a_way(relay: Relay, tmp_path: Path) -> None:
    """Who knows everything that a relay sees, but holds neither key, is not let into a session that was cut."""
    with hosted(relay, tmp_path, Grants(grants=terminal().grants)) as host:
        session = host.join()
        assert session.run("echo mine").stdout == "mine\n"
        traveller = next(iter(session._connection.road._travellers))
        honest = traveller._id
        thief = Road(host.session, new_key(), host.host_key, host.door)
        stolen = _Traveller(thief, lambda _: None)
        stolen._id = honest
        with pytest.raises(LinkError):
            stolen.set_out()
        stolen.way.close()
        thief.close()
        assert session.run("echo still mine").stdout == "still mine\n"
        session.end()
