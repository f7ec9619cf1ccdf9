"""A colleague in a running session: real relay, hosting process, two technicians' ends, each with keys of their own."""

import json
import sys
import threading
import time
from pathlib import Path

import paramiko
import psutil
import pytest

from app.domain.consent import Grants
from app.domain.events import EndReason
from app.remote.customer import control
from app.remote.customer.host import ColleagueCodeGone
from app.remote.errors import RefusedByCustomerError, RemoteError
from app.remote.keys import new_key, public_text
from app.remote.relay.relay import Relay
from app.remote.relay.sshd import Side
from app.remote.seals import AUDIT_CHANNEL
from app.remote.technician.pinned import Pinned
from app.remote.technician.watching import WatchedSession, WatchOver, watch
from tests.remote.chain import PATIENCE, Hosted, hosted, terminal
from tests.remote.colleague_room import invitation, room
from tests.remote.cuts import cut
from tests.remote.test_session import Heard

assert sys.platform != "win32"


def test_a_colleague_sees_the_terminal_and_types_only_once_that_is_allowed(
    relay: Relay, tmp_path: Path, home: Path
) -> None:
    with room(relay, tmp_path) as there:
        heard, changed = Heard(), threading.Semaphore(0)
        code = there.code(invitation())
        there.anna.wishes.on_change(lambda: changed.release() if there.anna.colleagues else None)
        bo = there.comes(code, heard=heard)
        there.met.next(ColleagueCodeGone)
        assert there.did("colleague_came").detail == "Bo"
        assert changed.acquire(timeout=PATIENCE)
        assert there.anna.colleagues == ("Bo",)
        there.shell.write(b"echo $((6 * 7))\n")
        heard.wait_for(rb"[\r\n]42\r\n")
        bo.write(f"touch {tmp_path}/typed-too-early\n".encode())
        assert there.did("refused").detail == "Bo: typing"
        there.grant(invitation(), invitation(may_type=True))
        there.did("grants")
        bo.write(f"touch {tmp_path}/typed; echo $((50 + 5))\n".encode())
        heard.wait_for(rb"[\r\n]55\r\n")
        there.heard.wait_for(rb"[\r\n]55\r\n")
        assert not (tmp_path / "typed-too-early").exists()
        assert (tmp_path / "typed").exists()
        bo.close()
        assert bo.wait(PATIENCE) == WatchOver(None)
        there.did("colleague_left")
        audit = there.audit()
    anna = audit[0]["details"]
    said = {line["kind"]: line["details"] for line in audit}
    assert (said["colleague_came"]["what"], said["colleague_left"]["what"]) == ("Bo", "Bo")
    key = said["colleague_came"]["key"]
    assert key == said["colleague"]["key"] == said["colleague_left"]["key"] != anna["technician_key"]
    assert said["colleague_typed"]["what"] == "Bo"
    assert "typed-too-early" not in json.dumps(audit)  # that they typed stands there, not what


def test_a_colleague_can_do_nothing_but_look_on(relay: Relay, tmp_path: Path, home: Path) -> None:
    with room(relay, tmp_path) as there:
        bo = there.comes(there.code(invitation(may_type=True)))
        inner = bo._connection.inner
        assert inner is not None
        with pytest.raises(paramiko.SSHException):
            inner.open_session(timeout=PATIENCE).exec_command(f"touch {tmp_path}/planted")
        with pytest.raises(paramiko.SSHException):
            inner.open_session(timeout=PATIENCE).invoke_shell()
        for subsystem in ("sftp", AUDIT_CHANNEL):
            with pytest.raises(paramiko.SSHException):
                inner.open_session(timeout=PATIENCE).invoke_subsystem(subsystem)
        with pytest.raises(paramiko.ChannelException):
            inner.open_channel("direct-tcpip", ("127.0.0.1", 22), ("127.0.0.1", 0), timeout=PATIENCE)
        assert there.anna.run("true").exit_status == 0
        bo.close()
        refused = [line["details"]["what"] for line in there.audit() if line["kind"] == "refused"]
    assert len(refused) == 4
    assert all(what.startswith("Bo: ") for what in refused)
    assert not (tmp_path / "planted").exists()


@pytest.mark.usefixtures("impatient")
def test_what_is_taken_back_closes_at_once_and_lets_nobody_back(relay: Relay, tmp_path: Path, home: Path) -> None:
    with room(relay, tmp_path) as there:
        heard = Heard()
        bo = there.comes(there.code(invitation(may_type=True)), heard=heard)
        there.did("colleague_came")
        there.shell.write(b"echo before\n")
        heard.wait_for(rb"[\r\n]before\r\n")
        there.grant()
        assert bo.wait(PATIENCE) == WatchOver(None, taken_back=True)
        there.did("colleague_left")
        there.shell.write(b"echo secr''et\n")
        there.heard.wait_for(rb"[\r\n]secret\r\n")
        assert b"secret" not in heard.said
        again = WatchedSession(
            bo._connection._pinned, lambda key: relay.admit_technician(there.met.session, key), heard
        )
        with pytest.raises(RemoteError):
            again.connect()
        assert there.anna.run("true").exit_status == 0  # the session goes on without them
        heard_again = Heard()
        back = there.comes(there.code(invitation()), heard=heard_again)  # allowed anew, with another code and key
        there.shell.write(b"echo welcome\n")
        heard_again.wait_for(rb"[\r\n]welcome\r\n")
        back.close()


