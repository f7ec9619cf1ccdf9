"""Who was erased, outside of the database: a backup that is older than an erasure must not bring anybody back.

`erasures.jsonl` in the data folder. A line holds no name and no id: a random number, and a SHA-256 over it and the
person's id, by which a person who is at hand can be told, and none that is not.
"""

import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from pydantic import Field, ValidationError

from app.domain.records import Record, Sha256, Utc
from app.system.paths import PRIVATE_FILE


class Erasure(Record):
    """One person's erasure. `blobs` are those that went with it."""

    salt: str = Field(min_length=32, max_length=64)
    person: Sha256
    at: Utc
    blobs: tuple[Sha256, ...] = ()

    def is_of(self, person: UUID) -> bool:
        """Whether this is the person's."""
        return self.person == _hash(self.salt, person)

    def event_id(self, case: UUID) -> UUID:
        """The id of the event that tells of it in a case: the same each time, and nobody can know it before."""
        return self._id("event", case)

    def device(self, case: UUID) -> UUID:
        """The device that such an event is of: one for each, which nobody else can have written on."""
        return self._id("device", case)

    def _id(self, what: str, case: UUID) -> UUID:
        return UUID(bytes=hashlib.sha256(f"{self.salt} {what} {case}".encode()).digest()[:16], version=5)


def new_erasure(person: UUID, at: Utc) -> Erasure:
    """An erasure that is not in the list yet."""
    salt = secrets.token_hex(16)
    return Erasure(salt=salt, person=_hash(salt, person), at=at)


@dataclass(frozen=True, slots=True)
class Erasures:
    """The list in its file. Raises `OSError`."""

    path: Path

    def content(self) -> bytes:
        """The file as it is."""
        with suppress(FileNotFoundError):
            return self.path.read_bytes()
        return b""

    def all(self) -> tuple[Erasure, ...]:
        """The list, the oldest first."""
        return read_erasures(self.content())

    def add(self, *more: Erasure) -> None:
        """Keep these, on the disk, before this returns. What is in the list already is left out."""
        known = set(self.all())
        lines = [erasure.model_dump_json() for erasure in more if erasure not in known]
        if not lines:
            return
        # A line end first: a line that was cut off by a fault does not take the next one along.
        content = "".join(f"\n{line}" for line in lines) + "\n"
        with os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE), "ab") as file:
            file.write(content.encode())
            file.flush()
            os.fsync(file.fileno())


def read_erasures(lines: bytes) -> tuple[Erasure, ...]:
    """A list as it was written; a line that a fault cut off counts for nothing."""
    found = []
    for line in lines.splitlines():
        with suppress(ValidationError):
            found.append(Erasure.model_validate_json(line))
    return tuple(found)


def _hash(salt: str, person: UUID) -> str:
    return hashlib.sha256(f"{salt} person {person}".encode()).hexdigest()
