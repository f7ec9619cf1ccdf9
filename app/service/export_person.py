"""Everything that is held about a person, for them to have: JSON Lines, the files, and a page that says what is what.

A customer gets all events of their cases that they may read, and the files that these name. A technician gets what
they wrote themselves and where they are named; what others wrote of third parties is not theirs, nor are recordings of
customers' machines. Secrets are in no database: of tokens and codes there is only when they were made.
"""

import base64
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast
from uuid import UUID

from sqlalchemy import Connection, Select, select

from app.domain.events import CareMarked, CustomerNoted, Event, Stream, named_blobs
from app.domain.progress import Counted, uncounted
from app.service.admin import opened
from app.service.blob_access import BlobAccess, blobs_of
from app.service.errors import ExportError, NoBlobError
from app.service.persons import Person, cases_of, events_of, is_named, naming
from app.service.settings import ServiceSettings
from app.service.tables import codes, devices, log, mail, people, sessions, uploads
from app.system.clock import new_id
from app.system.paths import PRIVATE_FILE, PRIVATE_FOLDER

_README = """What {provider} holds about {name}

Made by Bistand. Each line of a .jsonl file is one fact in JSON; times are UTC.

  person.jsonl    {person:>6}  who you are to the service
  devices.jsonl   {devices:>6}  devices with access, and since when
  codes.jsonl     {codes:>6}  codes you were given to begin with
  sessions.jsonl  {sessions:>6}  remote sessions
  letters.jsonl   {letters:>6}  messages between both ends as a session began
  events.jsonl    {events:>6}  {events_are}
  named.jsonl     {named:>6}  where somebody else's event tells your name
  uploads.jsonl   {uploads:>6}  files that your devices sent
  blobs/          {blobs:>6}  {blobs_are}

The numbers count what is in each. Tokens and codes themselves are kept by nobody, so they are not here.
{missing}"""
_CUSTOMERS = (
    "your cases: what was said and done; what we know of you",
    "the files of your cases, each under its SHA-256",
)
_STAFFS = ("what you wrote", "none: recordings and reports are the customers'")


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, and how much of each. `missing` are files that should be there and are not."""

    person: Person
    place: Path
    counts: dict[str, int]
    missing: tuple[str, ...]


_Write = Callable[[dict[str, Any]], None]


class _Target(Protocol):
    """Where it is written to."""

    def open(self, name: str) -> BinaryIO:
        """A new file in it."""


def export_person(settings: ServiceSettings, person: Person, place: Path, on_progress: Counted = uncounted) -> Exported:
    """Write it all into a new folder, or into a new file where the name ends with `.zip`; whole, or not at all.

    `on_progress` is told cases done, and of how many. Raises `ExportError`, and what `opened` raises.
    """
    database = opened(settings)
    try:
        with _new(place) as target, database.read() as connection:
            work = _Export(connection, blobs_of(settings), person, target, on_progress)
            work.write()
        return Exported(person, place, work.counts, tuple(work.missing))
    finally:
        database.close()


@dataclass
class _Export:
    """One export, in one transaction that sees one moment."""

    connection: Connection
    files: BlobAccess
    person: Person
    target: _Target
    on_progress: Counted
    counts: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def write(self) -> None:
        me = self.person.id
        own = sessions.c.customer == me
        sent = uploads.c.person == me
        self._rows("person", select(people).where(people.c.id == me))
        self._rows("devices", select(devices.c.id, devices.c.made_at).where(devices.c.person == me))
        self._rows("codes", select(codes.c.until, codes.c.used_at).where(codes.c.person == me))
        self._rows("sessions", select(sessions).where(own))
        letters = select(mail.c.session, mail.c.at, mail.c.from_customer, mail.c.author, mail.c.body)
        if self.person.is_customer:
            letters = letters.where(mail.c.session.in_(select(sessions.c.id).where(own)))
        else:
            letters = letters.where(mail.c.author == self.person.name, mail.c.from_customer.is_(False))
        self._rows("letters", letters)
        self._rows("uploads", select(uploads.c.sha256, uploads.c.size, uploads.c.at).where(sent))
        wanted = self._events()
        if self.person.is_customer:
            wanted.update(dict.fromkeys(self.connection.execute(select(uploads.c.sha256).where(sent)).scalars()))
        self._blobs(wanted if self.person.is_customer else {})
        self._readme()

    def _events(self) -> dict[str, None]:
        """The events, and where the person is named. Returns the files that go with them."""
        wanted: dict[str, None] = {}
        named: list[dict[str, Any]] = []
        cases = cases_of(self.connection, self.person)
        with self._lines("events") as write:
            for done, case in enumerate(cases, start=1):
                held = events_of(self.connection, case)
                own = self._own_of([event for _, _, event in held])
                for version, is_visible, event in held:
                    if event.id in own or (is_visible and self.person.is_customer):
                        write({"version": version, "event": event.model_dump(mode="json")})
                        wanted.update(dict.fromkeys(named_blobs(event)))
                    elif not self.person.is_customer and is_named(event, self.person.name):
                        named.append({"version": version, "case": case, "at": event.at, "kind": event.kind})
                self.on_progress(done, len(cases))
        with self._lines("named") as write:
            for fact in named:
                write(fact)
        return wanted

    def _own_of(self, held: Sequence[Event]) -> set[UUID]:
        """Of somebody of the shop what they wrote; of a customer's card what tells of them, save notes."""
        if not self.person.is_customer:
            return {event.id for event in held if event.author.id == self.person.id}
        if not held or held[0].stream is not Stream.CUSTOMER:
            return set()
        named = naming(held, self.person.id, self.person.name)
        return {
            event.id
            for event in held
            if event.id in named or not (named or isinstance(event.body, CustomerNoted | CareMarked))
        }

    def _blobs(self, wanted: dict[str, None]) -> None:
        self.counts["blobs"] = 0
        for sha256 in wanted:
            try:
                self.files.size(sha256)
            except NoBlobError:
                self.missing.append(sha256)
                continue
            with self.target.open(f"blobs/{sha256}") as copy:
                copy.writelines(self.files.read(sha256))
            self.counts["blobs"] += 1

    def _readme(self) -> None:
        provider = self.connection.execute(select(log.c.provider)).scalar_one()
        events_are, blobs_are = _CUSTOMERS if self.person.is_customer else _STAFFS
        missing = f"\nNot found, though an event names it: {', '.join(self.missing)}\n" if self.missing else ""
        page = _README.format(
            provider=provider, name=self.person.name, events_are=events_are, blobs_are=blobs_are, missing=missing,
            **self.counts,
        )  # fmt: skip
        with self.target.open("README.txt") as file:
            file.write(page.encode())

    def _rows(self, name: str, query: Select[Any]) -> None:
        with self._lines(name) as write:
            for row in self.connection.execute(query).mappings():
                write(dict(row))

    @contextmanager
    def _lines(self, name: str) -> Iterator[_Write]:
        self.counts[name] = 0
        with self.target.open(f"{name}.jsonl") as file:

            def write(fact: dict[str, Any]) -> None:
                file.write(json.dumps(fact, ensure_ascii=False, default=_plain).encode() + b"\n")
                self.counts[name] += 1

            yield write


