"""Shifts from a calendar file: as the wall clock says, each once, and nothing from a file that means harm."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.system.calendar_errors import CalendarFileError
from app.system.calendar_file import MOST_SHIFTS, Occurrence, read_calendar, uid_of

HERE = ZoneInfo("Europe/Copenhagen")
START = datetime(2026, 10, 1, tzinfo=UTC)
END = datetime(2027, 5, 1, tzinfo=UTC)
NIGHT = "DTSTART;TZID=Europe/Copenhagen:20261005T170000", "DTEND;TZID=Europe/Copenhagen:20261006T080000"


def event(*lines: str, uid: str = "a@shop", summary: str = "Bo") -> str:
    """One event."""
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{summary}", *lines, "END:VEVENT"])


def calendar(*components: str) -> bytes:
    """A file of these."""
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//", *components, "END:VCALENDAR", ""]).encode()


def read(*components: str, start: datetime = START, end: datetime = END) -> tuple[Occurrence, ...]:
    """What is in it."""
    return read_calendar(calendar(*components), HERE, start, end).occurrences


def hours(found: tuple[Occurrence, ...]) -> list[tuple[str, str]]:
    """As the clock on the wall says."""
    return [(f"{one.start.astimezone(HERE):%m-%d %H:%M}", f"{one.end.astimezone(HERE):%m-%d %H:%M}") for one in found]


def test_a_shift_every_week_is_by_the_wall_clock_also_where_the_clock_changes() -> None:
    found = read(event(*NIGHT, "RRULE:FREQ=WEEKLY;BYDAY=MO,SA;COUNT=9"))
    assert hours(found)[4:9] == [
        ("10-19 17:00", "10-20 08:00"), ("10-24 17:00", "10-25 08:00"), ("10-26 17:00", "10-27 08:00"),
        ("10-31 17:00", "11-01 08:00"), ("11-02 17:00", "11-03 08:00"),
    ]  # fmt: skip
    assert found[5].end - found[5].start == timedelta(hours=16)  # the night in which an hour comes twice
    assert found[4].start.hour + 1 == found[6].start.hour == 16
    assert len({one.source for one in found}) == 9
    assert {uid_of(one.source) for one in found} == {"a@shop"}


def test_what_recurs_for_ever_is_taken_for_the_time_that_was_asked_for() -> None:
    assert len(read(event(*NIGHT, "RRULE:FREQ=DAILY"))) == 208
    assert len(read(event(*NIGHT, "RRULE:FREQ=DAILY"), start=END - timedelta(days=2))) == 3


def test_left_out_moved_cancelled_and_further_shifts() -> None:
    zone = ";TZID=Europe/Copenhagen"
    series = event(*NIGHT, "RRULE:FREQ=WEEKLY;COUNT=4", f"EXDATE{zone}:20261012T170000", f"RDATE{zone}:20261014T170000")
    moved = event(
        f"RECURRENCE-ID{zone}:20261019T170000", f"DTSTART{zone}:20261019T200000", f"DTEND{zone}:20261020T080000",
        summary="Anna",
    )  # fmt: skip
    off = event(f"RECURRENCE-ID{zone}:20261026T170000", *NIGHT, "STATUS:CANCELLED")
    found = read(series, moved, off)
    assert hours(found) == [
        ("10-05 17:00", "10-06 08:00"), ("10-14 17:00", "10-15 08:00"), ("10-19 20:00", "10-20 08:00"),
    ]  # fmt: skip
    assert found[2].names == ("Anna",)
    assert found[2].source in {one.source for one in read(series)}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("DTSTART:20261005T150000Z", "DTEND:20261006T060000Z"), ("10-05 17:00", "10-06 08:00")),
        (("DTSTART:20261005T170000", "DURATION:PT15H"), ("10-05 17:00", "10-06 08:00")),
        (("DTSTART;VALUE=DATE:20261005", "DTEND;VALUE=DATE:20261007"), ("10-05 00:00", "10-07 00:00")),
        (("DTSTART;VALUE=DATE:20261005",), ("10-05 00:00", "10-06 00:00")),
        (("DTSTART;TZID=Europe/Copenhagen:20270328T013000", "DTEND:20270328T024500"), ("03-28 01:30", "03-28 03:45")),
        (("DTSTART:20270328T023000", "DTEND:20270328T025000"), ("03-28 03:30", "03-28 03:50")),
    ],
)
def test_all_ways_to_tell_the_time(lines: tuple[str, ...], expected: tuple[str, str]) -> None:
    assert hours(read(event(*lines))) == [expected]


def test_who_is_invited_comes_before_the_title() -> None:
    (found,) = read(event(*NIGHT, "ATTENDEE;CN=Anna Holm:mailto:anna@example.com", summary="On call: Bo"))
    assert found.names == ("Anna Holm", "On call: Bo")


def test_of_two_with_one_uid_the_newer_is_taken() -> None:
    newer = event("DTSTART:20261007T150000Z", "DTEND:20261008T060000Z", "SEQUENCE:3")
    assert hours(read(newer, event(*NIGHT, "SEQUENCE:1"))) == [("10-07 17:00", "10-08 08:00")]


ENDLESS = "DTSTART:20261005T150000Z", "DTEND:20261005T160000Z"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no iCalendar file"),
        (b"\xff\xfe\x00", "no iCalendar file"),
        (b"Dear all, Bo is on call", "no iCalendar file"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "no iCalendar file"),
        (b"x" * 1_000_001, "larger than 1 MB"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 10_000, "too deep"),
        (calendar(event(*ENDLESS, "RRULE:FREQ=SECONDLY")), "recurs secondly"),
        (calendar(event(*ENDLESS, "RRULE:FREQ=\r\n HOURLY")), "recurs hourly"),
        (calendar(event(*ENDLESS, "rrule;x=y:freq=minutely")), "recurs minutely"),
        (calendar(event(*ENDLESS, "RRULE:COUNT=3")), "recurs by no rule"),
        (calendar(event(*ENDLESS, "RRULE:FREQ=DAILY;BYSECOND=1,2,3,4,5")), "a kind that a rota does not need"),
        (calendar(event(*ENDLESS, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")), "may never come true"),
        (calendar(event(*ENDLESS, "RRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30")), "may never come true"),
        (calendar(event(*ENDLESS, "RRULE:FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=20")), "may never come true"),
        (calendar(event(*ENDLESS, "RRULE:FREQ=MONTHLY;BYDAY=6MO")), "may never come true"),
        (calendar(event(*ENDLESS, "RRULE:FREQ=DAILY;INTERVAL=7;BYDAY=TU")), "may never come true"),
        (calendar(event(*ENDLESS, "RRULE:FREQ=DAILY;BYDAY=XX")), "cannot be understood|no iCalendar file"),
        (calendar(event(*ENDLESS, "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY")), "more than one rule"),
        (calendar(event("DTSTART:00010101T000000Z", "DTEND:00010101T010000Z", "RRULE:FREQ=DAILY")), "in the year 1"),
        (calendar(event("DTSTART:20261005T150000Z")), "has no end"),
        (calendar(event("DTSTART:20261005T150000Z", "DTEND:20261005T140000Z")), "ends before it starts"),
        (calendar(event("DTEND:20261005T140000Z")), "cannot be understood"),
        (calendar(event("DTSTART:nonsense", "DTEND:20261005T140000Z")), "cannot be understood|no iCalendar file"),
        (calendar(event(*ENDLESS, uid="")), "no UID"),
        (calendar(event(*ENDLESS, uid="x" * 400)), "no UID"),
        (calendar(event(*NIGHT, "RECURRENCE-ID;RANGE=THISANDFUTURE:20261019T150000Z")), "RANGE"),
        (
            calendar(
                "BEGIN:VTIMEZONE", "TZID:Mine", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0100",
                "TZOFFSETTO:+0100", "RRULE:FREQ=SECONDLY", "END:STANDARD", "END:VTIMEZONE",
                event("DTSTART;TZID=Mine:20261005T150000", "DURATION:PT1H"),
            ),
            "recurs secondly",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)  # fmt: skip
def test_what_is_no_rota_is_refused_with_a_sentence_and_at_once(content: bytes, says: str) -> None:
    began = time.thread_time()
    with pytest.raises(CalendarFileError, match=says):
        read_calendar(content, HERE, START, END)
    assert time.thread_time() - began < 10


def test_more_shifts_than_a_rota_has_are_refused() -> None:
    many = [event(*ENDLESS, "RRULE:FREQ=DAILY", uid=f"{number}") for number in range(MOST_SHIFTS // 200 + 2)]
    with pytest.raises(CalendarFileError, match="more than 2,000 shifts"):
        read(*many)
    with pytest.raises(CalendarFileError, match="more than 2,000 events"):
        read(*(event(*ENDLESS, uid=f"{number}") for number in range(2001)))


_rules = st.builds(
    lambda often, interval, count: f"RRULE:FREQ={often};INTERVAL={interval};COUNT={count}",
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]), st.integers(1, 9), st.integers(1, 20),
)  # fmt: skip


@settings(max_examples=40)
@given(st.lists(st.tuples(_rules, st.integers(0, 23)), max_size=4))
def test_each_occurrence_has_a_source_of_its_own_which_is_the_same_whenever_it_is_read(
    rules: list[tuple[str, int]],
) -> None:
    lines = [
        event(f"DTSTART;TZID=Europe/Oslo:20261005T{hour:02}3000", "DURATION:PT12H", rule, uid=f"{number}")
        for number, (rule, hour) in enumerate(rules)
    ]
    found = read(*lines)
    assert len({one.source for one in found}) == len(found)
    later = {one.source: one for one in read(*lines, start=START + timedelta(days=30))}
    assert later == {one.source: one for one in found if one.source in later}
    assert later.keys() == {one.source for one in found if one.end > START + timedelta(days=30)}
