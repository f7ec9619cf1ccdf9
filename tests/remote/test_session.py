"""A session from end to end: real relay, hosting process, technician's client."""

import hashlib
import os
import re
import threading
import time
from pathlib import Path

import paramiko
import pytest

from app.domain.consent import Capability, Grants, TerminalGrant
from app.domain.events import EndReason
from app.remote.customer import control
from app.remote.errors import ConnectionLostError, RefusedByCustomerError, SessionEndedError, TransferError
from app.remote.keys import new_key
from app.remote.recording import searchable_text
from app.remote.relay.relay import Relay
from app.remote.technician.joining import connect
from app.remote.technician.pinned import Pinned
from app.remote.technician.session import TechnicianSession
from app.remote.verify import verify
from app.system.clock import SystemClock
from tests.remote.chain import PATIENCE, both, files, hosted, soon, terminal


class Heard:
    """What a shell said, awaited by pattern."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self.said = b""

    def __call__(self, data: bytes) -> None:
        with self._news:
            self.said += data
            self._news.notify_all()

    def wait_for(self, pattern: bytes, seconds: float = PATIENCE) -> None:
        with self._news:
            assert self._news.wait_for(lambda: re.search(pattern, self.said), seconds), self.said


def test_commands_run_with_their_status_and_streams_apart(relay: Relay, tmp_path: Path) -> None:
    with hosted(relay, tmp_path, terminal()) as host:
        session = host.join()
        heard: list[bytes] = []
        result = session.run("echo said; echo complained >&2; exit 7", heard.append)
        assert (result.exit_status, result.stdout) == (7, "said\n")
        assert b"complained\n" in heard
        assert session.run("kill -TERM $$").exit_status == 128 + 15
        assert session.run("cat; echo done").stdout == "done\n"  # its input is at its end
        raw: list[bytes] = []
        session.run("printf '\\000\\377\\r\\n\\033'", raw.append)
        assert b"".join(raw) == b"\x00\xff\r\n\x1b"
        assert session.connect_seconds < PATIENCE
        session.end()


def test_a_shell_is_a_terminal_of_the_right_size(relay: Relay, tmp_path: Path) -> None:
    with hosted(relay, tmp_path, terminal()) as host:
        session = host.join()
        heard = Heard()
        shell = session.shell(81, 24, heard)
        shell.write(b"stty size; tty; echo $TERM\n")
        heard.wait_for(rb"24 81\r\n/dev/pts/\d+\r\nxterm-256color")
        shell.resize(120, 40)
        shell.write(b"stty size; env\n")
        heard.wait_for(rb"40 120[^$]*HOME=")
        shell.write(b"ulimit -S -d; exit 5\n")
        assert shell.wait(PATIENCE) == 5
        assert b"unlimited" in heard.said
        assert b"PYTHONPATH" not in heard.said
        assert set(re.findall(rb"BISTAND\w*", heard.said)) == {b"BISTAND_HOSTED_BY"}  # the mark alone, no secret
        ended = session.end()
        assert "stty size" in searchable_text(ended.recording)


def test_files_go_there_and_back_whole(relay: Relay, tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    content = os.urandom(5_000_000)
    (tmp_path / "local.bin").write_bytes(content)
    (tmp_path / "empty").write_bytes(b"")
    with hosted(relay, tmp_path, files(share)) as host:
        session = host.join()
        sent = session.put(tmp_path / "local.bin", str(share))
        assert sent.sha256 == hashlib.sha256(content).hexdigest()
        assert (share / "local.bin").read_bytes() == content
        fetched = session.get(str(share / "local.bin"), tmp_path / "back.bin")
        assert fetched == sent
        assert (tmp_path / "back.bin").read_bytes() == content
        session.put(tmp_path / "empty", str(share / "local.bin"))  # replaces
        assert session.get("local.bin", tmp_path / "empty.back").bytes == 0
        assert [path.name for path in share.iterdir()] == ["local.bin"]
        ended = session.end()
        assert ended.files == 4


@pytest.mark.parametrize(
    "remote", ["/etc/passwd", "../secret", "{share}/../secret", "{share}x/secret", "out/secret", "{share}/home/s"]
)
def test_no_file_outside_the_grant_is_reached(relay: Relay, tmp_path: Path, remote: str) -> None:
    share = tmp_path / "share"
    for folder in (share, tmp_path / "sharex"):
        folder.mkdir()
        (folder / "secret").write_text("secret")
    (tmp_path / "secret").write_text("secret")
    (share / "link").symlink_to("/etc/passwd")
    (share / "out").symlink_to(tmp_path)
    (tmp_path / "mine").write_text("mine")
    path = remote.format(share=share)
    with hosted(relay, tmp_path, files(share)) as host:
        session = host.join()
        with pytest.raises((RefusedByCustomerError, TransferError)):
            session.get(path, tmp_path / "fetched")
        with pytest.raises((RefusedByCustomerError, TransferError)):
            session.put(tmp_path / "mine", path)
        session.end()
    assert not (tmp_path / "fetched").exists()
    assert (tmp_path / "secret").read_text() == (tmp_path / "sharex" / "secret").read_text() == "secret"


def test_a_link_is_not_followed_but_replaced(relay: Relay, tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    (tmp_path / "secret").write_text("secret")
    (share / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "mine").write_text("mine")
    with hosted(relay, tmp_path, files(share)) as host:
        session = host.join()
        with pytest.raises(RefusedByCustomerError):
            session.get("link", tmp_path / "fetched")
        session.put(tmp_path / "mine", str(share / "link"))
        session.end()
    assert (tmp_path / "secret").read_text() == "secret"
    assert (share / "link").read_text() == "mine"


def test_a_folder_granted_for_reading_is_not_written_to(relay: Relay, tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    (share / "there").write_text("there")
    with hosted(relay, tmp_path, files(share, write=False)) as host:
        session = host.join()
        assert session.get("there", tmp_path / "fetched").bytes == 5
        with pytest.raises(RefusedByCustomerError):
            session.put(tmp_path / "fetched", str(share / "new"))
        session.end()
    assert [path.name for path in share.iterdir()] == ["there"]


def test_nothing_runs_that_was_not_granted(relay: Relay, tmp_path: Path) -> None:
    with hosted(relay, tmp_path, files(tmp_path)) as host:
        session = host.join()
        with pytest.raises(RefusedByCustomerError):
            session.run("touch /tmp/was-here")
        with pytest.raises(RefusedByCustomerError):
            session.shell(80, 24, lambda _: None)
        ended = session.end()
        assert ended.commands == 0
        assert b'"kind":"refused"' in ended.audit.read_bytes()


def test_ports_agents_and_x11_are_refused(relay: Relay, tmp_path: Path) -> None:
    with hosted(relay, tmp_path, both(tmp_path)) as host:
        session = host.join()
        inner = session._connection.inner
        assert inner is not None
        for kind, target in (("direct-tcpip", ("127.0.0.1", 22)), ("direct-tcpip", ("169.254.169.254", 80))):
            with pytest.raises(paramiko.ChannelException):
                inner.open_channel(kind, target, ("127.0.0.1", 0), timeout=PATIENCE)
        with pytest.raises(paramiko.SSHException):
            inner.request_port_forward("127.0.0.1", 0)
        for subsystem in ("netconf", "shell"):
            with pytest.raises(paramiko.SSHException):
                inner.open_session(timeout=PATIENCE).invoke_subsystem(subsystem)
        session.end()


def test_a_seventeenth_channel_is_refused(relay: Relay, tmp_path: Path) -> None:
    with hosted(relay, tmp_path, terminal()) as host:
        session = host.join()
        inner = session._connection.inner
        assert inner is not None
        kept = [inner.open_session(timeout=PATIENCE) for _ in range(15)]  # and the audit's own
        with pytest.raises(paramiko.ChannelException):
            inner.open_session(timeout=PATIENCE)
        kept[0].close()
        assert session.run("true").exit_status == 0
        session.end()


def test_taking_the_terminal_away_closes_what_lives_on_it(relay: Relay, tmp_path: Path) -> None:
    with hosted(relay, tmp_path, both(tmp_path)) as host:
        session = host.join()
        heard = Heard()
        shell = session.shell(80, 24, heard)
        shell.write(b"echo $((40+2))\n")
        heard.wait_for(b"42")
        host.child.say(control.NewGrants(grants=files(tmp_path)))
        assert shell.wait(PATIENCE) is not None
        with pytest.raises(RefusedByCustomerError):
            session.run("true")
        (tmp_path / "file").write_text("still")
        assert session.get(str(tmp_path / "file"), tmp_path / "copy").bytes == 5
        session.end()


def test_what_is_taken_back_is_gone_though_something_else_cannot_be_served(relay: Relay, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("still")
    with hosted(relay, tmp_path, both(tmp_path)) as host:
        session = host.join()
        assert session.run("true").exit_status == 0
        gone = files(tmp_path / "nowhere").grants
        host.child.say(control.NewGrants(grants=Grants(grants=files(tmp_path).grants + gone)))
        assert host.wait_for(control.Refused).grants == gone
        with pytest.raises(RefusedByCustomerError):
            session.run("true")
        assert session.get(str(tmp_path / "file"), tmp_path / "copy").bytes == 5
        assert session.wishes.grants is not None
        assert [grant.capability for grant in session.wishes.grants.grants] == [Capability.FILES]
        session.end()


def test_the_session_ends_when_the_last_grant_runs_out(relay: Relay, tmp_path: Path) -> None:
    with hosted(relay, tmp_path, terminal()) as host:
        session = host.join()
        short = Grants(grants=(TerminalGrant(until=soon(0.03)),))
        host.child.say(control.NewGrants(grants=short))
        over = threading.Event()
        session.on_end(lambda _: over.set())
        with pytest.raises(SessionEndedError) as ended:
            session.run("sleep 60")
        assert ended.value.reason is EndReason.EXPIRED
        assert over.wait(PATIENCE)
        assert host.wait_for(control.Over).reason is EndReason.EXPIRED


def test_both_ends_hold_the_same_audit_signed_by_both(relay: Relay, tmp_path: Path) -> None:
    with hosted(relay, tmp_path, both(tmp_path)) as host:
        session = host.join()
        session.run("echo one")
        ended = session.end()
        over = host.wait_for(control.Over)
        assert ended.reason is over.reason is EndReason.TECHNICIAN_LEFT
        assert ended.audit_head == over.head
        assert over.head.customer_signature
        assert over.head.technician_signature
        assert ended.audit.read_bytes() == Path(over.audit).read_bytes()
        for path in (ended.audit, Path(over.audit)):
            proved = verify(path)
            assert proved.complete
            assert proved.seal == over.head
        assert session.end() == ended  # again changes nothing
        with pytest.raises(SessionEndedError):
            session.run("true")


@pytest.mark.usefixtures("impatient")
def test_another_technician_key_is_let_into_nothing(relay: Relay, tmp_path: Path) -> None:
    with hosted(relay, tmp_path, both(tmp_path)) as host:
        stranger = Pinned(host.session, host.case, "Anna", host.host_key, new_key())
        with pytest.raises(ConnectionLostError):
            connect(stranger, host.door, folder=host.technician_folder, clock=SystemClock())
        noted = host.wait_for(control.Noted, lambda noted: noted.what == "refused")
        assert noted.detail == "coming in"
        session = host.join()  # the right one is not kept out by that
        assert session.run("echo in").stdout == "in\n"
        assert b"not the paired technician" in session.end().audit.read_bytes()


def test_a_second_connection_with_the_same_key_is_refused(relay: Relay, tmp_path: Path) -> None:
    with hosted(relay, tmp_path, terminal()) as host:
        session = host.join()
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        with pytest.raises((ConnectionLostError, SessionEndedError)):
            connect(host.pinned(), host.door, folder=elsewhere, clock=SystemClock())
        assert session.run("echo still").stdout == "still\n"
        session.end()


def test_the_customer_sees_output_and_deeds_as_they_happen(relay: Relay, tmp_path: Path) -> None:
    with hosted(relay, tmp_path, terminal()) as host:
        session = host.join()
        session.run("echo visible")
        assert host.wait_for(control.Noted, lambda noted: noted.what == "command").detail == "echo visible"
        assert host.wait_for(control.Shown).content == b"visible\n"
        session.end()
        over = host.wait_for(control.Over)
        assert searchable_text(Path(over.recording)) == searchable_text(session.recording) or over.commands == 1


def test_no_thread_and_no_descriptor_is_left(relay: Relay, tmp_path: Path) -> None:
    def held() -> tuple[int, int]:
        return threading.active_count(), sum(1 for _ in Path("/proc/self/fd").iterdir())

    def grown(now: tuple[int, int]) -> bool:  # fewer is no fault: earlier tests' may go at any time
        return any(many > before for many, before in zip(now, counts[1], strict=True))

    counts: list[tuple[int, int]] = []
    for number in range(4):  # the first one only gives what earlier tests have left the time to go
        folder = tmp_path / str(number)
        folder.mkdir()
        with hosted(relay, folder, both(folder)) as host:
            session = host.join()
            session.run("true")
            prompted = threading.Event()
            _open_shell(session, prompted)
            assert prompted.wait(PATIENCE)
            (folder / "file").write_text("x")
            session.get("file", folder / "copy")
            session.end()
            host.wait_for(control.Over)
            assert host.child.join(PATIENCE)
        deadline = time.monotonic() + PATIENCE
        while number > 1 and grown(held()) and time.monotonic() < deadline:
            time.sleep(0.02)
        counts.append(held())
    assert not grown(counts[3]), (counts, [thread.name for thread in threading.enumerate()])


def _open_shell(session: TechnicianSession, prompted: threading.Event) -> None:
    """A shell that tells when it shows its first letters: then the person's profile has run."""
    session.shell(80, 24, lambda _: prompted.set())
