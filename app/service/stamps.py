"""The service's own mark on each event of its log: who holds event and mark can prove that it was there.

A restored backup lacks what came after it. Devices give that back, others' events too, and nobody can forge one:
the key never leaves the database, and is in every backup of it. A stamp begins with the start of the log's epoch, so
that a log is known to have lost something of its own.
"""

import hmac
import secrets

from sqlalchemy import Connection, insert, select

from app.domain.events import Event
from app.service.tables import stamp_key

_LENGTH = 32  # hexadecimal digits: 128 bits
_EPOCH = 8


class Stamps:
    """Makes and proves stamps. They cover the event as the log keeps it, every letter."""

    def __init__(self, key: bytes, epoch: str) -> None:
        """`epoch` is that of the log of now."""
        self._key = key
        self._epoch = epoch[:_EPOCH]
        self._begun = self._begin(self._epoch)  # keying is half the work, and the log is read a million events long

    def of(self, event_json: str) -> str:
        """The stamp of an event that is in the log."""
        return _finished(self._epoch, self._begun.copy(), event_json)

    def fits(self, event: Event, untrusted_stamp: str) -> bool:
        """Whether this service has stamped just this event, in this log or in an earlier one."""
        epoch = untrusted_stamp[:_EPOCH]
        stamp = _finished(epoch, self._begin(epoch), event.model_dump_json())
        return hmac.compare_digest(stamp.encode(), untrusted_stamp.encode())

    def is_of_now(self, stamp: str) -> bool:
        """Whether it was made in the log of this epoch."""
        return stamp.startswith(self._epoch)

    def _begin(self, epoch: str) -> hmac.HMAC:
        return hmac.new(self._key, f"{epoch}:".encode(), "sha256")


def _finished(epoch: str, begun: hmac.HMAC, event_json: str) -> str:
    begun.update(event_json.encode())
    return epoch + begun.hexdigest()[:_LENGTH]


def make_key(connection: Connection) -> None:
    """A new log's key."""
    connection.execute(insert(stamp_key).values(id=1, key=secrets.token_hex(32)))


def stamps(connection: Connection, epoch: str) -> Stamps:
    """The stamps of the log of this epoch."""
    return Stamps(bytes.fromhex(connection.execute(select(stamp_key.c.key)).scalar_one()), epoch)
