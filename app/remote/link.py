"""Either party's way to the relay: log in at its door, then listen there (customer) or reach in (technician)."""

import queue
from collections.abc import Callable

import paramiko

from app.domain.relay import Door
from app.remote.errors import ConnectionLostError
from app.remote.transport import (
    CHANNEL_SECONDS,
    OUTER_WINDOW,
    HardenedTransport,
    Pulse,
    log_in,
    open_socket,
    outer_transport,
)

_ADDRESS = "127.0.0.1"  # the relay's key lines name exactly this; `localhost` would not match
_MOST_WAITING = 4


class Link:
    """A logged-in connection to the relay, with its pulse. Closed explicitly; `close` may come from any thread."""

    def __init__(self, transport: HardenedTransport) -> None:
        self.transport = transport
        self._pulse = Pulse(transport)

    def watch(self) -> None:
        """Begin to look after the path; to be called once all was asked for."""
        self._pulse.start()

    @property
    def is_up(self) -> bool:
        """Whether the relay is still there."""
        return self.transport.is_active()

    def close(self) -> None:
        """Hang up. Idempotent."""
        self._pulse.close()
        self.transport.shut()


class CustomerLink(Link):
    """The customer's link: others who come in at the relay's port for this session are handed out by `accept`."""

    def __init__(self, transport: HardenedTransport) -> None:
        super().__init__(transport)
        self._waiting: queue.Queue[paramiko.Channel] = queue.Queue(_MOST_WAITING)

    def listen(self, port: int) -> None:
        """Ask the relay for its 127.0.0.1:`port`. Raises `ConnectionLostError` where it says no."""
        try:
            self.transport.request_port_forward(_ADDRESS, port, self._arrived)
        except paramiko.SSHException as error:
            raise ConnectionLostError(
                "The relay did not let this computer wait there. Offer the session anew."
            ) from error

    def accept(self, timeout: float) -> paramiko.Channel | None:
        """Whoever came in next, or None after `timeout` seconds. Never called on paramiko's thread."""
        try:
            return self._waiting.get(timeout=timeout)
        except queue.Empty:
            return None

    def _arrived(self, channel: paramiko.Channel, _origin: object, _server: object) -> None:
        """Paramiko's thread: only put it aside."""
        try:
            self._waiting.put_nowait(channel)
        except queue.Full:
            channel.close()


def customer_link(door: Door, key: paramiko.PKey, *, opened: Callable[[Link], None] = lambda _: None) -> CustomerLink:
    """Go to the customers' door and wait at the session's port.

    `opened` gets the link before anything waits on it, so that another thread can close it.
    Raises `RelayUnreachableError`, `WrongHostKeyError`, `ConnectionLostError`.
    """
    link = CustomerLink(outer_transport(open_socket(door.host, door.port), "relay, customer"))
    try:
        opened(link)
        log_in(link.transport, host_key=door.host_key, user=door.user, key=key)
        link.listen(door.forward_port)
    except BaseException:
        link.close()
        raise
    link.watch()
    return link


class TechnicianLink(Link):
    """The technician's link: `reach` goes through it to the customer, as often as is wanted."""

    def __init__(self, transport: HardenedTransport, port: int) -> None:
        super().__init__(transport)
        self._port = port

    def reach(self) -> paramiko.Channel:
        """A channel to where the customer waits. Raises `ConnectionLostError`."""
        try:
            return self.transport.open_channel(
                "direct-tcpip",
                (_ADDRESS, self._port),
                (_ADDRESS, 0),
                window_size=OUTER_WINDOW,
                timeout=CHANNEL_SECONDS,
            )
        except (OSError, paramiko.SSHException, EOFError) as error:
            raise ConnectionLostError(
                "The customer's computer is not at the relay. Ask whether it is still online."
            ) from error


def technician_link(
    door: Door, key: paramiko.PKey, *, opened: Callable[[Link], None] = lambda _: None
) -> TechnicianLink:
    """Go to the technicians' door. Raises as `customer_link` does."""
    transport = outer_transport(open_socket(door.host, door.port), "relay, technician")
    link = TechnicianLink(transport, door.forward_port)
    try:
        opened(link)
        log_in(link.transport, host_key=door.host_key, user=door.user, key=key)
    except BaseException:
        link.close()
        raise
    link.watch()
    return link
