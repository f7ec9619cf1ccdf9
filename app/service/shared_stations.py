"""The further relays of several copies of the service: each reports to one copy, and all of them may give it orders.

As `stations.py`, kept in the PostgreSQL that the copies share, whose clock counts. Who gives a relay orders or hears it
locks its row. An order is announced with its commit, so that the copy where the relay waits hands it out; who gave it
looks for the answer again and again, for some seconds at most.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_else

from app.domain.relay import Door, Order, OrderAnswer, RelayLoad, RelayReport
from app.service.database import Database
from app.service.errors import RelaySilentError
from app.service.stations import LATELY_SECONDS, ORDER_SECONDS, AllStations, Stations, door_of
from app.service.tables import orders, stations

_LOOKS = (0.02, 0.05, 0.1, 0.2)  # seconds between looks for an answer; the last one again and again
_FORGOTTEN = timedelta(minutes=1)  # an order of a copy that was killed


def stations_of(database: Database, *, patience: float = ORDER_SECONDS) -> AllStations:
    """In memory where one service is alone with its database; where others may work on it too, in that."""
    return SharedStations(database, patience=patience) if database.is_shared else Stations(patience=patience)


class SharedStations:
    """All further relays of one shop. Methods block, and may be called from any thread."""

    def __init__(self, database: Database, *, patience: float) -> None:
        self._database = database
        self._patience = patience
        self._lock = threading.Lock()
        self._wakes: dict[UUID, Callable[[], object]] = {}  # of the relays that ask here

    def hear(self, relay: UUID, report: RelayReport, wake: Callable[[], object]) -> int:
        """Take in a report. Returns its turn, for `take`; `wake` is called, on any thread, once there are orders."""
        with self._lock:
            self._wakes[relay] = wake
        values = {"run": report.run, "load": report.load.model_dump_json(), "heard_at": func.now(), "silent": False}
        with self._database.write() as connection:
            before = _locked(connection, relay)
            if before is not None and before.run != report.run:
                connection.execute(delete(orders).where(orders.c.relay == relay))  # started anew, it knows of nothing
            added = insert_or_else(stations).values(relay=relay, turn=1, **values)
            heard = added.on_conflict_do_update(index_elements=["relay"], set_={**values, "turn": stations.c.turn + 1})
            turn: int = connection.execute(heard.returning(stations.c.turn)).scalar_one()
            for answer in report.answers:
                this = (orders.c.id == answer.order, orders.c.relay == relay, orders.c.awaited)
                connection.execute(update(orders).where(*this).values(answer=answer.model_dump_json()))
            done = (orders.c.taken & ~orders.c.awaited) | (orders.c.at < func.now() - _FORGOTTEN)
            connection.execute(delete(orders).where(orders.c.relay == relay, done))
        return turn

    def take(self, relay: UUID, turn: int) -> tuple[Order, ...]:
        """The orders for the relay; none where it has asked again since, at whichever copy."""
        with self._database.write() as connection:
            station = _locked(connection, relay)
            if station is None or station.turn != turn:
                return ()
            waiting = (orders.c.relay == relay, ~orders.c.taken)
            found = connection.execute(select(orders.c.text).where(*waiting).order_by(orders.c.number)).scalars().all()
            if found:
                connection.execute(update(orders).where(*waiting).values(taken=True))
        return tuple(Order.model_validate_json(text) for text in found)

    def leave(self, relay: UUID) -> None:
        """The relay stops, and says so."""
        with self._database.write() as connection:
            _locked(connection, relay)
            connection.execute(delete(orders).where(orders.c.relay == relay))
            connection.execute(delete(stations).where(stations.c.relay == relay))
            self._database.announce(connection, relay)
        self._wake(relay)

    def answering(self) -> dict[UUID, int]:
        """The relays that answered lately, each with the sessions that it holds or is about to."""
        open_ones = select(orders.c.relay, func.count().label("many")).where(
            orders.c.awaited, orders.c.answer.is_(None)
        )
        with self._database.read() as connection:
            coming: dict[UUID, int] = {
                row.relay: row.many for row in connection.execute(open_ones.group_by(orders.c.relay))
            }
        return {relay: load.sessions + coming.get(relay, 0) for relay, load in self.loads().items()}

    def loads(self) -> dict[UUID, RelayLoad]:
        """What the relays that answered lately carry, as they told."""
        with self._database.read() as connection:
            rows = connection.execute(select(stations.c.relay, stations.c.load).where(_answers())).all()
        return {row.relay: RelayLoad.model_validate_json(row.load) for row in rows}

    def order(self, relay: UUID, order: Order) -> Door:
        """Have the relay do it, and wait for its door.

        Raises `RelaySilentError` where no answer came in time, `RelayRefusedError` with the relay's own words.
        """
        if not self._give(relay, order, awaited=True):
            raise RelaySilentError
        until, looks = time.monotonic() + self._patience, iter(_LOOKS)
        pause = _LOOKS[0]
        while (left := until - time.monotonic()) > 0:
            pause = next(looks, pause)
            time.sleep(min(pause, left))
            answer = self._answer(order)
            if answer is not None:
                return door_of(answer)
        return self._give_up(relay, order)

    def tell(self, relay: UUID, order: Order) -> None:
        """Have the relay do it; nobody waits. One that is away finds out when it reports again."""
        self._give(relay, order, awaited=False)

    def _give(self, relay: UUID, order: Order, *, awaited: bool) -> bool:
        """Put it where the relay gets it. False where the relay does not answer."""
        with self._database.write() as connection:
            if _locked(connection, relay, _answers()) is None:
                return False
            connection.execute(
                insert(orders).values(
                    id=order.id, relay=relay, at=func.now(), text=order.model_dump_json(), awaited=awaited, taken=False
                )
            )
            self._database.announce(connection, relay)
        self._wake(relay)
        return True

    def _answer(self, order: Order) -> OrderAnswer | None:
        """The relay's answer, if there is one, taken away. Raises `RelaySilentError` where the order is not there."""
        with self._database.read() as connection:
            row = connection.execute(select(orders.c.answer).where(orders.c.id == order.id)).one_or_none()
        if row is None:
            raise RelaySilentError
        if row.answer is None:
            return None
        with self._database.write() as connection:
            connection.execute(delete(orders).where(orders.c.id == order.id))
        return OrderAnswer.model_validate_json(row.answer)

    def _give_up(self, relay: UUID, order: Order) -> Door:
        """The last look: an answer that came at this moment counts. Raises as `order` does."""
        with self._database.write() as connection:
            _locked(connection, relay)
            gone = delete(orders).where(orders.c.id == order.id).returning(orders.c.answer)
            answer = connection.execute(gone).scalar_one_or_none()
            if answer is None:  # until it is heard again
                connection.execute(update(stations).where(stations.c.relay == relay).values(silent=True))
        if answer is None:
            raise RelaySilentError
        return door_of(OrderAnswer.model_validate_json(answer))

    def _wake(self, relay: UUID) -> None:
        with self._lock:
            wake = self._wakes.get(relay)
        if wake is not None:
            with suppress(RuntimeError):  # the service has stopped meanwhile
                wake()


def _answers() -> ColumnElement[bool]:
    lately = stations.c.heard_at >= func.now() - timedelta(seconds=LATELY_SECONDS)
    return lately & ~stations.c.silent


def _locked(connection: Connection, relay: UUID, *conditions: ColumnElement[bool]) -> Any:
    """The relay's row, which others wait for until this transaction ends; None where there is none."""
    query = select(stations).where(stations.c.relay == relay, *conditions).with_for_update()
    return connection.execute(query).one_or_none()