def test_an_invitation_that_runs_out_ends_what_it_let_in(relay: Relay, tmp_path: Path, home: Path) -> None:
    with room(relay, tmp_path) as there:
        bo = there.comes(there.code(invitation()))
        there.did("colleague_came")
        there.grant(invitation(minutes=0.02))
        assert bo.wait(PATIENCE) == WatchOver(None, taken_back=True)
        there.did("colleague_left")
        assert there.anna.run("true").exit_status == 0


def test_stop_ends_both(relay: Relay, tmp_path: Path, home: Path) -> None:
    with room(relay, tmp_path) as there:
        bo = there.comes(there.code(invitation()))
        there.did("colleague_came")
        ended = there.met.hosted.stop()
        assert not ended.forced
        assert bo.wait(PATIENCE) == WatchOver(EndReason.CUSTOMER_STOPPED)
        assert there.anna.end().reason is EndReason.CUSTOMER_STOPPED
    relay.expel(there.met.session)
    with pytest.raises(RemoteError):
        relay.admit_technician(there.met.session, public_text(new_key()))


def test_when_the_technician_leaves_the_colleague_is_told(relay: Relay, tmp_path: Path, home: Path) -> None:
    with room(relay, tmp_path) as there:
        bo = there.comes(there.code(invitation()))
        there.anna.end()
        assert bo.wait(PATIENCE) == WatchOver(EndReason.TECHNICIAN_LEFT)


def test_a_screen_that_takes_no_more_is_leaving(relay: Relay, tmp_path: Path, home: Path) -> None:
    def broken(_: bytes) -> None:
        raise BrokenPipeError

    with room(relay, tmp_path) as there:
        code, post = there.code(invitation()), there.met.post.technician()
        bo = watch(
            session=there.met.session,
            case=there.met.case,
            colleague="Bo",
            code=code,
            mailbox=post,
            door=lambda key: relay.admit_technician(there.met.session, key),
            on_output=broken,
        )
        there.did("colleague_came")
        there.shell.write(b"echo hello\n")
        assert bo.wait(PATIENCE) == WatchOver(None)
        there.did("colleague_left")


def test_a_pause_holds_what_a_colleague_types(relay: Relay, tmp_path: Path, home: Path) -> None:
    with room(relay, tmp_path) as there:
        heard = Heard()
        bo = there.comes(there.code(invitation(may_type=True)), heard=heard)
        bo.write(b"echo one; \n")
        heard.wait_for(rb"[\r\n]one\r\n")
        there.met.hosted.pause(True)
        there.did("paused")
        bo.write(f"touch {tmp_path}/typed; echo $((1 + 1))\n".encode())
        with pytest.raises(RefusedByCustomerError):
            there.anna.run("true")
        assert not (tmp_path / "typed").exists()
        there.met.hosted.pause(False)
        heard.wait_for(rb"[\r\n]2\r\n")
        bo.close()


def test_all_that_a_colleague_pastes_arrives(relay: Relay, tmp_path: Path, home: Path) -> None:
    lines = "".join(f"{number:06} {'x' * 50}\n" for number in range(2000))
    with room(relay, tmp_path) as there:
        bo = there.comes(there.code(invitation(may_type=True)))
        there.did("colleague_came")
        there.shell.write(f"stty -echo; echo rea''dy; cat > {tmp_path}/pasted; echo who''le\n".encode())
        there.heard.wait_for(rb"ready")
        bo.write(lines.encode() + b"\x04")
        there.heard.wait_for(rb"whole", 60)
        bo.close()
    assert (tmp_path / "pasted").read_text() == lines


def test_a_broken_connection_is_bridged_for_both(relay: Relay, tmp_path: Path, home: Path) -> None:
    with room(relay, tmp_path) as there:
        heard = Heard()
        bo = there.comes(there.code(invitation(may_type=True)), heard=heard)
        there.did("colleague_came")
        for number, sides in enumerate(((Side.TECHNICIAN,), (Side.CUSTOMER,), (Side.CUSTOMER, Side.TECHNICIAN))):
            cut(relay, *sides)
            bo.write(f"echo $((100 + {number}))\n".encode())
            pattern = f"[\r\n]{100 + number}\r\n".encode()
            heard.wait_for(pattern, 60)
            there.heard.wait_for(pattern, 60)
        bo.close()
        there.did("colleague_left")
        audit = there.audit()
    assert [line["kind"] for line in audit].count("colleague_came") == 1


def test_a_colleague_who_reads_nothing_holds_nothing_up(relay: Relay, tmp_path: Path) -> None:
    with hosted(relay, tmp_path, Grants(grants=(*terminal().grants, invitation()))) as host:
        anna = host.join()
        bo = _deaf(host)
        heard = Heard()
        shell = anna.shell(80, 24, heard)
        shell.write(b"head -c 8000000 /dev/zero | tr '\\0' x; echo; echo d''one\n")
        heard.wait_for(rb"[\r\n]done\r\n", 60)
        began = time.monotonic()
        host.child.say(control.Stop(reason=EndReason.CUSTOMER_STOPPED))
        over = host.wait_for(control.Over)
        assert time.monotonic() - began < 5
        assert (over.reason, over.left) == (EndReason.CUSTOMER_STOPPED, 0)
        assert host.child.join(PATIENCE)
        bo.close()
        assert not psutil.pid_exists(host.child.pid)


def _deaf(host: Hosted) -> WatchedSession:
    """A colleague whose end takes nothing that comes."""
    key = new_key()
    host.child.say(control.Paired(technician="Bo", key=public_text(key)))
    host.wait_for(control.Noted, lambda noted: noted.what == "colleague")

    def never(_: bytes) -> None:
        host.gone.wait(PATIENCE)

    watched = WatchedSession(Pinned(host.session, host.case, "Bo", host.host_key, key), host.door, never)
    watched.connect()
    return watched
