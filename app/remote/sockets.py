"""A TCP socket that acknowledges small messages at once and reads large ones in few calls."""

import socket
import sys

_READ = 256 * 1024
_SMALL = 16 * 1024


class PromptSocket(socket.socket):
    """For one reader. What came is kept here until it is asked for, so it is no use to `select`.

    sshd holds a small packet back until the one before is acknowledged (it sets no TCP_NODELAY for forwards), and the
    kernel waits 40 ms with that: every keystroke would show it. In a flood, acknowledging each piece would cost more
    than it helps, so it is done for small receipts alone; the option lasts for one receipt.
    """

    _kept = b""
    _start = 0
    _small = False  # whether what came last is still to be acknowledged

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """At most `size` bytes; none at the end."""
        if self._start == len(self._kept):
            if sys.platform == "linux" and self._small:  # only now, so that what came is not held up by it
                self.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            self._kept, self._start = super().recv(max(size, _READ), flags), 0
            self._small = len(self._kept) < _SMALL
        part = self._kept[self._start : self._start + size]
        self._start += len(part)
        return part
