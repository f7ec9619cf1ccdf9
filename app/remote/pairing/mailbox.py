"""What pairing asks of whoever carries its messages."""

from typing import Protocol


class Mailbox(Protocol):
    """One side of a session's mailbox. What it delivers may be anything: pairing trusts none of it."""

    def post(self, body: bytes) -> None:
        """Leave a message for the other side. Raises a `BistandError` where it cannot."""

    def next(self, timeout: float) -> bytes | None:
        """The other side's next message in order, or None after `timeout` seconds. Raises a `BistandError`."""
