"""OpenSSH's own `ssh`, `sftp`, `scp` and `rsync` against a live session, inside and outside what was granted."""

import os
import queue
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from app.domain.consent import FilesGrant, Grant, Grants, PortGrant, TerminalGrant
from app.remote.customer import control
from app.remote.errors import ConfigNotWrittenError, RemoteError
from app.remote.relay.relay import Relay
from app.remote.technician.session import TechnicianSession
from tests.ports import free_port, refusing_port
from tests.remote.chain import PATIENCE, Hosted, hosted, soon
from tests.remote.technician.openssh import OpenSsh, audit_of

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("ssh", "sftp", "scp", "rsync"))), reason="OpenSSH's client or rsync is not installed"
)


def a_terminal() -> TerminalGrant:
    """A terminal for some minutes from now: made by each test, for the run may take longer than the grant holds."""
    return TerminalGrant(until=soon())


def folder(path: Path, *, write: bool = True) -> FilesGrant:
    """A granted folder."""
    path.mkdir(exist_ok=True)
    return FilesGrant(folder=str(path), write=write, until=soon())


@contextmanager
def tools(relay: Relay, path: Path, *grants: Grant) -> Iterator[tuple[Hosted, TechnicianSession, OpenSsh]]:
    """A live session with these grants, and the programs that go along with it."""
    with hosted(relay, path, Grants(grants=grants)) as host:
        session = host.join()
        session.ssh_config(path / "session.config", ("7QF-2MK",))
        try:
            yield host, session, OpenSsh(path / "session.config")
        finally:
            session.end()


class Echo:
    """Something on the customer's network: answers each connection with what came, when that is at its end."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.served = 0
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def close(self) -> None:
        """Stop."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE)
        self._socket.close()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.served += 1
            with connection:
                said = b""
                while data := connection.recv(65536):
                    said += data
                connection.sendall(b"heard " + said)


@pytest.fixture
def echo() -> Iterator[Echo]:
    """Started, and stopped in the end."""
    running = Echo()
    yield running
    running.close()


def answer(port: int, said: bytes) -> bytes:
    """What comes back through a forwarded port; nothing where it is hung up on."""
    heard = b""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection, suppress(ConnectionResetError):
        connection.sendall(said)
        connection.shutdown(socket.SHUT_WR)
        while data := connection.recv(65536):
            heard += data
    return heard


def test_ssh_runs_commands_and_a_shell(relay: Relay, tmp_path: Path) -> None:
    with tools(relay, tmp_path, a_terminal()) as (host, session, programs):
        done = programs.ssh("customer", "echo said; echo complained >&2; cat; exit 7", typing="typed")
        assert (done.returncode, done.stdout, done.stderr) == (7, "said\ntyped", "complained\n")
        assert programs.ssh("7QF-2MK", "kill -TERM $$").returncode in (128 + 15, 255)
        shown, status = programs.on_a_terminal("-tt", "customer", typing=b"tty; echo $((6 * 7)); exit 5\n")
        assert status == 5, shown
        assert b"/dev/pts/" in shown
        assert b"42" in shown
        large = programs.ssh("customer", "head -c 3000000 /dev/zero | tr '\\0' x")
        assert large.stdout == "x" * 3_000_000
        assert programs.sftp("ls").returncode != 0  # files were not granted
        noted = audit_of(host)
        assert ("command", "echo said; echo complained >&2; cat; exit 7") in noted
        assert ("shell", "") in noted
        assert ("refused", "files") in noted
        recorded = (host.customer_folder / f"{host.session}.cast").read_text()
        assert "complained" in recorded
        assert "complained" not in session.recording.read_text()  # this end carried ciphertext alone


def test_ssh_forwards_a_granted_port_and_no_other(relay: Relay, tmp_path: Path, echo: Echo) -> None:
    secret = Echo()
    grant = PortGrant(host="router.example", port=echo.port, address="127.0.0.1", until=soon())
    try:
        with tools(relay, tmp_path, grant) as (host, _, programs):
            ours, theirs = (free_port() for _ in range(2))
            options = ("-L", f"{ours}:router.example:{echo.port}", "-L", f"{theirs}:127.0.0.1:{secret.port}")
            running = programs.start("-N", *options, "customer")
            try:
                assert _answered(ours, b"hello") == b"heard hello"
                assert answer(theirs, b"hello") == b""
            finally:
                running.terminate()
                running.communicate()
            noted = audit_of(host)
            assert ("port_opened", f"router.example:{echo.port}") in noted
            assert ("refused", f"a connection to 127.0.0.1:{secret.port}") in noted
            refused = programs.ssh("-o", "ExitOnForwardFailure=yes", "-N", "-R", "0:127.0.0.1:22", "customer")
            assert refused.returncode != 0  # nobody listens at the customer's
            assert any("listening on" in what for kind, what in audit_of(host) if kind == "refused")
        assert secret.served == 0
    finally:
        secret.close()


