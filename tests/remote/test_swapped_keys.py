"""A relay that puts itself, or anybody, in the place of the other party: no channel is ever opened."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import paramiko
import pytest

from app.domain.relay import Door
from app.remote.errors import ConnectionLostError, LinkError, WrongHostKeyError
from app.remote.keys import new_key, public_text
from app.remote.relay.relay import Relay
from app.remote.technician.joining import connect
from app.remote.technician.pinned import Pinned
from app.remote.transport import inner_transport, log_in
from app.system.clock import SystemClock, new_id
from tests.remote.chain import PATIENCE, hosted, terminal
from tests.remote.relay.clients import Party


class Swapper(paramiko.ServerInterface):
    """Lets everybody in, to whatever they like, and remembers that they tried."""

    def __init__(self) -> None:
        self.tried: list[str] = []

    def get_allowed_auths(self, username: str) -> str:
        self.tried.append(f"asked how to log in as {username}")
        return "publickey,password"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        self.tried.append(f"{username} showed {key.get_name()}")
        return paramiko.common.AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:
        self.tried.append(f"opened {kind} {chanid}")
        return paramiko.common.OPEN_SUCCEEDED


class SwappingServer:
    """An SSH server with a key of its own on a port of this machine."""

    def __init__(self, *, strict: bool = True, key: paramiko.PKey | None = None) -> None:
        self.key = key or new_key()
        self.server = Swapper()
        self.met = threading.Event()
        self._strict = strict
        self._transports: list[paramiko.Transport] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, name="swapper")
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for transport in self._transports:
            transport.close()
            transport.join()

    def _serve(self) -> None:
        while True:
            try:
                met, _ = self._listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(met, strict_kex=self._strict)
            transport.add_server_key(self.key)
            self._transports.append(transport)
            transport.start_server(event=threading.Event(), server=self.server)
            self.met.set()


@pytest.fixture
def swapper() -> Iterator[SwappingServer]:
    """A server in somebody else's place."""
    with closing(SwappingServer()) as server:
        yield server


def test_a_stranger_at_the_customers_port_learns_nothing(relay: Relay, tmp_path: Path, swapper: SwappingServer) -> None:
    session, customer = new_id(), Party(tmp_path, "customer")
    pinned = Pinned(session, new_id(), "Anna", public_text(new_key()), new_key())
    door = relay.admit_customer(session, customer.key)
    with customer.listening(door, swapper.port):
        with pytest.raises(WrongHostKeyError, match="nothing was opened"):
            connect(pinned, lambda key: relay.admit_technician(session, key), folder=tmp_path, clock=SystemClock())
        assert swapper.met.wait(PATIENCE)
        assert swapper.server.tried == []
    relay.expel(session)
    assert not list(tmp_path.glob("*.jsonl"))


def test_a_relay_with_another_key_is_not_logged_in_to(tmp_path: Path, swapper: SwappingServer) -> None:
    door = Door(host="127.0.0.1", port=swapper.port, user="x", host_key=public_text(new_key()), forward_port=1)
    pinned = Pinned(new_id(), new_id(), "Anna", public_text(new_key()), new_key())
    with pytest.raises(WrongHostKeyError):
        connect(pinned, lambda _: door, folder=tmp_path, clock=SystemClock())
    assert swapper.server.tried == []


@pytest.mark.usefixtures("impatient")
def test_a_stranger_who_comes_to_the_customer_gets_nothing_open(relay: Relay, tmp_path: Path) -> None:
    with hosted(relay, tmp_path, terminal()) as host:
        party = Party(tmp_path, "stranger")
        door = relay.admit_technician(host.session, party.key)
        for user in ("bistand", "root"):
            with pytest.raises(LinkError):
                connect(
                    Pinned(host.session, host.case, "Anna", host.host_key, new_key()),
                    lambda _: door.model_copy(update={"user": user}),  # noqa: B023 - called at once
                    folder=tmp_path / "technician",
                    clock=SystemClock(),
                )
        assert host.join().run("echo mine").stdout == "mine\n"


def test_the_inner_hop_insists_on_strict_key_exchange() -> None:
    key = new_key()
    with closing(SwappingServer(strict=False, key=key)) as server:
        sock = socket.create_connection(("127.0.0.1", server.port))
        transport = inner_transport(sock, "test", 2**20)
        with pytest.raises(ConnectionLostError, match="strict"):
            log_in(transport, host_key=public_text(key), user="bistand", key=new_key())
        assert server.server.tried == []


def test_only_modern_algorithms_are_offered() -> None:
    one, other = socket.socketpair()
    transport = inner_transport(one, "test", 2**20)
    options = transport.get_security_options()
    assert set(options.ciphers) == {"aes128-gcm@openssh.com", "aes256-gcm@openssh.com"}
    assert set(options.kex) <= {"mlkem768x25519-sha256", "curve25519-sha256@libssh.org"}
    assert transport.preferred_keys == ("ssh-ed25519",)
    assert set(options.compression) == {"none"}
    transport.shut()
    other.close()


@pytest.mark.parametrize("length", [0xFFFFFFFF, 0x7FFFFFFF, 2**20])
def test_a_packet_of_an_impossible_length_ends_the_connection(length: int) -> None:
    one, other = socket.socketpair()
    transport = inner_transport(one, "test", 2**20)
    threading.Thread(
        target=lambda: other.sendall(b"SSH-2.0-x\r\n" + length.to_bytes(4, "big") + b"\x04" * 60), name="sender"
    ).start()
    with pytest.raises(paramiko.SSHException):
        transport.start_client(timeout=PATIENCE)
    transport.shut()
    other.close()
