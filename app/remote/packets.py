"""The packets of a hardened transport: none is longer than it may be, and none is read past its end."""

import threading
import time
from typing import Any

import paramiko
from paramiko.message import Message
from paramiko.packet import Packetizer

_KIB = 1024
INNER_PACKET = 256 * _KIB
LONGEST_PACKET = INNER_PACKET + 4 * _KIB
_LONGEST_GREETING = 64 * _KIB


class ExactMessage(Message):
    """A message that is read to its end and no further. paramiko makes up zeros for what is missing.

    A count of four billion entries that are not there would keep it busy for hours, before anybody has logged in.
    """

    @classmethod
    def of(cls, message: Message) -> "ExactMessage":
        """The same message, read as far as it was read."""
        exact = cls()
        exact.packet, exact.seqno = message.packet, getattr(message, "seqno", 0)
        return exact

    def get_bytes(self, n: int) -> bytes:
        """Exactly `n` bytes. Raises `SSHException` where there are fewer."""
        taken = self.packet.read(n)
        if len(taken) < n:
            raise paramiko.SSHException("The other side sent a message that ends too early.")
        return taken


class BoundedPacketizer(Packetizer):
    """Packets of a bounded length, keys that are renewed late, and a note of when the far end was last heard.

    Renewals started by paramiko can stall a transport for good, so they come no sooner than AES-GCM needs them.
    """

    REKEY_BYTES = 2**35
    REKEY_PACKETS = 2**31

    def __init__(self, sock: Any) -> None:
        super().__init__(sock)
        self.last_heard = time.monotonic()
        self._sending = threading.RLock()
        self._greeting = 0  # bytes of the lines that come before the first packet

    def read_all(self, n: int, check_rekey: bool = False) -> bytes:
        """Exactly `n` bytes. Raises `SSHException` where a length is out of bounds."""
        if not 0 <= n <= LONGEST_PACKET:
            raise paramiko.SSHException("The other side sent a packet of an impossible length.")
        return super().read_all(n, check_rekey)

    def read_message(self) -> tuple[int, Message]:
        """The next message; marks the far end as alive."""
        number, message = super().read_message()
        self.last_heard = time.monotonic()
        return number, ExactMessage.of(message)

    def _read_timeout(self, timeout: float) -> bytes:
        """More of the greeting. Raises `SSHException` where it has no end."""
        data: bytes = super()._read_timeout(timeout)  # type: ignore[misc]  # not in the stubs
        self._greeting += len(data)
        if self._greeting > _LONGEST_GREETING:
            raise paramiko.SSHException("The other side sent a greeting without an end.")
        return data

    def send_message(self, data: Message) -> None:
        """Send one message; waits while the far end takes nothing."""
        with self._sending:
            super().send_message(data)

    def send_if_idle(self, data: Message) -> None:
        """Send one message, unless another is just being sent (and may be stuck)."""
        if self._sending.acquire(blocking=False):
            try:
                super().send_message(data)
            finally:
                self._sending.release()
