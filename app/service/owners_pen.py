"""What the owner writes into the log, at the service itself: agreements, and who has them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from app.domain import streams
from app.domain.events import Body, Event, Stream
from app.domain.people import Author, Role
from app.domain.streams import State
from app.service.database import lock_log
from app.service.event_row import row_of
from app.service.tables import events, log
from app.system.clock import new_id

OWNER = UUID(int=0)
"""Who the owner is in the log: they have no device."""


class OwnersPen:
    """Writes in the caller's transaction, after whoever is pushing. Each event is a device of its own."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        lock_log(connection)
        self._connection, self._now = connection, now
        row = connection.execute(select(log.c.provider, log.c.version)).one()
        self._author = Author(role=Role.OWNER, id=OWNER, name=row.provider)
        self._version: int = row.version

    def write(self, stream: Stream, stream_id: UUID, body: Body) -> Event:
        """Put it into the log. Raises `RefusedError` where the rules say no; then nothing is written."""
        event = Event(
            id=new_id(), stream=stream, stream_id=stream_id, at=self._now, author=self._author, device=new_id(),
            device_seq=1, body=body,
        )  # fmt: skip
        state = state_of(self._connection, stream, stream_id)
        streams.decide(state, event, self._now)
        self._version += 1
        owner = streams.owner_of(streams.advance(state, event))
        self._connection.execute(insert(events).values(row_of(event, self._version, owner)))
        self._connection.execute(update(log).values(version=self._version))
        return event


def state_of(connection: Connection, stream: Stream, stream_id: UUID) -> State:
    """What the log has of this."""
    query = select(events.c.event).where(events.c.stream_id == stream_id).order_by(events.c.version)
    found = (Event.model_validate_json(text) for text in connection.execute(query).scalars())
    return streams.fold(stream, stream_id, found)


def states_of(connection: Connection, stream: Stream) -> tuple[State, ...]:
    """All of one kind that is no case, by the moment they began."""
    query = select(events.c.event).where(events.c.stream == stream.value).order_by(events.c.version)
    by_id: dict[UUID, list[Event]] = {}
    for text in connection.execute(query).scalars():
        event = Event.model_validate_json(text)
        by_id.setdefault(event.stream_id, []).append(event)
    return tuple(streams.fold(stream, name, some) for name, some in by_id.items())
