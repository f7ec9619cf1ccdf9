"""A TCP connection to the relay, straight or through a proxy: HTTP CONNECT (RFC 9110) or SOCKS5 (RFC 1928, 1929).

Both handshakes take from the socket exactly what is the proxy's: the relay speaks first, and its first words may come
in one piece with the proxy's last.
"""

import base64
import contextlib
import ipaddress
import re
import socket
import time
from collections.abc import Callable

from app.remote.errors import ProxyError, ProxyUnusableError, RelayUnreachableError
from app.system.errors import ProxySettingError
from app.system.proxies import Proxy, proxy_for

_LONGEST_ANSWER = 16 * 1024
_STATUS = re.compile(rb"^HTTP/1\.[01] (\d{3})[ \r\n]")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._-]{1,255}")

_SOCKS = 5
_BY_NOTHING, _BY_PASSWORD, _NO_METHOD = 0, 2, 0xFF
_CONNECT = 1
_IPV4, _NAME, _IPV6 = 1, 3, 4
_REFUSALS = {
    1: "it failed",
    2: "its rules forbid it",
    3: "the network is unreachable from there",
    4: "the host is unreachable from there",
    5: "the relay refused the connection",
    6: "the connection took too long",
    7: "it cannot connect to others",
    8: "it does not know this kind of address",
}


Find = Callable[[str, int], Proxy | None]


def connect(host: str, port: int, seconds: float, find: Find = proxy_for) -> socket.socket:
    """A TCP connection within so many seconds. `find` tells which proxy is on the way, if any.

    Raises `RelayUnreachableError` where there is no proxy and no way, `ProxyError` and `ProxyUnusableError` for what
    goes wrong with a proxy.
    """
    try:
        proxy = find(host, port)
    except ProxySettingError as error:
        raise ProxyUnusableError(str(error)) from error
    if proxy is not None:
        return _through(proxy, host, port, seconds)
    try:
        return socket.create_connection((host, port), timeout=seconds)
    except OSError as error:
        raise RelayUnreachableError(host, port, str(error.strerror or error)) from error


class _RefusedError(Exception):
    """The proxy says no; the text is a clause that says why."""


def _through(proxy: Proxy, host: str, port: int, seconds: float) -> socket.socket:
    deadline = time.monotonic() + seconds
    try:
        sock = socket.create_connection((proxy.host, proxy.port), timeout=seconds)
    except OSError as error:
        why = f"it cannot be reached ({error.strerror or error})"
        raise ProxyError(str(proxy), host, port, why) from error
    try:
        talk = _Talk(sock, deadline)
        if proxy.kind == "http":
            _ask_http(talk, proxy, host, port)
        else:
            _ask_socks(talk, proxy, host, port)
        sock.settimeout(seconds)
        return sock
    except (_RefusedError, OSError) as error:
        sock.close()
        raise ProxyError(str(proxy), host, port, _why(error)) from error
    except BaseException:
        sock.close()
        raise


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or "it hung up"


class _Talk:
    """Exact reads and whole writes, all of them before a deadline."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline

    def say(self, data: bytes) -> None:
        """Send it all."""
        self._set_timeout()
        self._sock.sendall(data)

    def read(self, count: int) -> bytes:
        """Exactly so many bytes."""
        data = b""
        while len(data) < count:
            self._set_timeout()
            piece = self._sock.recv(count - len(data))
            if not piece:
                raise _RefusedError("it hung up")
            data += piece
        return data

    def read_head(self) -> bytes:
        """Up to the empty line that ends the head of an HTTP answer, and not a byte more."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            if len(head) >= _LONGEST_ANSWER:
                raise _RefusedError("its answer makes no sense")
            head += self.read(1)
        return head

    def _set_timeout(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)


def _ask_http(talk: _Talk, proxy: Proxy, host: str, port: int) -> None:
    place = f"{_bracketed(host) or _ascii(host)}:{port}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    if proxy.user is not None:
        told = base64.b64encode(f"{proxy.user}:{proxy.password or ''}".encode()).decode()
        lines.append(f"Proxy-Authorization: Basic {told}")
    talk.say("\r\n".join([*lines, "", ""]).encode())
    status = _STATUS.match(talk.read_head())
    if status is None:
        raise _RefusedError("it does not speak HTTP")
    code = int(status[1])
    if code in (401, 407):  # tinyproxy says the former
        raise _RefusedError(_credentials(proxy))
    if not 200 <= code < 300:
        raise _RefusedError(f"it answers with HTTP status {code}")


def _ask_socks(talk: _Talk, proxy: Proxy, host: str, port: int) -> None:
    methods = [_BY_NOTHING, *([_BY_PASSWORD] if proxy.user is not None else [])]
    talk.say(bytes([_SOCKS, len(methods), *methods]))
    version, method = talk.read(2)
    if version != _SOCKS:
        raise _RefusedError("it does not speak SOCKS5")
    if method == _BY_PASSWORD and proxy.user is not None:
        _log_in(talk, proxy)
    elif method != _BY_NOTHING:
        raise _RefusedError(_credentials(proxy) if method == _NO_METHOD else "it wants to be asked in another way")
    talk.say(bytes([_SOCKS, _CONNECT, 0]) + _address(proxy, host, port) + port.to_bytes(2, "big"))
    version, answer, _, kind = talk.read(4)
    if version != _SOCKS:
        raise _RefusedError("it does not speak SOCKS5")
    if answer != 0:
        raise _RefusedError(_REFUSALS.get(answer, f"it answers with code {answer}"))
    talk.read({_IPV4: 4, _IPV6: 16}.get(kind) or talk.read(1)[0])  # the address that it bound, which nobody needs
    talk.read(2)


def _log_in(talk: _Talk, proxy: Proxy) -> None:
    user, password = (proxy.user or "").encode(), (proxy.password or "").encode()
    if not 0 < len(user) <= 255 or len(password) > 255:
        raise _RefusedError("the user's name or the password that is set for it is too long")
    talk.say(bytes([1, len(user)]) + user + bytes([len(password)]) + password)
    if talk.read(2)[1] != 0:
        raise _RefusedError(_credentials(proxy))


def _address(proxy: Proxy, host: str, port: int) -> bytes:
    with contextlib.suppress(ValueError):
        address = ipaddress.ip_address(host)
        return bytes([_IPV4 if address.version == 4 else _IPV6]) + address.packed
    if proxy.kind == "socks5":
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0]
        return _address(proxy, str(found).partition("%")[0], port)
    name = _ascii(host).encode()
    return bytes([_NAME, len(name)]) + name


def _bracketed(host: str) -> str | None:
    """An IPv6 address as it stands before a port, or None where it is none."""
    try:
        return f"[{ipaddress.IPv6Address(host)}]"
    except ValueError:
        return None


def _ascii(untrusted_host: str) -> str:
    """The name as it goes over the wire: letters, digits and little else, so that it can end no line."""
    try:
        name = untrusted_host.encode("idna").decode()
    except UnicodeError:
        name = ""
    if not _PLAIN_NAME.fullmatch(name):
        raise _RefusedError("the relay's name cannot be told to it")
    return name


def _credentials(proxy: Proxy) -> str:
    if proxy.user is None:
        return "it wants a user and a password; put them into the setting, as in http://user:password@host:port"
    return "it does not take the user and password that are set"
