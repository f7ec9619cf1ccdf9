"""The session's key for OpenSSH's programs: an SSH agent that does nothing but log in to this one session.

It speaks as much of draft-miller-ssh-agent as that needs: name the one key, and sign. It signs nothing but the request
to log in with that key (RFC 4252, section 7), for the same key signs the audit and the greetings as well, and whoever
reaches the agent must not be able to do those in its name. The key itself never leaves this process.
"""

import contextlib
import logging
import socket
import struct
import sys
import threading
from pathlib import Path

from paramiko import Ed25519Key, Message

_log = logging.getLogger(__name__)

_FAILURE, _IDENTITIES, _ANSWER, _SIGN, _SIGNED = 5, 11, 12, 13, 14
_USERAUTH_REQUEST = b"\x32"
_LONGEST = 16 * 1024
_MOST_CLIENTS = 16
_PATIENCE = 60.0
_TICK = 0.2
_COMMENT = "this Bistand session"


class Agent:
    """A service object: answers at the Unix socket `path`, which must lie in a folder that is closed to others.

    `user` is the name that may be logged in with. Raises `OSError` where the socket cannot be made.
    """

    def __init__(self, path: Path, key: Ed25519Key, user: str) -> None:
        self._key = key
        self._user = user
        self._closed = threading.Event()
        self._room = threading.BoundedSemaphore(_MOST_CLIENTS)
        self._socket = _listen(path)
        self._thread = threading.Thread(target=self._run, name="ssh agent", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Answer nobody any more. Idempotent."""
        self._closed.set()
        self._socket.close()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(2.0)

    def answer(self, untrusted_message: bytes) -> bytes:
        """What is answered to one message, both without their length."""
        message = Message(untrusted_message)
        kind = message.get_byte()
        reply = Message()
        if kind == bytes([_IDENTITIES]) and len(untrusted_message) == 1:
            reply.add_byte(bytes([_ANSWER]))
            reply.add_int(1)
            reply.add_string(self._key.asbytes())
            reply.add_string(_COMMENT)
        elif kind == bytes([_SIGN]) and (data := self._to_be_signed(message)) is not None:
            reply.add_byte(bytes([_SIGNED]))
            reply.add_string(self._key.sign_ssh_data(data).asbytes())
        else:  # among them `session-bind@openssh.com`: this agent is bound to one session anyway
            reply.add_byte(bytes([_FAILURE]))
        return reply.asbytes()

    def _to_be_signed(self, untrusted: Message) -> bytes | None:
        """What is to be signed, where it is a request to log in with our key and nothing else."""
        key, data, flags = untrusted.get_string(), untrusted.get_string(), untrusted.get_int()
        if key != self._key.asbytes() or flags or untrusted.get_remainder():
            return None
        session = Message(data).get_string()
        expected = Message()
        expected.add_string(session)
        expected.add_byte(_USERAUTH_REQUEST)
        expected.add_string(self._user)
        expected.add_string("ssh-connection")
        expected.add_string("publickey")
        expected.add_boolean(True)
        expected.add_string("ssh-ed25519")
        expected.add_string(key)
        return data if data == expected.asbytes() else None

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                client, _ = self._socket.accept()
            except OSError:  # nobody in time, or closed
                continue
            if not self._room.acquire(blocking=False):
                client.close()
                continue
            threading.Thread(target=self._attend, args=(client,), name="ssh agent's client", daemon=True).start()

    def _attend(self, client: socket.socket) -> None:
        try:
            with client, contextlib.suppress(OSError):
                client.settimeout(_PATIENCE)
                while not self._closed.is_set() and (message := _read(client)):
                    reply = self.answer(message)
                    client.sendall(struct.pack(">I", len(reply)) + reply)
        finally:
            self._room.release()


def _listen(path: Path) -> socket.socket:
    """A Unix socket of this user's alone. Raises `OSError`."""
    if sys.platform == "win32":
        raise OSError("there are no Unix sockets for it here")
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        made.bind(str(path))
        path.chmod(0o600)
        made.listen(_MOST_CLIENTS)
    except OSError:
        made.close()
        raise
    made.settimeout(_TICK)
    return made


def _read(client: socket.socket) -> bytes:
    """One message without its length; nothing at the end, and for one of an impossible length. Raises `OSError`."""
    head = _exactly(client, 4)
    if len(head) < 4:
        return b""
    (size,) = struct.unpack(">I", head)
    if not 0 < size <= _LONGEST:
        _log.warning("A program said something to the SSH agent that makes no sense.")
        return b""
    message = _exactly(client, size)
    return message if len(message) == size else b""


def _exactly(client: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size and (data := client.recv(size - len(parts))):
        parts += data
    return bytes(parts)
