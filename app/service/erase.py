"""Erases a person: identity and content go, what charges are reckoned from stays (app/domain/erasure.py tells).

First the list of erasures, then the database in one transaction, then the blobs, then what is left on the database's
free pages. Wherever that is cut, doing it once more completes it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, delete, exists, insert, select, text, update

from app.domain.erasure import former, redacted
from app.domain.events import Event, PersonErased, Stream, named_blobs
from app.domain.people import Author, Role
from app.domain.progress import Counted, uncounted
from app.service.admin import opened
from app.service.blob_access import BlobAccess, blobs_of
from app.service.database import Database, lock_log
from app.service.erasures import Erasure, Erasures, new_erasure
from app.service.errors import BackupFileError
from app.service.event_row import row_of
from app.service.notifier import LOG
from app.service.persons import Person, cases_of, events_of, everybody, find_person, is_named, naming
from app.service.settings import ServiceSettings
from app.service.tables import arrivals, blob_names, codes, devices, events, log, mail, people, sessions, uploads
from app.system.clock import Clock, SystemClock

_OWNER = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Erased:
    """What went. `copies` still hold the person: databases that were kept beside, by earlier upgrades and restores."""

    person: Person
    cases: int
    blobs: int
    copies: tuple[str, ...]


def whom(settings: ServiceSettings, untrusted_name: str) -> Person:
    """The person who would be erased or told about. Raises the `PersonError` tree, and what `opened` raises."""
    database = opened(settings)
    try:
        with database.read() as connection:
            return find_person(connection, untrusted_name)
    finally:
        database.close()


def erase(
    settings: ServiceSettings, person: Person, on_progress: Counted = uncounted, clock: Clock | None = None
) -> Erased:
    """Erase the person, whether or not the service runs. Doing it again is fine.

    `on_progress` is told cases done, and of how many. Raises `BackupFileError` where the list of erasures cannot be
    written (then nothing was changed), `NotScrubbedError`, and what `opened` raises.
    """
    database, listed = opened(settings), Erasures(settings.erasures)
    try:
        known = [erasure for erasure in listed.all() if erasure.is_of(person.id)]
        first = known[0] if known else new_erasure(person.id, (clock or SystemClock()).now())
        with database.write() as connection:
            lock_log(connection)
            change = _Change(connection, first)
            change.erase(person, on_progress)
            _list(listed, first.model_copy(update={"blobs": tuple(sorted(change.blobs))}))
            database.announce(connection, LOG)
        gone = change.blobs.union(*(erasure.blobs for erasure in known))
        files = blobs_of(settings)
        remove_blobs(database, files, gone)
        files.remove_parts(person.id)
        database.scrub()
        return Erased(person, change.cases, len(change.blobs), _copies(database))
    finally:
        database.close()


def erase_again(connection: Connection, erasures: Iterable[Erasure]) -> set[str]:
    """Erase whom these name from what a backup brought back. Returns the blobs that go with them."""
    blobs: set[str] = set()
    everyone = list(everybody(connection))
    for erasure in erasures:
        for person in (person for person in everyone if erasure.is_of(person.id)):
            change = _Change(connection, erasure)
            change.erase(person, uncounted)
            blobs |= change.blobs
    return blobs


def erase_what_came_back(connection: Connection, erasures: Iterable[Erasure], back: Mapping[Author, set[UUID]]) -> None:
    """Erase from these cases, by whom of them was erased, what devices gave back that had not heard of it."""
    for erasure in erasures:
        for author in (author for author in back if erasure.is_of(author.id)):
            _Change(connection, erasure).erase_from(back[author], author)


def remove_blobs(database: Database, files: BlobAccess, blobs: Iterable[str]) -> None:
    """Remove these from where they lie, but for what is somebody's by now."""
    for sha256 in sorted(blobs):
        with database.read() as connection:
            kept = connection.execute(select(exists().where(uploads.c.sha256 == sha256))).scalar_one()
        if not kept:
            files.remove(sha256)


