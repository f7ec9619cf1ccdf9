"""One person's time that lies within other time of theirs is found, all of it and once."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.domain.events import WorkKind
from app.domain.work import Work, at_once
from tests.domain.make import ANNA

START = datetime(2026, 11, 2, 9, tzinfo=UTC)


def work(number: int, begins: int, minutes: int) -> Work:
    """A piece that begins so many minutes after nine."""
    start = START + timedelta(minutes=begins)
    end = start + timedelta(minutes=minutes)
    return Work(UUID(int=number), UUID(int=number), ANNA, start, end, WorkKind.COVERED, "", None)


def test_what_ends_when_the_next_begins_shares_nothing_with_it() -> None:
    assert list(at_once([work(1, 0, 30), work(2, 30, 30)])) == []


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), max_size=12))
def test_each_pair_that_shares_a_moment_is_found_once(spans: list[tuple[int, int]]) -> None:
    pieces = [work(number, *span) for number, span in enumerate(spans)]
    found = [frozenset((one.origin, other.origin)) for one, other in at_once(pieces)]
    minutes = {
        piece.origin: set(range(begins, begins + long)) for piece, (begins, long) in zip(pieces, spans, strict=True)
    }
    sharing = {
        frozenset((one, other))
        for one in minutes
        for other in minutes
        if one != other and minutes[one] & minutes[other]
    }
    assert len(found) == len(set(found))
    assert set(found) == sharing