def test_sftp_works_in_the_granted_folder_alone(relay: Relay, tmp_path: Path) -> None:
    share, outside = tmp_path / "share", tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    content = os.urandom(700_000)
    (tmp_path / "local.bin").write_bytes(content)
    with tools(relay, tmp_path, folder(share)) as (host, _, programs):
        (share / "way out").symlink_to(outside)
        done = programs.sftp(
            f"put {tmp_path}/local.bin first.bin",
            "rename first.bin second.bin",
            "mkdir kept",
            "chmod 640 second.bin",
            f"get -p second.bin {tmp_path}/back.bin",
            "ls -l",
            "pwd",
        )
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "back.bin").read_bytes() == content
        assert "second.bin" in done.stdout
        assert f"Remote working directory: {share}" in done.stdout
        assert oct((share / "second.bin").stat().st_mode)[-3:] == "640"
        for line in (
            f"get {outside}/secret {tmp_path}/stolen",
            f"get '{share}/way out/secret' {tmp_path}/stolen",
            f"put {tmp_path}/local.bin {outside}/planted",
            f"ls {outside}",
            f"rename second.bin {outside}/planted",
            "ln -s /etc/passwd link",
        ):
            assert programs.sftp(line).returncode != 0, line
        assert not (tmp_path / "stolen").exists()
        assert [path.name for path in outside.iterdir()] == ["secret"]
        assert sorted(path.name for path in share.iterdir()) == ["kept", "second.bin", "way out"]
        noted = audit_of(host)
        assert {"file_received", "file_sent", "file_moved", "folder_made", "folder_listed"} <= {
            kind for kind, _ in noted
        }
        assert ("refused", f"{outside}/secret") in noted
        assert programs.ssh("customer", "id").returncode == 255  # the terminal was not granted
        assert ("refused", "id") in audit_of(host)


def test_a_folder_to_read_cannot_be_written_in(relay: Relay, tmp_path: Path) -> None:
    share = tmp_path / "share"
    with tools(relay, tmp_path, folder(share, write=False)) as (_, _, programs):
        (share / "kept").write_text("kept")
        assert programs.scp("customer:kept", f"{tmp_path}/got").returncode == 0
        for line in (f"put {tmp_path}/got new", "rm kept", "rename kept lost", "mkdir new", "chmod 777 kept"):
            assert programs.sftp(line).returncode != 0, line
        assert [(path.name, path.read_text()) for path in share.iterdir()] == [("kept", "kept")]


def test_scp_copies_both_ways_and_not_outside(relay: Relay, tmp_path: Path) -> None:
    share, tree = tmp_path / "share", tmp_path / "tree"
    (tree / "deep").mkdir(parents=True)
    (tree / "one").write_text("one")
    (tree / "deep" / "two").write_text("two")
    with tools(relay, tmp_path, folder(share)) as (host, _, programs):
        for words in (("-r", str(tree), "customer:"), ("-rp", f"customer:{share}/tree", f"{tmp_path}/back")):
            done = programs.scp(*words)
            assert done.returncode == 0, done.stderr
        assert (tmp_path / "back" / "deep" / "two").read_text() == "two"
        assert programs.scp("customer:/etc/passwd", f"{tmp_path}/stolen").returncode != 0
        assert programs.scp(str(tree / "one"), f"customer:{tmp_path}/planted").returncode != 0
        assert programs.scp("-O", str(tree / "one"), "customer:old").returncode != 0  # the old way is a command
        assert not (tmp_path / "stolen").exists()
        assert not (tmp_path / "planted").exists()
        assert ("file_received", f"{share}/tree/deep/two") in audit_of(host)


