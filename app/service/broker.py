"""Which relay holds which session: the least loaded that answers, remembered until the session moves or ends."""

import logging
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert, select, update

from app.domain.errors import BistandError
from app.domain.people import Role
from app.domain.relay import Door, Order, OrderKind
from app.service.database import Database
from app.service.errors import NoRelayError, RelaySilentError
from app.service.relay import OwnRelay
from app.service.stations import AllStations
from app.service.tables import people, places, sessions
from app.system.clock import new_id

_log = logging.getLogger(__name__)
_MOST_TRIES = 3  # each may take some seconds, and somebody waits


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a session is. `relay` is a further relay's id, None the service's own."""

    relay: UUID | None


class RelayBroker:
    """All relays of a service as one `RelayControl`. Methods block, and may be called from any thread."""

    def __init__(self, database: Database, own: OwnRelay | None, stations: AllStations) -> None:
        self._database = database
        self._own = own
        self._stations = stations

    def admit_customer(self, session: UUID, key: str) -> Door:
        """Let the customer in where the session is; where that relay does not answer, at the least loaded that does.

        Raises `NoRelayError`, `RelaySilentError`, or what the last relay that was asked said.
        """
        before = self._placed(session)
        fault: BistandError = RelaySilentError()
        for place in self._choices(before)[:_MOST_TRIES]:
            self._put(session, place)
            try:
                door = self._admit(place, OrderKind.ADMIT_CUSTOMER, session, key)
            except BistandError as error:
                _log.warning("a relay admits nobody: %s", error)
                fault = error
                continue
            if before is not None and before != place:
                self._expel_at(before, session)
            return door
        raise fault

    def admit_technician(self, session: UUID, key: str) -> Door:
        """Let a technician in where the customer is. Raises `NoRelayError`, `RelaySilentError`, or what it says."""
        place = self._placed(session)
        if place is None:
            raise NoRelayError if not self._knows_any() else RelaySilentError
        if place.relay is not None and place not in self._choices(place):
            raise RelaySilentError
        return self._admit(place, OrderKind.ADMIT_TECHNICIAN, session, key)

    def expel(self, session: UUID) -> None:
        """Have both parties put out. A further relay that is away does it once it is back."""
        place = self._placed(session)
        if place is not None:
            self._expel_at(place, session)

    def _choices(self, before: _Place | None) -> list[_Place]:
        """Where a session can go, best first: where it is, then by load. Raises `NoRelayError`."""
        answering = self._stations.answering()
        enrolled = self._enrolled()
        own = self._own if self._own is not None and self._own.is_open else None
        loads = {_Place(None): own.sessions} if own is not None else {}  # first: it is nearest
        loads |= {_Place(relay): load for relay, load in answering.items() if relay in enrolled}
        if not loads and not enrolled and self._own is None:
            raise NoRelayError
        return sorted(loads, key=lambda place: (place != before, loads[place]))

    def _knows_any(self) -> bool:
        return self._own is not None or bool(self._enrolled())

    def _enrolled(self) -> set[UUID]:
        query = select(people.c.id).where(people.c.role == Role.RELAY.value, people.c.revoked_at.is_(None))
        with self._database.read() as connection:
            return set(connection.execute(query).scalars())

    def _admit(self, place: _Place, kind: OrderKind, session: UUID, key: str) -> Door:
        if place.relay is not None:
            return self._stations.order(place.relay, Order(id=new_id(), kind=kind, session=session, key=key))
        if self._own is None:
            raise RelaySilentError
        customer = kind is OrderKind.ADMIT_CUSTOMER
        return self._own.admit_customer(session, key) if customer else self._own.admit_technician(session, key)

    def _expel_at(self, place: _Place, session: UUID) -> None:
        if place.relay is not None:
            self._stations.tell(place.relay, Order(id=new_id(), kind=OrderKind.EXPEL, session=session))
        elif self._own is not None:
            self._own.expel(session)

    def _placed(self, session: UUID) -> _Place | None:
        with self._database.read() as connection:
            row = connection.execute(select(places.c.relay).where(places.c.session == session)).one_or_none()
        return None if row is None else _Place(row.relay)

    def _put(self, session: UUID, place: _Place) -> None:
        """Remember it, before the relay is asked: what it holds and should not is then always seen."""
        with self._database.write() as connection:
            # The session's row is what two who place it wait for.
            connection.execute(select(sessions.c.id).where(sessions.c.id == session).with_for_update())
            known = connection.execute(
                update(places).where(places.c.session == session).values(relay=place.relay)
            ).rowcount
            if not known:
                connection.execute(insert(places).values(session=session, relay=place.relay))


def strangers(database: Database, relay: UUID, held: tuple[UUID, ...]) -> tuple[UUID, ...]:
    """Those of the sessions held by this relay that it should not hold: they are over, or elsewhere by now."""
    if not held:
        return ()
    query = (
        select(places.c.session)
        .join_from(places, sessions)
        .where(places.c.relay == relay, sessions.c.ended_at.is_(None), places.c.session.in_(held))
    )
    with database.read() as connection:
        right = set(connection.execute(query).scalars())
    return tuple(session for session in held if session not in right)
