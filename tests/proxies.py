"""A small proxy on 127.0.0.1 for tests: HTTP CONNECT and SOCKS5 on one port, as awkward as it is told to be."""

import base64
import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class SmallProxy:
    """What it is like. It takes every name ending in `.test` for 127.0.0.1, and knows no other names.

    `asked` are the places that it was asked for. `refusal` is sent in place of an agreement. With `in_one_piece` it
    waits for the far end's first words and sends them in one piece with its own.
    """

    user: str | None = None
    password: str = ""
    refusal: bytes | None = None
    in_one_piece: bool = False
    port: int = 0
    asked: list[str] = field(default_factory=list)

    def serve(self, near: socket.socket) -> None:
        """One connection, from its first byte to its end."""
        with near, contextlib.suppress(OSError, EOFError):
            far = self._socks(near) if near.recv(1, socket.MSG_PEEK) == b"\x05" else self._http(near)
            if far is not None:
                with far:
                    _carry(near, far)

    def _http(self, near: socket.socket) -> socket.socket | None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += _exactly(near, 1)
        words = head.split(b"\r\n")[0].split()
        self.asked.append(words[1].decode())
        wanted = base64.b64encode(f"{self.user}:{self.password}".encode())
        if self.user is not None and b"Proxy-Authorization: Basic " + wanted not in head:
            near.sendall(b"HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic\r\n\r\n")
            return None
        if self.refusal is not None:
            near.sendall(self.refusal)
            return None
        host, _, port = words[1].decode().rpartition(":")
        return self._agreed(near, host, int(port), b"HTTP/1.1 200 Go on\r\nVia: a test\r\n\r\n")

    def _socks(self, near: socket.socket) -> socket.socket | None:
        methods = _exactly(near, _exactly(near, 2)[1])
        method = 0 if self.user is None else 2
        if method not in methods:
            near.sendall(b"\x05\xff")
            return None
        near.sendall(bytes([5, method]))
        if method == 2 and not self._knows(near):
            return None
        kind = _exactly(near, 4)[3]
        raw = _exactly(near, {1: 4, 4: 16}.get(kind) or _exactly(near, 1)[0])
        host = raw.decode() if kind == 3 else socket.inet_ntop(socket.AF_INET if kind == 1 else socket.AF_INET6, raw)
        port = int.from_bytes(_exactly(near, 2), "big")
        self.asked.append(f"{host}:{port}")
        if self.refusal is not None:
            near.sendall(self.refusal)
            return None
        return self._agreed(near, host, port, b"\x05\x00\x00\x03\x09localhost\x00\x00")

    def _knows(self, near: socket.socket) -> bool:
        user = _exactly(near, _exactly(near, 2)[1])
        password = _exactly(near, _exactly(near, 1)[0])
        right = (user.decode(), password.decode()) == (self.user, self.password)
        near.sendall(bytes([1, 0 if right else 1]))
        return right

    def _agreed(self, near: socket.socket, host: str, port: int, agreement: bytes) -> socket.socket:
        far = socket.create_connection(("127.0.0.1" if host.endswith(".test") else host, port), timeout=10)
        near.sendall(agreement + (far.recv(4096) if self.in_one_piece else b""))
        return far


@contextmanager
def small_proxy(proxy: SmallProxy | None = None) -> Iterator[SmallProxy]:
    """The proxy, on a port of its own, until this is left."""
    served = proxy or SmallProxy()
    threads: list[threading.Thread] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        served.port = listener.getsockname()[1]

        def accept() -> None:
            while True:
                try:
                    near, _ = listener.accept()
                except OSError:
                    return
                threads.append(threading.Thread(target=served.serve, args=(near,), daemon=True))
                threads[-1].start()

        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        try:
            yield served
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join(5)
            for thread in threads:
                thread.join(5)


def _carry(near: socket.socket, far: socket.socket) -> None:
    back = threading.Thread(target=_copy, args=(far, near), daemon=True)
    back.start()
    _copy(near, far)
    back.join(5)


def _copy(source: socket.socket, target: socket.socket) -> None:
    source.settimeout(60)
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def _exactly(sock: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = sock.recv(count - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data
