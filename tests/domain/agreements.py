"""Agreements, calendars and work for tests, by hand and by hypothesis."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from app.domain.agreement import Goodwill, Rounding, RoundingMode, Terms, contradictions
from app.domain.charge import Piece
from app.domain.events import CoverageDecided, Outcome, Reason, Responsibility, WorkKind
from app.domain.hours import Calendar, OpenHours, Weekday
from app.domain.money import Money

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
EIGHT_TO_FOUR = tuple(OpenHours(day=day, start=8 * 60, end=16 * 60) for day in list(Weekday)[:5])
CHRISTMAS = frozenset({date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)})
CALENDAR = Calendar(COPENHAGEN, EIGHT_TO_FOUR, CHRISTMAS)


def terms(**more: object) -> Terms:
    """An agreement in Danish kroner: 800 an hour, 1,200 for what is outside, half as much again after hours."""
    usual: dict[str, object] = {
        "name": "Service agreement",
        "currency": "DKK",
        "timezone": "Europe/Copenhagen",
        "country": "DK",
        "valid_from": date(2026, 1, 1),
        "hours": EIGHT_TO_FOUR,
        "covers": frozenset({"printer", "mail"}),
        "hourly_rate": 80_000,
        "special_rate": 120_000,
        "after_hours_percent": 150,
    }
    return Terms.model_validate(usual | more)


def decided(outcome: Outcome = Outcome.SPECIAL) -> CoverageDecided:
    """A price for half an hour of work, outside the agreement if nothing else is said."""
    return CoverageDecided(
        topic="web shop",
        responsibility=Responsibility.CUSTOMER,
        minutes=30,
        outcome=outcome,
        reason=Reason.TOPIC_OUTSIDE,
        work=WorkKind.SPECIAL,
        rate=120_000,
        likely=Money(amount=60_000, currency="DKK"),
        sentence="This is outside your agreement. It will probably cost 600.00 DKK.",
    )


def local(text: str) -> datetime:
    """A time on the wall in Copenhagen, as `2026-11-25 10:00`, as a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=COPENHAGEN).astimezone(UTC)


def piece(text: str, minutes: float, kind: WorkKind = WorkKind.COVERED, *, case: int = 1, number: int = 1) -> Piece:
    """Work that began at this time on the wall."""
    start = local(text)
    return Piece(UUID(int=number), UUID(int=case), kind, start, start + timedelta(minutes=minutes))


_moments = st.datetimes(min_value=datetime(2026, 1, 2), max_value=datetime(2027, 1, 30), timezones=st.just(UTC))  # noqa: DTZ001
_lengths = st.integers(1, 8 * 3600 * 10**6) | st.integers(1, 32).map(lambda quarters: quarters * 15 * 60 * 10**6)


@st.composite
def pieces(draw: st.DrawFn) -> Piece:
    """Any piece of work within a year and a month."""
    start = draw(_moments)
    return Piece(
        UUID(int=draw(st.integers(1, 2**64))),
        UUID(int=draw(st.integers(1, 3))),
        draw(st.sampled_from(WorkKind)),
        start,
        start + timedelta(microseconds=draw(_lengths)),
    )


any_work = st.lists(pieces(), max_size=12, unique_by=lambda piece: piece.id)
any_terms = st.builds(
    terms,
    hourly_rate=st.integers(0, 200_000),
    special_rate=st.integers(200_000, 400_000),
    travel_rate=st.none() | st.integers(0, 100_000),
    after_hours_percent=st.integers(100, 300),
    included_minutes=st.none() | st.integers(0, 600),
    rollover_months=st.integers(0, 3),
    minimum_minutes=st.sampled_from([0, 15, 30, 60]),
    rounding=st.builds(Rounding, mode=st.sampled_from(RoundingMode), step_minutes=st.sampled_from([1, 5, 15])),
    goodwill=st.just(Goodwill(minutes_per_job=15, minutes_per_month=60)),
).filter(lambda made: not contradictions(made))
