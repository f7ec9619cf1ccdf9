"""What has come of blobs that are not whole yet, so that a download goes on where an earlier program was cut off.

Pieces lie encrypted like all else, and nowhere under the blob's name. All functions belong to the store's own thread,
and to a transaction where they write.
"""

import hashlib

from app.store.connection import Connection

_STANDING = """
SELECT start + length(content), size FROM blob_part WHERE sha256 = ? ORDER BY start DESC LIMIT 1
"""


def standing(connection: Connection, sha256: str) -> tuple[int, int | None]:
    """How many bytes have come, and how many there are in all; None where that is not known yet."""
    row = connection.execute("SELECT length(content) FROM blob WHERE sha256 = ?", (sha256,)).fetchone()
    if row is not None:  # another program has fetched it meanwhile
        return row[0], row[0]
    row = connection.execute(_STANDING, (sha256,)).fetchone()
    return (row[0], row[1]) if row else (0, None)


def add(connection: Connection, sha256: str, start: int, piece: bytes, size: int) -> int:
    """Add a piece, if it begins where what is here ends. Returns how many bytes there are then."""
    here, _ = standing(connection, sha256)
    if here != start:
        return here
    connection.execute("INSERT INTO blob_part VALUES (?, ?, ?, ?)", (sha256, start, size, piece))
    return start + len(piece)


def whole(connection: Connection, sha256: str) -> bytearray | None:
    """All pieces in one, or None where they are not what their SHA-256 says."""
    content = bytearray()
    for (piece,) in connection.execute("SELECT content FROM blob_part WHERE sha256 = ? ORDER BY start", (sha256,)):
        content += piece
    return content if hashlib.sha256(content).hexdigest() == sha256 else None


def drop(connection: Connection, sha256: str) -> None:
    """Have the pieces gone."""
    connection.execute("DELETE FROM blob_part WHERE sha256 = ?", (sha256,))