class _Folder:
    """A new folder, closed to others."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=PRIVATE_FOLDER)

    def open(self, name: str) -> BinaryIO:
        """A new file in it."""
        path = self._folder / name
        path.parent.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "wb")


class _Zip:
    """A new file for all of it."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def open(self, name: str) -> BinaryIO:
        """A new file in it; one at a time."""
        member = zipfile.ZipInfo(name)
        member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, PRIVATE_FILE << 16
        return cast("BinaryIO", self._archive.open(member, "w", force_zip64=True))


@contextmanager
def _new(place: Path) -> Iterator[_Target]:
    """A draft beside the place, which takes its name once it is whole; else nothing is left."""
    draft = place.with_name(f".{place.name}.{new_id()}")
    try:
        if place.exists():
            raise ExportError(place, "there is something of that name already")
        if place.suffix.lower() == ".zip":
            number = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
            with os.fdopen(number, "w+b") as file, zipfile.ZipFile(file, "w") as archive:
                yield _Zip(archive)
        else:
            yield _Folder(draft)
        draft.rename(place)
    except OSError as error:
        raise ExportError(place, error.strerror or str(error)) from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True) if not draft.is_dir() else shutil.rmtree(draft)


def _plain(value: object) -> str:
    """What JSON has no form for."""
    if isinstance(value, datetime):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
