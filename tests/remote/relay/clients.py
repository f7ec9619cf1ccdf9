"""OpenSSH's own client, as a party at the relay."""

import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from app.domain.relay import Door
from app.remote.keys import new_private_text, public_text, read_private


class Party:
    """A key in a file, and `ssh` with it."""

    def __init__(self, folder: Path, name: str) -> None:
        text = new_private_text()
        self.key = public_text(read_private(text))
        self._folder = folder
        self._file = folder / f"{name}.key"
        self._file.write_text(text)
        self._file.chmod(0o600)

    def command(self, door: Door, *arguments: str, user: str | None = None) -> list[str]:
        """The command line that goes to this door, pinning its host key."""
        known = self._folder / f"known-{door.port}"
        known.write_text(f"[{door.host}]:{door.port} {door.host_key}\n")
        return [
            "ssh", "-v", "-F", "none", "-i", str(self._file), "-p", str(door.port),
            "-o", f"UserKnownHostsFile={known}", "-o", "GlobalKnownHostsFile=/dev/null",
            "-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes",
            "-o", "ExitOnForwardFailure=yes", "-l", user or door.user, *arguments[:-1], door.host, *arguments[-1:],
        ]  # fmt: skip

    def run(self, door: Door, *arguments: str, user: str | None = None, data: bytes = b"") -> tuple[int, bytes, str]:
        """Run to the end: exit status, output, what ssh said. The last argument is the command, or ""."""
        done = subprocess.run(
            [part for part in self.command(door, *arguments, user=user) if part],
            input=data,
            capture_output=True,
            timeout=20,
            check=False,
            env={key: value for key, value in os.environ.items() if key != "SSH_AUTH_SOCK"},
        )
        return done.returncode, done.stdout, done.stderr.decode()

    @contextmanager
    def listening(self, door: Door, target: int) -> Iterator[subprocess.Popen[bytes]]:
        """A customer whose port at the relay leads to `target` on this machine, once it does."""
        forward = f"127.0.0.1:{door.forward_port}:127.0.0.1:{target}"
        with self._staying(door, b"remote forward success", "-R", forward) as process:
            yield process

    @contextmanager
    def holding(self, door: Door) -> Iterator[subprocess.Popen[bytes]]:
        """Somebody who is logged in at the door and stays, once they are."""
        with self._staying(door, b"Entering interactive session") as process:
            yield process

    @contextmanager
    def _staying(self, door: Door, sign: bytes, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """`ssh -N`, once it has said the sign."""
        command = [part for part in self.command(door, "-N", *arguments, "") if part]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            assert process.stderr is not None
            said = []
            for line in process.stderr:
                said.append(line)
                if sign in line:
                    break
            else:
                raise AssertionError(b"".join(said).decode())
            try:
                yield process
            finally:
                process.terminate()


@contextmanager
def echo(greeting: bytes = b"") -> Iterator[int]:
    """A server on 127.0.0.1 that says its greeting and sends back what it is sent; yields its port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        thread = threading.Thread(target=_serve, args=(server, greeting), daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _serve(server: socket.socket, greeting: bytes) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            connection.sendall(greeting)
            while data := connection.recv(65536):
                connection.sendall(data)
