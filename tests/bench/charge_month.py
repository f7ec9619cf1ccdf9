"""Row `charge_month`: a month of 20 technicians, 10,000 pieces of work under 100 agreements, charged."""

import random
import statistics
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.domain.agreement import Terms
from app.domain.charge import Charge, Piece, charge
from app.domain.events import WorkKind
from app.flows.agreement_file import read_agreement
from app.system.calendars import calendar_of
from app.system.translations import resources
from tests.bench.row import Row, at_most

_PIECES = 10_000
_AGREEMENTS = 100
_ROUNDS = 9
_LIMIT = 1.0
_SEED = 20_261_101
_NOTE = (
    f"{_PIECES:,} pieces of work of one month, of all kinds and at all hours, under {_AGREEMENTS} agreements (the four "
    "of `resources/agreements` in turn), each charged whole with its time zone and public holidays. Median of "
    f"{_ROUNDS} rounds, each with calendars that have reckoned nothing yet. The peer is no program but the second that "
    "it may take."
)


def measure() -> Row:
    """Charge the month again and again."""
    work = _work(random.Random(_SEED))
    agreements = [read_agreement(path) for path in sorted((resources() / "agreements").glob("*.toml"))]
    took = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        bills = [_bill(agreements[number % len(agreements)], pieces) for number, pieces in enumerate(work)]
        took.append(time.perf_counter() - began)
        assert sum(len(bill.lines) for bill in bills) >= _AGREEMENTS
    return at_most("charge_month", statistics.median(took), _LIMIT, "s", 1.0, _NOTE)


def _bill(terms: Terms, pieces: list[Piece]) -> Charge:
    return charge(pieces, terms, calendar_of(terms))


def _work(chance: random.Random) -> list[list[Piece]]:
    """By agreement, pieces of a minute to three hours."""
    return [[_piece(chance) for _ in range(_PIECES // _AGREEMENTS)] for _ in range(_AGREEMENTS)]


def _piece(chance: random.Random) -> Piece:
    start = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(30 * 24 * 3600))
    end = start + timedelta(seconds=chance.randrange(60, 3 * 3600))
    case = UUID(int=chance.randrange(1, 30))
    return Piece(UUID(int=chance.getrandbits(128)), case, chance.choice(list(WorkKind)), start, end)
