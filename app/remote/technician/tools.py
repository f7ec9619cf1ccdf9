"""OpenSSH's own programs in a running session: `ssh`, `sftp`, `scp` and `rsync`, by an ssh_config that lasts as long.

Each of their connections comes to a port of this computer and travels on a way of its own, so that a program's own SSH
runs from end to end: the customer's embedded server lets it in by the session's key, asks the same gate and writes the
same audit. This end carries ciphertext alone. So what such programs show is recorded at the customer's end only.
"""

import contextlib
import logging
import queue
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from paramiko import Ed25519Key

from app.remote.errors import ConfigNotWrittenError, RemoteError
from app.remote.keys import public_text
from app.remote.seals import USER
from app.remote.technician.agent import Agent
from app.remote.technician.listener import Listener
from app.remote.way.way import Way
from app.system.paths import replace_file, write_new

_log = logging.getLogger(__name__)

MOST_CONNECTIONS = 8
_CHUNK = 128 * 1024
_MOST_WAITING = 48 * 1024 * 1024  # OpenSSH lets so much be on its way to it, in sixteen channels
_ALIAS = "customer"
_MARK = "# Written by Bistand for one session, and removed when that ends."


class Tools:
    """A service object: `start`, `close`. Writes `config`, an ssh_config, and takes it away again.

    `names` are what the customer's machine may be called besides `customer`. `open_way` gives a new way to the
    customer, waiting until they are reached; it raises the `RemoteError` tree. `on_failed` is told of a connection
    that came to nothing. Raises `ConfigNotWrittenError`, `ListenError`.
    """

    def __init__(
        self,
        config: Path,
        names: tuple[str, ...],
        *,
        key: Ed25519Key,
        customer_key: str,
        open_way: Callable[[], Way],
        on_failed: Callable[[RemoteError], None],
    ) -> None:
        self.config = config
        self._names = names
        self._key = key
        self._customer_key = customer_key
        self._open_way = open_way
        self._on_failed = on_failed
        self._agent: Agent | None = None
        self._folder = Path(tempfile.mkdtemp(prefix="bistand-"))  # closed to others, and short enough for a socket
        room = threading.Semaphore(MOST_CONNECTIONS)
        try:
            self._listener = Listener(0, self._serve, room=room, name="tool")
        except RemoteError:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    def start(self) -> None:
        """Write the config; from then on it works. Raises `ConfigNotWrittenError`, and nothing is left then."""
        try:
            self._agent = Agent(self._folder / "agent", self._key, USER)
            (self._folder / "key.pub").write_text(f"{public_text(self._key)}\n")
            (self._folder / "known_hosts").write_text(f"{_ALIAS} {self._customer_key}\n")
            self._write()
        except OSError as error:
            self.close()
            raise ConfigNotWrittenError(self.config, error.strerror or str(error)) from error
        self._agent.start()
        self._listener.start()

    def close(self) -> None:
        """Take the config away and cut every program off. Idempotent, any thread."""
        if self._is_ours():
            with contextlib.suppress(OSError):
                self.config.unlink()
        self._listener.close()
        if self._agent is not None:
            self._agent.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _write(self) -> None:
        """Raises `FileExistsError` rather than replace somebody's own file; one that was left behind is replaced."""
        write = replace_file if _is_left_behind(self.config) else write_new
        write(self.config, self._text().encode())

    def _is_ours(self) -> bool:
        """Whether the file is still the one that this object wrote."""
        try:
            return str(self._folder) in self.config.read_text()
        except (OSError, UnicodeError):
            return False

    def _text(self) -> str:
        names = " ".join(dict.fromkeys((_ALIAS, *self._names, *(name.lower() for name in self._names))))
        options = {
            "HostName": "127.0.0.1",
            "Port": self._listener.port,
            "User": USER,
            "HostKeyAlias": _ALIAS,
            "UserKnownHostsFile": _quoted(self._folder / "known_hosts"),
            "GlobalKnownHostsFile": "/dev/null",
            "StrictHostKeyChecking": "yes",
            "HostKeyAlgorithms": "ssh-ed25519",
            "UpdateHostKeys": "no",
            "VerifyHostKeyDNS": "no",
            "CheckHostIP": "no",
            "IdentityAgent": _quoted(self._folder / "agent"),
            "IdentityFile": _quoted(self._folder / "key.pub"),
            "IdentitiesOnly": "yes",
            "PreferredAuthentications": "publickey",
            "ForwardAgent": "no",
            "ForwardX11": "no",
            "PermitLocalCommand": "no",
            "ProxyCommand": "none",
            "ControlPath": "none",
            "CanonicalizeHostname": "no",
            "Compression": "no",
        }
        usage = (
            _MARK,
            "#   ssh -F FILE customer",
            "#   ssh -F FILE -N -L 8080:HOST:PORT customer",
            "#   sftp -F FILE customer",
            "#   scp -F FILE customer:NAME .",
            "#   rsync -e 'ssh -F FILE' -r customer:FOLDER/ FOLDER/     (it needs the terminal to be allowed)",
            f"Host {names}",
        )
        return "\n".join((*usage, *(f"  {option} {value}" for option, value in options.items()))) + "\n"

    def _serve(self, local: socket.socket) -> None:
        """One program's connection, on a thread of its own."""
        try:
            way = self._open_way()
        except RemoteError as error:
            self._on_failed(error)
            return
        inward = threading.Thread(target=_inward, args=(way, local), name="tool in", daemon=True)
        inward.start()
        try:
            while data := local.recv(_CHUNK):
                way.send(data)
        except OSError as error:
            _log.debug("A program's connection ended: %s", error)
        finally:
            way.close()
            with contextlib.suppress(OSError):
                local.shutdown(socket.SHUT_RDWR)
            inward.join()


def _inward(way: Way, local: socket.socket) -> None:
    """From the customer to the program.

    The way is read whether or not the program reads, or it would look dead: a program that is stopped (Ctrl-Z) takes
    nothing. Its SSH limits how much can come meanwhile.
    """
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    room = _Room()
    writer = threading.Thread(target=_write_out, args=(waiting, local, room), name="tool out", daemon=True)
    writer.start()
    while (data := _next(way)) and room.take(len(data)):
        waiting.put(data)
    way.close()
    waiting.put(b"")
    writer.join()


def _next(way: Way) -> bytes:
    """What comes next; nothing at the end."""
    while True:
        try:
            return way.recv(_CHUNK)
        except TimeoutError:
            continue


class _Room:
    """How much may still wait, in bytes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left = _MOST_WAITING

    def take(self, size: int) -> bool:
        """Whether there is room for this much; then it is taken."""
        with self._lock:
            if size > self._left:
                return False
            self._left -= size
            return True

    def give(self, size: int) -> None:
        """Give it back."""
        with self._lock:
            self._left += size


def _write_out(waiting: "queue.SimpleQueue[bytes]", local: socket.socket, room: _Room) -> None:
    with contextlib.suppress(OSError):
        while data := waiting.get():
            local.sendall(data)
            room.give(len(data))
    with contextlib.suppress(OSError):
        local.shutdown(socket.SHUT_RDWR)


def _is_left_behind(path: Path) -> bool:
    """Whether this is a config of ours, left by a program that could not tidy up after itself."""
    try:
        with path.open() as file:
            return file.readline().rstrip("\n") == _MARK
    except (OSError, UnicodeError):
        return False


def _quoted(path: Path) -> str:
    """As ssh_config takes it: percent signs stand for other things there."""
    return f'"{str(path).replace("%", "%%")}"'