class _Change:
    """What one erasure does to the database, in the caller's transaction."""

    def __init__(self, connection: Connection, erasure: Erasure) -> None:
        self._connection = connection
        self._erasure = erasure
        row = connection.execute(select(log.c.provider, log.c.version)).one()
        self._author = Author(role=Role.OWNER, id=_OWNER, name=row.provider)
        self._version: int = row.version
        self.cases = 0
        self.blobs: set[str] = set()

    def erase(self, person: Person, on_progress: Counted) -> None:
        self.erase_from(cases_of(self._connection, person), person, on_progress)
        self._forget(person)

    def erase_from(self, found: Collection[UUID], person: Person | Author, on_progress: Counted = uncounted) -> None:
        for case in found:
            self._erase_from(case, person)
            self.cases += 1
            on_progress(self.cases, len(found))
        self._connection.execute(update(log).values(version=self._version))

    def _erase_from(self, case: UUID, person: Person | Author) -> None:
        held = events_of(self._connection, case)
        if not held:
            return
        erased = _erased([event for _, _, event in held], person)
        lost: set[str] = set()
        for version, _, event in held:
            left = redacted(event, erased)
            if left != event:
                self._rewrite(version, left)
                lost.update(named_blobs(event))
        self._unname(lost)
        self._tell(case, held[0][2].stream, erased, to_customers=any(is_visible for _, is_visible, _ in held))

    def _rewrite(self, version: int, left: Event) -> None:
        values = {"kind": left.kind, "event": left.model_dump_json()}
        self._connection.execute(update(events).where(events.c.version == version).values(values))
        dropped = blob_names.c.sha256.not_in(named_blobs(left))
        self._connection.execute(delete(blob_names).where(blob_names.c.version == version, dropped))

    def _unname(self, blobs: set[str]) -> None:
        """Of blobs that an event named: what no event names now is nobody's any more."""
        for sha256 in blobs:
            still = select(exists().where(blob_names.c.sha256 == sha256))
            if not self._connection.execute(still).scalar_one():
                self._connection.execute(delete(uploads).where(uploads.c.sha256 == sha256))
                self.blobs.add(sha256)

    def _tell(self, case: UUID, stream: Stream, erased: PersonErased, *, to_customers: bool) -> None:
        """Put it into the log, for all who hold a copy of the case, the card or the like; once."""
        event_id = self._erasure.event_id(case)
        if self._connection.execute(select(exists().where(events.c.id == event_id))).scalar_one():
            return
        owner = select(events.c.owner).where(events.c.stream_id == case).order_by(events.c.version).limit(1)
        self._version += 1
        event = Event(
            id=event_id,
            stream=stream,
            stream_id=case,
            at=self._erasure.at,
            author=self._author,
            device=self._erasure.device(case),
            device_seq=1,
            body=erased,
        )
        values = row_of(event, self._version, self._connection.execute(owner).scalar_one())
        values["customer_visible"] = values["customer_visible"] and to_customers
        self._connection.execute(insert(events).values(values))

    def _forget(self, person: Person) -> None:
        """Their name, devices, codes and letters. The bare row stays: sessions and uploads point to it."""
        gone = {"name": former(person.role), "revoked_at": person.revoked_at or self._erasure.at}
        run = self._connection.execute
        run(update(people).where(people.c.id == person.id).values(gone))
        run(delete(devices).where(devices.c.person == person.id))
        run(delete(codes).where(codes.c.person == person.id))
        run(delete(arrivals).where(arrivals.c.person == person.id))
        if not person.is_customer:
            run(delete(mail).where(mail.c.author == person.name, mail.c.from_customer.is_(False)))
            return
        own = select(sessions.c.id).where(sessions.c.customer == person.id)
        run(delete(mail).where(mail.c.session.in_(own)))
        run(update(sessions).where(sessions.c.customer == person.id, sessions.c.ended_at.is_(None)).values(
            ended_at=self._erasure.at))  # fmt: skip
        sent = run(select(uploads.c.sha256).where(uploads.c.person == person.id)).scalars().all()
        self._unname(set(sent))
        unnamed = uploads.c.sha256.not_in(select(blob_names.c.sha256))  # what others' events name stays theirs
        run(delete(uploads).where(uploads.c.person == person.id, unnamed))


def _erased(held: Sequence[Event], person: Person | Author) -> PersonErased:
    """What is told of the erasure in this case, or on this card."""
    if person.role is not Role.CUSTOMER:
        named = tuple(event.id for event in held if is_named(event, person.name))
        return PersonErased(person=person.id, role=Role.TECHNICIAN, named=named)
    is_card = held[0].stream is Stream.CUSTOMER
    named = naming(held, person.id, person.name) if is_card else ()
    return PersonErased(person=person.id, role=Role.CUSTOMER, named=named)


def _list(listed: Erasures, erasure: Erasure) -> None:
    try:
        listed.add(erasure)
    except OSError as error:
        raise BackupFileError(listed.path, error.strerror or str(error)) from error


def _copies(database: Database) -> tuple[str, ...]:
    """Older databases that lie beside this one."""
    if database.is_shared:
        query = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'replaced_%' ORDER BY nspname"
        with database.read() as connection:
            return tuple(f"schema {name}" for name in connection.execute(text(query)).scalars())
    file = database.file
    return tuple(
        str(path)
        for path in sorted(file.parent.glob(f"{file.name}.*"))
        if not path.name.endswith(("-wal", "-shm", "-journal"))
    )
