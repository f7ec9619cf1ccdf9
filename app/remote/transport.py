"""SSH transports with everything old switched off and every wait and buffer bounded, for both hops.

The outer hop goes to the relay's sshd. The inner hop runs through it, end to end between customer and
technician; there strict key exchange is required, and packets and windows are large, for speed.
"""

import contextlib
import logging
import socket
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

import paramiko
from paramiko.common import MSG_CHANNEL_REQUEST
from paramiko.message import Message
from paramiko.transport import ChannelMap

from app.remote.buffers import hold_to_window
from app.remote.errors import ConnectionLostError, WrongHostKeyError
from app.remote.packets import INNER_PACKET, BoundedPacketizer
from app.remote.proxy import connect
from app.remote.sockets import PromptSocket
from app.remote.way.way import LOST_SECONDS, Way

_log = logging.getLogger(__name__)
# paramiko tells of every connection that breaks, with a traceback, on its own thread. Ours is told as an error instead.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)

KIB = 1024
MIB = 1024 * KIB
TECHNICIAN_WINDOW = 64 * MIB
CUSTOMER_WINDOW = 16 * MIB  # sixteen channels of it fit under the memory cap of the customer's end
OUTER_WINDOW = 2 * MIB  # more than this in flight and sshd turns in circles waiting to pass it on

CONNECT_SECONDS = 15.0
LOGIN_SECONDS = 20.0
CHANNEL_SECONDS = 15.0
PING_SECONDS = 8.0
DEAD_SECONDS = 25.0  # a path that said nothing for so long, pings included, is dead
INNER_DEAD_SECONDS = LOST_SECONDS + 2 * DEAD_SECONDS  # an inner end may be away for as long as its way may rest

_GLOBAL_REQUEST = b"\x50"


class _HeldChannels(ChannelMap):
    """The transport's channels; each gets buffers that enforce its window as it comes in."""

    def __init__(self, window: int) -> None:
        super().__init__()
        self._window = window
        self._here = threading.local()

    def put(self, chanid: int, chan: paramiko.Channel) -> None:
        hold_to_window(chan, self._window)
        vars(self._here).get("opened", []).append(chan)
        super().put(chanid, chan)

    @contextlib.contextmanager
    def opened_here(self) -> Iterator[list[paramiko.Channel]]:
        """What this thread puts here meanwhile, also when it is closed and gone by then."""
        opened: list[paramiko.Channel] = []
        self._here.opened = opened
        try:
            yield opened
        finally:
            del self._here.opened


class SessionServer(paramiko.ServerInterface, ABC):
    """What the inner hop's server side must answer beyond paramiko's own questions. On paramiko's thread."""

    @abstractmethod
    def opened(self, channel: paramiko.Channel) -> None:
        """A channel was opened; paramiko itself holds it only weakly."""

    @abstractmethod
    def signalled(self, channel: paramiko.Channel, name: str) -> None:
        """The far end wants the channel's process to get a signal (`TERM`)."""


def _channel_request(channel: paramiko.Channel, message: Message) -> None:
    """As paramiko does it, and signals, which it does not know. On paramiko's thread."""
    ahead = Message(message.get_remainder())
    server = channel.get_transport().server_object
    if ahead.get_text() == "signal" and isinstance(server, SessionServer):
        ahead.get_boolean()
        server.signalled(channel, ahead.get_text())
    else:
        channel._handle_request(message)  # type: ignore[attr-defined]  # noqa: SLF001 - paramiko's own table calls it


class HardenedTransport(paramiko.Transport):
    """A transport that offers only what is safe today. `name` stands in thread names and logs.

    `strict` refuses a far end that does not agree on strict key exchange (CVE-2023-48795).
    `logged_in` is set, by paramiko's thread, once the client has authenticated.
    """

    _preferred_kex = ("mlkem768x25519-sha256", "curve25519-sha256@libssh.org")
    _preferred_keys = ("ssh-ed25519",)
    _preferred_pubkeys = ("ssh-ed25519",)
    _preferred_ciphers = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com")
    _preferred_macs = ("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com")
    _preferred_compression = ("none",)

    _channel_handler_table: ClassVar[dict[int, Any]] = {
        **vars(paramiko.Transport)["_channel_handler_table"],
        MSG_CHANNEL_REQUEST: _channel_request,
    }

    packetizer: BoundedPacketizer

    def __init__(self, sock: Any, *, name: str, window: int, packet: int, strict: bool) -> None:
        super().__init__(
            sock,
            default_window_size=window,
            default_max_packet_size=packet,
            strict_kex=True,
            packetizer_class=BoundedPacketizer,
        )
        self.name = f"ssh {name}"
        self.daemon = True
        self._strict = strict
        self.agreed_on_strict_kex: bool = False
        self._channels = _HeldChannels(window)
        self.logged_in = threading.Event()
        self.banner_timeout = CONNECT_SECONDS
        self.handshake_timeout = CONNECT_SECONDS
        self.auth_timeout = LOGIN_SECONDS
        self.channel_timeout = CHANNEL_SECONDS

    @property
    def preferred_keys(self) -> tuple[str, ...]:
        """The kinds of host keys: no certificates."""
        return self._preferred_keys

    def open_channel(self, *args: Any, **options: Any) -> paramiko.Channel:
        """As paramiko does it; and a channel that is over already when this thread hears of it counts as opened too.

        paramiko looks for it among those that are open, and calls one that the far end has closed meanwhile refused:
        what came on it would be lost.
        """
        with self._channels.opened_here() as opened:
            try:
                return super().open_channel(*args, **options)
            except paramiko.SSHException:
                if not opened or not opened[0].active or not self.is_active():
                    raise
                return opened[0]

    def ping(self) -> None:
        """Ask the far end for a sign of life. Any answer will do, a refusal too."""
        message = Message()
        message.add_byte(_GLOBAL_REQUEST)
        message.add_string("keepalive@openssh.com")
        message.add_boolean(True)
        if self.initial_kex_done and self.clear_to_send.is_set():
            self.packetizer.send_if_idle(message)

    def shut(self) -> None:
        """Close it all and wait for its thread to end (a second at most). Any thread but its own."""
        self.close()
        self.packetizer.complete_handshake()  # ends its timer's thread
        with contextlib.suppress(OSError):
            self.sock.close()
        if self.is_alive() and self is not threading.current_thread():
            self.join(1.0)

    def _parse_kex_init(self, m: Message) -> None:
        super()._parse_kex_init(m)  # type: ignore[misc]  # not in the stubs
        if self._strict and not self.agreed_on_strict_kex:
            raise paramiko.SSHException("The other side does not know strict key exchange.")

    def _queue_incoming_channel(self, channel: paramiko.Channel) -> None:
        server = self.server_object
        if isinstance(server, SessionServer):
            server.opened(channel)
        else:
            super()._queue_incoming_channel(channel)  # type: ignore[misc]  # not in the stubs

    def _auth_trigger(self) -> None:
        super()._auth_trigger()  # type: ignore[misc]  # not in the stubs
        self.logged_in.set()


