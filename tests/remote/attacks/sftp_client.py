"""An SFTP client that says whatever it likes, and the customer's real end, over a real SSH channel."""

# ruff: noqa: E402 - the platform comes first

import sys

assert sys.platform != "win32"
import itertools
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import paramiko
from paramiko.sftp import CMD_HANDLE, CMD_INIT, CMD_STATUS, CMD_VERSION

from app.domain.consent import FilesGrant, Grants, PortGrant
from app.remote.customer.colleague import Watching
from app.remote.customer.files import JailedFiles
from app.remote.customer.jail import Jail
from app.remote.customer.ports import Passage
from app.remote.customer.server import Guest, Server
from app.remote.customer.sftp import BoundedSftp
from app.remote.customer.terminal import Run, Window
from app.remote.gate import Gate
from app.remote.keys import new_key, public_text
from app.remote.seals import USER
from app.remote.transport import CUSTOMER_WINDOW, inner_transport, log_in
from app.system.clock import SystemClock
from tests.remote.attacks.ssh_corpus import number, text
from tests.remote.chain import soon

PATIENCE = 20.0
NO_ATTRIBUTES = bytes(4)


def wide(value: int) -> bytes:
    """Eight bytes."""
    return struct.pack(">Q", value)


class Client:
    """Speaks SFTP in raw messages. `seen` is all that ever came back."""

    def __init__(self, channel: paramiko.Channel) -> None:
        self.channel = channel
        self.seen = bytearray()
        self._numbers = itertools.count(1)

    def greet(self) -> None:
        """Begin as the protocol wants it."""
        self.send(CMD_INIT, number(3))
        assert self.receive()[0] == CMD_VERSION

    def ask(self, kind: int, body: bytes) -> tuple[int, bytes]:
        """A request and its answer: its kind, and what follows the request's number. Raises `EOFError`."""
        ours = number(next(self._numbers))
        self.send(kind, ours + body)
        answer, content = self.receive()
        assert content[:4] == ours
        return answer, content[4:]

    def status(self, kind: int, body: bytes) -> int:
        """The status that a request is answered with; -1 where it is no status but a result."""
        answer, content = self.ask(kind, body)
        return int(struct.unpack(">I", content[:4])[0]) if answer == CMD_STATUS else -1

    def handle(self, kind: int, body: bytes) -> bytes | None:
        """The handle that a request is answered with, as it is sent back, or None."""
        answer, content = self.ask(kind, body)
        return content if answer == CMD_HANDLE else None

    def send(self, kind: int, body: bytes) -> None:
        """One message."""
        self.channel.sendall(number(len(body) + 1) + bytes([kind]) + body)

    def receive(self) -> tuple[int, bytes]:
        """The next message. Raises `EOFError` where the other side hangs up, `TimeoutError` where it says nothing."""
        (length,) = struct.unpack(">I", self._exactly(4))
        content = self._exactly(length)
        return content[0], content[1:]

    def _exactly(self, length: int) -> bytes:
        parts = bytearray()
        while len(parts) < length:
            part = self.channel.recv(length - len(parts))
            if not part:
                raise EOFError
            parts += part
        self.seen += parts
        return bytes(parts)


class Customer:
    """The customer's end with these folders granted. `notes` is what the audit would hold."""

    def __init__(self, grants: Grants, never: tuple[Path, ...]) -> None:
        self.notes: list[tuple[str, str]] = []
        self.jail = Jail(grants.folders(SystemClock().now()), never)
        self.gate = Gate(grants, SystemClock())
        self.servers: list[BoundedSftp] = []
        self._key, self._technician = new_key(), new_key()
        ours, theirs = socket.socketpair()
        self._inside = inner_transport(ours, "customer", CUSTOMER_WINDOW)
        self._inside.add_server_key(self._key)
        server = Server(Guest("Anna", public_text(self._technician)), self.gate, self, self.note)
        self._inside.start_server(event=threading.Event(), server=server)
        self._outside = inner_transport(theirs, "technician", CUSTOMER_WINDOW)
        log_in(self._outside, host_key=public_text(self._key), user=USER, key=self._technician)

    def note(self, kind: str, subject: str, **facts: str | int | bool) -> None:
        del facts
        self.notes.append((kind, subject))

    def client(self) -> Client:
        """A fresh SFTP channel, nothing said yet."""
        channel = self._outside.open_session(timeout=PATIENCE)
        channel.settimeout(PATIENCE)
        channel.invoke_subsystem("sftp")
        return Client(channel)

    def has_room(self) -> bool:
        return True

    def opened(self, channel: paramiko.Channel) -> None:
        """One test's channels are few."""

    def run(self, channel: paramiko.Channel, command: str | None, window: Window | None, sent: dict[str, str]) -> Run:
        raise AssertionError("no terminal was granted")

    def files(self, channel: paramiko.Channel, server: paramiko.ServerInterface) -> None:
        served = BoundedSftp(channel, "sftp", server, JailedFiles, self.gate, lambda: self.jail, self.note)
        self.servers.append(served)
        served.start()

    def port(self, channel: paramiko.Channel, grant: PortGrant) -> Passage:
        raise AssertionError("no port was granted")

    def audit(self, channel: paramiko.Channel) -> bool:
        raise AssertionError("nobody asked for it")

    def watch(self, channel: paramiko.Channel, name: str) -> Watching:
        raise AssertionError("nobody was invited")

    def close(self) -> None:
        """Hang up and see every thread end."""
        self._outside.shut()
        self._inside.join(PATIENCE)
        self._inside.shut()
        for served in self.servers:
            served.join(PATIENCE)
        self.jail.close()
        assert not any(thread.is_alive() for thread in (self._inside, self._outside, *self.servers))


@contextmanager
def customer(folders: dict[Path, bool], never: tuple[Path, ...]) -> Iterator[Customer]:
    """The customer's end with these folders granted, those with True for writing too."""
    grants = (FilesGrant(folder=str(folder), write=write, until=soon()) for folder, write in folders.items())
    with closing(Customer(Grants(grants=tuple(grants)), never)) as end:
        yield end


__all__ = ["NO_ATTRIBUTES", "PATIENCE", "Client", "Customer", "customer", "number", "text", "wide"]
