"""What goes along with a session, forwarded ports and OpenSSH's own programs, survives a cut as the session does."""

import hashlib
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.consent import FilesGrant, Grants, PortGrant
from app.remote.relay.relay import Relay
from app.remote.relay.sshd import Side
from tests.remote.chain import PATIENCE, hosted, soon
from tests.remote.cuts import Reach, cut


@pytest.fixture
def parrot() -> Iterator[int]:
    """The port of something on the customer's network that says each thing again as it comes, to one at a time."""
    listening = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                while data := connection.recv(65536):
                    connection.sendall(data)

    thread = threading.Thread(target=run)
    thread.start()
    yield listening.getsockname()[1]
    listening.shutdown(socket.SHUT_RDWR)
    thread.join(PATIENCE)
    listening.close()


def test_a_connection_through_a_forwarded_port_goes_on(relay: Relay, tmp_path: Path, parrot: int) -> None:
    grant = PortGrant(host="printer", port=parrot, address="127.0.0.1", until=soon())
    with hosted(relay, tmp_path, Grants(grants=(grant,))) as host:
        session = host.join()
        reach = Reach(session)
        forward = session.forward(0, "printer", parrot, lambda error: None)
        with socket.create_connection(("127.0.0.1", forward.port), PATIENCE) as connection:
            connection.settimeout(2 * PATIENCE)
            heard = connection.makefile("rb")
            for number, side in enumerate((Side.CUSTOMER, Side.TECHNICIAN, Side.CUSTOMER)):
                said = b"%d " % number + os.urandom(300_000).hex().encode() + b"\n"
                connection.sendall(said)
                cut(relay, side)
                assert heard.readline() == said
                reach.wait_until_back(number + 1)
        session.end()


@pytest.mark.skipif(shutil.which("scp") is None, reason="OpenSSH's client is not installed")
def test_a_file_that_scp_is_sending_arrives_whole(relay: Relay, tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    content = os.urandom(60_000_000)
    (tmp_path / "local").write_bytes(content)
    grant = FilesGrant(folder=str(share), write=True, until=soon())
    with hosted(relay, tmp_path, Grants(grants=(grant,))) as host:
        session = host.join()
        reach = Reach(session)
        session.ssh_config(tmp_path / "session.config", ())
        words = ["scp", "-F", str(tmp_path / "session.config"), str(tmp_path / "local"), f"customer:{share}/there"]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as running:
            _wait_until_some_came(share, running)
            cut(relay, Side.CUSTOMER, Side.TECHNICIAN)
            said, _ = running.communicate(timeout=3 * PATIENCE)
            assert running.returncode == 0, said
        reach.wait_until_back(1)
        assert hashlib.sha256((share / "there").read_bytes()).digest() == hashlib.sha256(content).digest()
        session.end()


def _wait_until_some_came(share: Path, running: "subprocess.Popen[bytes]") -> None:
    """Until a part of the file is there, and not the whole: otherwise the cut would cut nothing."""
    while not any(path.stat().st_size for path in share.iterdir()):
        assert running.poll() is None, running.communicate()