def outer_transport(sock: socket.socket, name: str) -> HardenedTransport:
    """The hop to the relay, not started yet."""
    return HardenedTransport(sock, name=name, window=OUTER_WINDOW, packet=32 * KIB, strict=False)


def inner_transport(sock: Way | socket.socket, name: str, window: int) -> HardenedTransport:
    """The hop between the two parties, not started yet. `window` (bytes) is what each channel may hold unread."""
    return HardenedTransport(sock, name=name, window=window, packet=INNER_PACKET, strict=True)


def open_socket(host: str, port: int) -> socket.socket:
    """A TCP connection that sends at once and notices a dead path, through the proxy that the settings name, if any.

    Raises `RelayUnreachableError` or `ProxyError`.
    """
    sock = connect(host, port, CONNECT_SECONDS)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if sys.platform == "linux":
        sock = PromptSocket(fileno=sock.detach())
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(DEAD_SECONDS * 1000))
    return sock


def log_in(transport: HardenedTransport, *, host_key: str, user: str, key: paramiko.PKey) -> None:
    """Shake hands as a client, insist on exactly this host key (OpenSSH form), log in with `key`.

    Raises `WrongHostKeyError` before anything was told to a stranger, `ConnectionLostError` for the rest.
    The transport is closed where it raises.
    """
    try:
        transport.start_client(timeout=CONNECT_SECONDS)
        require_host_key(transport, host_key)
        transport.auth_publickey(user, key)
    except WrongHostKeyError:
        transport.shut()
        raise
    except (paramiko.SSHException, OSError, EOFError) as error:
        transport.shut()
        raise ConnectionLostError(f"The connection could not be made: {error}") from error


def close_soon(channel: paramiko.Channel, seconds: float = 0.0) -> None:
    """Close a channel, on a thread of its own; waits `seconds` at most. Any thread.

    Closing says so to the far end, and one that takes nothing, or stops amid a key exchange, holds that up for as long
    as it likes. What must end meanwhile is not to wait for it. The thread ends with the transport at the latest.
    """
    closing = threading.Thread(target=_close, args=(channel,), name="closing", daemon=True)
    closing.start()
    closing.join(seconds)


def _close(channel: paramiko.Channel) -> None:
    with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
        channel.close()


def require_host_key(transport: paramiko.Transport, host_key: str) -> None:
    """Raises `WrongHostKeyError` unless the far end has proved to hold exactly this key (`ssh-ed25519 AAAA...`)."""
    shown = transport.get_remote_server_key()
    if f"{shown.get_name()} {shown.get_base64()}".split() != host_key.split()[:2]:
        raise WrongHostKeyError


class Pulse:
    """A service object: pings a transport and closes it once nothing was heard for `dead_seconds`."""

    def __init__(self, transport: HardenedTransport, dead_seconds: float = DEAD_SECONDS) -> None:
        self._transport = transport
        self._dead_seconds = dead_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"pulse {transport.name}", daemon=True)

    def start(self) -> None:
        """Begin; once only."""
        self._thread.start()

    def close(self) -> None:
        """Stop; the transport is left as it is."""
        self._stop.set()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(2.0)

    def _run(self) -> None:
        while not self._stop.wait(PING_SECONDS / 4) and self._transport.is_active():
            silent = time.monotonic() - self._transport.packetizer.last_heard
            if silent > self._dead_seconds:
                _log.warning("The path of %s is dead: nothing was heard for %.0f s.", self._transport.name, silent)
                self._transport.shut()
                return
            if silent > PING_SECONDS:
                with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
                    self._transport.ping()
