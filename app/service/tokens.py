"""Tokens and enrolment codes: made at random, kept as SHA-256 alone, looked up by it."""

import hashlib
import secrets
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, select

from app.domain.people import Author, Role
from app.service.errors import MetricsTokenError
from app.service.tables import devices, people

_CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
_CODE_LENGTH = 16  # 80 bits
_SHORTEST_TOKEN = 32
_AT_ONCE = 500  # tokens in one query
LONGEST_TOKEN = 200
"""Longer ones are not looked up."""
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request, as their token tells."""

    author: Author
    device: UUID
    token_hash: str

    @property
    def is_staff(self) -> bool:
        """Whether this is somebody of the shop."""
        return self.author.is_staff


def new_token() -> str:
    """A device's token: 32 random bytes, URL-safe."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """An enrolment code that can be read out: `7QF2-MK4T-...`, 80 random bits."""
    letters = "".join(secrets.choice(_CODE_ALPHABET) for _ in range(_CODE_LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, _CODE_LENGTH, 4))


def hash_token(untrusted_token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(untrusted_token.encode()).hexdigest()


def metrics_token_hash(file: Path) -> str:
    """What is kept of the token that opens /metrics: the owner's own choice, in a file. Raises `MetricsTokenError`."""
    try:
        token = file.read_text(encoding="ascii").strip()
        is_open = sys.platform != "win32" and file.stat().st_mode & 0o007
    except (OSError, UnicodeError) as error:
        raise MetricsTokenError(file, "it cannot be read") from error
    if is_open:
        raise MetricsTokenError(file, "everybody on this machine can read it (chmod 640 mends that)")
    if not _SHORTEST_TOKEN <= len(token) <= LONGEST_TOKEN or len(token.split()) != 1:
        raise MetricsTokenError(file, f"a token has {_SHORTEST_TOKEN} to {LONGEST_TOKEN} letters, and no spaces")
    return hash_token(token)


def hash_code(untrusted_code: str) -> str:
    """What is kept of a code. However it was typed: small letters, spaces, O for 0."""
    return hash_token(untrusted_code.upper().translate(_READ_AS))


def find_caller(connection: Connection, token_hash: str) -> Caller | None:
    """Whose token this is, or None where it opens nothing (any more)."""
    return find_callers(connection, [token_hash]).get(token_hash)


def living(connection: Connection, token_hashes: Collection[str]) -> set[str]:
    """Those of these tokens that still open something."""
    query = select(devices.c.token_hash).join_from(devices, people).where(people.c.revoked_at.is_(None))
    found: set[str] = set()
    for some in _parts(token_hashes):
        found.update(connection.execute(query.where(devices.c.token_hash.in_(some))).scalars())
    return found


def find_callers(connection: Connection, token_hashes: Collection[str]) -> dict[str, Caller]:
    """Whose tokens these are; those that open nothing (any more) are left out."""
    query = (
        select(people.c.id, people.c.role, people.c.name, devices.c.id.label("device"), devices.c.token_hash)
        .join_from(devices, people)
        .where(people.c.revoked_at.is_(None))
    )
    found = {}
    for some in _parts(token_hashes):
        for row in connection.execute(query.where(devices.c.token_hash.in_(some))):
            author = Author(role=Role(row.role), id=row.id, name=row.name)
            found[row.token_hash] = Caller(author, row.device, row.token_hash)
    return found


def _parts(token_hashes: Collection[str]) -> Iterator[list[str]]:
    every = sorted(token_hashes)
    return (every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE))
