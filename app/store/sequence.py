"""The numbers that devices have given to their events: the highest of each device that has written here.

It is a fact of its own, since to find it in the log takes an index of every event. Where it is not known yet, it is
looked for once. All functions belong to the store's own thread and to a transaction: a number is right only under the
write lock.
"""

from uuid import UUID

from app.store.connection import Connection
from app.store.facts import fact, set_fact

_NAME = "sequence "
_KNOWN = f"SELECT name, value FROM fact WHERE name GLOB '{_NAME}*'"  # noqa: S608 - no value in it
_CAME = "SELECT max(device_seq) FROM event WHERE place > ? AND device = ?"


def next_number(connection: Connection, device: UUID) -> int:
    """The number of this device's next event. Never keep it."""
    return _highest(connection, device) + 1


def used(connection: Connection, device: UUID, number: int) -> None:
    """An event with this number, the device's highest, is in the log now."""
    set_fact(connection, _NAME + device.hex, str(number))


def heed(connection: Connection, device: UUID, place: int) -> None:
    """What the log has after this place came from elsewhere: a home put back from a backup meets its own later events.

    `device` is this one; another may have written here before.
    """
    _highest(connection, device)
    for name, known in connection.execute(_KNOWN).fetchall():
        writer = UUID(name.removeprefix(_NAME))
        came = connection.execute(_CAME, (place, writer.bytes)).fetchone()[0]
        if came is not None and came > int(known):
            used(connection, writer, came)


def count_anew(connection: Connection, device: UUID) -> int:
    """Look for this device's highest number in the log, whatever was known of it. Reads the log whole."""
    found = connection.execute("SELECT max(device_seq) FROM event WHERE device = ?", (device.bytes,)).fetchone()[0]
    used(connection, device, found or 0)
    return found or 0


def _highest(connection: Connection, device: UUID) -> int:
    known = fact(connection, _NAME + device.hex)
    return count_anew(connection, device) if known is None else int(known)
