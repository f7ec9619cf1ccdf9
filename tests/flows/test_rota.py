"""The rota across machines: planned by hand and from a calendar, and who is alerted when."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain import events as ev
from app.domain.errors import RefusedError
from app.domain.rota import Why
from app.domain.rota_log import ROTA
from app.flows.party import Party
from app.flows.rota import (
    add_shift,
    alerted_for,
    gaps_within,
    remove_shift,
    rota_of,
    shifts_within,
    staff_of,
    usual_hours,
)
from app.flows.rota_errors import UnknownShiftError, UnknownTechnicianError
from app.flows.rota_import import ShiftsImported, import_shifts
from app.flows.synchronise import synchronise
from app.flows.take_case import take_case
from app.service.agreements import import_agreement
from app.system.calendar_errors import CalendarFileError
from tests.domain.agreements import terms
from tests.flows.conftest import Town
from tests.system.test_calendar_file import calendar, event

HOUR = timedelta(hours=1)


def tonight(party: Party) -> datetime:
    """A moment to come at which the shop is closed."""
    moment = party.clock.now().replace(minute=0, second=0, microsecond=0) + HOUR
    while usual_hours().is_open(moment):
        moment += HOUR
    return moment


def in_hours(party: Party) -> datetime:
    """A moment to come at which the shop is open."""
    moment = tonight(party)
    while not usual_hours().is_open(moment):
        moment += HOUR
    return moment


def night(start: datetime, *lines: str, who: str = "Bo", uid: str = "a@shop") -> str:
    """An event in a calendar."""
    return event(f"DTSTART:{start:%Y%m%dT%H%M%SZ}", "DURATION:PT2H", *lines, summary=who, uid=uid)


def known_to_each_other(town: Town) -> tuple[Party, Party]:
    """Two technicians whose devices have heard of each other."""
    anna, bo = town.technician("Anna"), town.technician("Bo")
    now = anna.clock.now()
    for party in (anna, bo):
        add_shift(party, "me", now - 2 * HOUR, now - HOUR)
    synchronise(anna)
    return anna, bo


def test_who_is_on_call_is_alerted_after_hours_and_else_everybody(town: Town) -> None:
    anna, bo = known_to_each_other(town)
    at = tonight(anna)
    told = alerted_for(anna, None, at)
    assert (told.alert.why, [person.name for person in told.people]) == (Why.NOBODY_ON_CALL, ["Anna", "Bo"])
    add_shift(anna, "bo", at, at + 2 * HOUR)
    synchronise(bo)
    for party in (anna, bo):
        told = alerted_for(party, None, at)
        assert (told.alert.why, [person.name for person in told.people]) == (Why.ON_CALL, ["Bo"])
        assert [person.name for person in staff_of(party)] == ["Anna", "Bo"]
    assert not any(gap.start <= at < gap.end for gap in gaps_within(anna, at, at + HOUR))
    (shift,) = shifts_within(bo, at, at + HOUR)
    remove_shift(bo, str(shift.id))
    assert any(gap.start <= at < gap.end for gap in gaps_within(bo, at, at + HOUR))
    with pytest.raises(UnknownShiftError):
        remove_shift(bo, str(shift.id))


def test_within_hours_who_helped_the_customer_last_comes_first(town: Town) -> None:
    anna, bo = known_to_each_other(town)
    _, case_id = town.customer_with_case()
    synchronise(bo)
    take_case(bo, case_id)
    synchronise(anna)
    told = alerted_for(anna, case_id, in_hours(anna))
    assert (told.alert.why, [person.name for person in told.people]) == (Why.USUAL, ["Bo", "Anna"])
    assert told.agreement is None


def test_where_the_customer_has_an_agreement_its_hours_are_asked(town: Town) -> None:
    anna, _ = known_to_each_other(town)
    town.customer_with_case()
    always = [{"day": day, "start": 0, "end": 1440} for day in range(7)]
    agreed = terms(hours=always, country="DK", valid_from="2020-01-01")
    import_agreement(town._data, agreed, customer="Lone Møller")
    synchronise(anna)
    (case,) = anna.store.cases()
    at = tonight(anna)
    while at.astimezone(ZoneInfo(agreed.timezone)).date() in country_holidays("DK"):
        at += 24 * HOUR
    told = alerted_for(anna, case.id, at)
    assert (told.agreement, told.alert.why, told.is_open) == (agreed.name, Why.WITHIN_HOURS, True)
    assert alerted_for(anna, None, at).agreement is None


def test_a_calendar_read_again_brings_what_changed_and_nothing_twice(town: Town, tmp_path: Path) -> None:
    anna, bo = known_to_each_other(town)
    file, first = tmp_path / "rota.ics", tonight(anna)
    until = first + timedelta(days=40)
    before = len(rota_of(anna).shifts)
    file.write_bytes(
        calendar(night(first, "RRULE:FREQ=WEEKLY;COUNT=4"), night(first + HOUR, who="On call: Anna", uid="b"))
    )
    assert import_shifts(anna, file, until) == ShiftsImported(5, 0, 0, 0)
    assert import_shifts(anna, file, until) == ShiftsImported(0, 0, 5, 0)
    synchronise(bo)
    assert import_shifts(bo, file, until) == ShiftsImported(0, 0, 5, 0)
    file.write_bytes(calendar(night(first, "RRULE:FREQ=WEEKLY;COUNT=3"), night(first + 3 * HOUR, who="Anna", uid="b")))
    assert import_shifts(bo, file, until) == ShiftsImported(0, 1, 3, 1)
    file.write_bytes(calendar(night(first, "STATUS:CANCELLED")))
    assert import_shifts(bo, file, until) == ShiftsImported(0, 0, 0, 3)
    synchronise(anna)
    assert rota_of(anna) == rota_of(bo)
    assert len(rota_of(anna).shifts) == before + 1


def test_two_who_read_the_same_calendar_offline_plan_each_shift_once(town: Town, tmp_path: Path) -> None:
    anna, bo = known_to_each_other(town)
    file, first = tmp_path / "rota.ics", tonight(anna)
    file.write_bytes(calendar(night(first, "RRULE:FREQ=WEEKLY;COUNT=4")))
    before = len(rota_of(anna).shifts)
    for party in (anna, bo):
        party.nudge = lambda: None
        import_shifts(party, file, first + timedelta(days=40))
    for party in (anna, bo, anna):
        synchronise(party)
    assert rota_of(anna) == rota_of(bo)
    assert len(rota_of(anna).shifts) == before + 4
    assert anna.store.refused() == bo.store.refused() == ()


@pytest.mark.parametrize(
    ("further", "error"),
    [
        (event("DTSTART:20261005T150000Z", "RRULE:FREQ=SECONDLY", uid="c"), CalendarFileError),
        (event("DTSTART:nonsense", uid="c"), CalendarFileError),
        (event("DTSTART;VALUE=DATE:20300101", "DTEND;VALUE=DATE:20300301", uid="c"), CalendarFileError),
        (event("DTSTART;VALUE=DATE:20300101", summary="Bob", uid="c"), UnknownTechnicianError),
    ],
)
def test_of_a_file_that_is_bad_somewhere_nothing_is_taken_and_nothing_is_lost(
    town: Town, tmp_path: Path, further: str, error: type[Exception]
) -> None:
    _, bo = known_to_each_other(town)
    file, first = tmp_path / "rota.ics", tonight(bo)
    file.write_bytes(calendar(night(first)))
    until = datetime(2031, 1, 1, tzinfo=UTC)
    import_shifts(bo, file, until)
    before = rota_of(bo)
    file.write_bytes(calendar(night(first + HOUR), further))
    with pytest.raises(error):
        import_shifts(bo, file, until)
    with pytest.raises(CalendarFileError, match="cannot be read"):
        import_shifts(bo, tmp_path / "nowhere.ics", until)
    assert rota_of(bo) == before


def test_several_at_once_are_written_all_or_not_at_all(town: Town) -> None:
    anna = town.technician("Anna")
    anna.nudge = lambda: None
    now = anna.clock.now()
    good, later, bad = (
        ev.ShiftPlanned(technician=anna.me.id, name="Anna", start=now, end=now + hours)
        for hours in (HOUR, 2 * HOUR, -HOUR)
    )
    with pytest.raises(RefusedError, match="ends after it starts"):
        anna.write_all_beside(ev.Stream.ROTA, ROTA, [good, later, bad])
    assert (rota_of(anna).planned, anna.store.outbox(9)) == ((), ())
    written = anna.write_all_beside(ev.Stream.ROTA, ROTA, [good, later])
    assert anna.store.outbox(9) == written
    assert [each.id for each in rota_of(anna).planned] == [event.id for event in written]


_calendars = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 200), st.sampled_from(["Anna", "Bo"]), st.integers(1, 4)),
    max_size=3, unique_by=lambda each: each[0],
)  # fmt: skip


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(_calendars, min_size=1, max_size=3))
def test_importing_twice_is_importing_once(
    crew: tuple[Party, Path], files: list[list[tuple[str, int, str, int]]]
) -> None:
    """Whatever was imported before."""
    anna, file = crew
    now = anna.clock.now().replace(microsecond=0) + HOUR
    for events in files:
        file.write_bytes(
            calendar(
                *(
                    night(now + start * HOUR, f"RRULE:FREQ=WEEKLY;COUNT={count}", who=who, uid=uid)
                    for uid, start, who, count in events
                )
            )
        )
        import_shifts(anna, file, now + timedelta(days=60))
    once = rota_of(anna)
    again = import_shifts(anna, file, now + timedelta(days=60))
    assert (again.added, again.changed, again.removed) == (0, 0, 0)
    assert rota_of(anna) == once
    sources = [each.source for each in once.planned if each.source]
    assert len(set(sources)) == len(sources)


@pytest.fixture
def crew(town: Town, tmp_path: Path) -> tuple[Party, Path]:
    """Somebody offline who knows a colleague, and a place for a file."""
    anna, _ = known_to_each_other(town)
    anna.nudge = lambda: None
    return anna, tmp_path / "rota.ics"