def test_rsync_copies_a_tree_where_the_terminal_is_granted(relay: Relay, tmp_path: Path) -> None:
    source, there, back = (tmp_path / name for name in ("source", "there", "back"))
    (source / "deep").mkdir(parents=True)
    (source / "deep" / "large").write_bytes(os.urandom(400_000))
    (source / "small").write_text("small")
    with tools(relay, tmp_path, a_terminal()) as (host, _, programs):
        for words in ((f"{source}/", f"customer:{there}/"), (f"customer:{there}/", f"{back}/")):
            done = programs.rsync("-a", *words)
            assert done.returncode == 0, done.stderr
        assert _tree(back) == _tree(source)
        assert any(kind == "command" and what.startswith("rsync --server") for kind, what in audit_of(host))
    with tools(relay, tmp_path, folder(there)) as (host, _, programs):
        assert programs.rsync("-a", f"{source}/", f"customer:{there}/again/").returncode != 0
        assert not (there / "again").exists()
        assert any(kind == "refused" and what.startswith("rsync --server") for kind, what in audit_of(host))


def test_stop_cuts_the_programs_and_takes_the_config_away(relay: Relay, tmp_path: Path) -> None:
    threads = set(threading.enumerate())
    with hosted(relay, tmp_path, Grants(grants=(a_terminal(),))) as host:
        session = host.join()
        tool = session.ssh_config(tmp_path / "session.config")
        over = threading.Event()
        session.on_end(lambda _: over.set())
        private = tool._folder
        assert private.stat().st_mode & 0o777 == 0o700
        assert tool.config.stat().st_mode & 0o777 == 0o600
        assert b"PRIVATE" not in b"".join(path.read_bytes() for path in private.iterdir() if path.is_file())
        running = OpenSsh(tool.config).start("customer", "sleep 600")
        host.wait_for(control.Noted, lambda noted: noted.detail == "sleep 600")
        host.stop()
        assert running.wait(PATIENCE) == 255
        running.communicate()
        assert over.wait(PATIENCE)
        assert not tool.config.exists()
        assert not private.exists()
    for thread in set(threading.enumerate()) - threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), thread


def test_a_file_of_somebodys_own_is_never_replaced(relay: Relay, tmp_path: Path) -> None:
    theirs = tmp_path / "config"
    theirs.write_text("Host mine\n")
    with hosted(relay, tmp_path, Grants(grants=(a_terminal(),))) as host:
        session = host.join()
        with pytest.raises(ConfigNotWrittenError, match="not there"):
            session.ssh_config(theirs)
        assert theirs.read_text() == "Host mine\n"
        ours = session.ssh_config(tmp_path / "ours")
        left_behind = ours.config.read_text()
        ours.close()
        assert not ours.config.exists()
        ours.config.write_text(left_behind)  # as after a power cut
        again = session.ssh_config(tmp_path / "ours")
        assert OpenSsh(again.config).ssh("customer", "exit 3").returncode == 3
        session.end()
        assert not ours.config.exists()


def test_a_forward_of_our_own(relay: Relay, tmp_path: Path, echo: Echo) -> None:
    grant = PortGrant(host="printer", port=echo.port, address="127.0.0.1", until=soon())
    with hosted(relay, tmp_path, Grants(grants=(grant,))) as host:
        session = host.join()
        refused: list[RemoteError] = []
        forward = session.forward(0, "printer", echo.port, refused.append)
        other = session.forward(0, "printer", echo.port + 1, refused.append)
        said = os.urandom(2_000_000)
        assert answer(forward.port, said) == b"heard " + said
        assert answer(other.port, b"hello") == b""
        assert "not allowed" in str(refused[0])
        crowd = [threading.Thread(target=answer, args=(forward.port, b"x")) for _ in range(40)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join(PATIENCE)
        assert echo.served == 41
        host.child.say(control.NewGrants(grants=Grants(grants=(a_terminal(),))))
        host.wait_for(control.Noted, lambda noted: noted.what == "grant")
        assert answer(forward.port, b"hello") == b""
        forward.close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", forward.port))
        session.end()


def test_a_forward_to_where_nothing_answers_is_told_of(relay: Relay, tmp_path: Path) -> None:
    with refusing_port() as closed, hosted(relay, tmp_path, _printer_at(closed)) as host:
        session = host.join()
        told: queue.Queue[RemoteError] = queue.Queue()
        forward = session.forward(0, "printer", closed, told.put)
        assert answer(forward.port, b"hello") == b""
        assert "could not connect to printer" in str(told.get(timeout=PATIENCE))
        session.end()


def _printer_at(port: int) -> Grants:
    return Grants(grants=(PortGrant(host="Printer", port=port, address="127.0.0.1", until=soon()),))


def _answered(port: int, said: bytes) -> bytes:
    """As `answer`, once somebody listens there."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return answer(port, said)
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.02)  # ssh tells nobody when it listens


def _tree(top: Path) -> dict[str, bytes]:
    return {str(path.relative_to(top)): path.read_bytes() for path in top.rglob("*") if path.is_file()}
