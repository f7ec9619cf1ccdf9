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

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """At most `size` bytes; none at the end."""
        if self._start == len(self._kept):
            self._kept, self._start = super().recv(max(size, _READ), flags), 0
            if sys.platform == "linux" and len(self._kept) < _SMALL:
                self.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        part = self._kept[self._start : self._start + size]
        self._start += len(part)
        return part
