"""The rota is what was planned and not taken away, whoever planned it and in whatever order it came."""

from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import events as ev
from app.domain import streams
from app.domain.erasure import redacted
from app.domain.errors import RefusedError
from app.domain.people import Author, Role
from app.domain.rota_log import ROTA, Rota
from tests.domain import make
from tests.domain.make import ANNA, BO, LONE, NOON


def event(body: ev.Body, author: Author = ANNA, rota: UUID = ROTA) -> ev.Event:
    """An event of the rota."""
    return make.event(body, author, case=rota).model_copy(update={"stream": ev.Stream.ROTA})


def planned(start: int = 0, length: int = 12, who: Author = BO, source: str = "") -> ev.ShiftPlanned:
    """A shift's body, in hours from noon."""
    begin = NOON + timedelta(hours=start)
    return ev.ShiftPlanned(
        technician=who.id, name=who.name, start=begin, end=begin + timedelta(hours=length), source=source
    )


def rota(*events: ev.Event) -> Rota:
    """The rota that these make."""
    made = streams.fold(ev.Stream.ROTA, ROTA, events)
    assert isinstance(made, Rota)
    return made


def test_what_was_planned_and_not_taken_away_stands() -> None:
    late, early = event(planned(24)), event(planned(0))
    made = rota(late, early, event(ev.ShiftRemoved(shift=late.id)), event(planned(48, who=ANNA)))
    assert [(shift.name, shift.start) for shift in made.shifts] == [
        ("Bo", NOON), ("Anna", NOON + timedelta(hours=48)),
    ]  # fmt: skip


def test_of_one_occurrence_in_a_calendar_there_is_one_shift() -> None:
    made = rota(event(planned(0, source="a#1")), event(planned(2, source="a#1")), event(planned(0, source="a#2")))
    assert [shift.start for shift in made.shifts] == [NOON, NOON + timedelta(hours=2)]


@pytest.mark.parametrize(
    ("events", "tried", "says"),
    [
        ((), event(planned(), LONE), "Only a technician"),
        ((), event(planned(length=0)), "ends after it starts"),
        ((), event(planned(length=24 * 32)), "at most 31 days"),
        ((), event(planned(), rota=uuid4()), "one rota"),
        ((), event(ev.ShiftRemoved(shift=uuid4())), "not in the rota any more"),
        ((event(planned()),), event(planned()), "Bo has this shift already"),
        ((), event(ev.PersonErased(person=BO.id, role=Role.TECHNICIAN)), "No device erases"),
        ((), event(ev.CaseTaken()), "does not belong into a stream"),
    ],
)
def test_what_may_not_be_planned(events: tuple[ev.Event, ...], tried: ev.Event, says: str) -> None:
    with pytest.raises(RefusedError, match=says):
        streams.decide(streams.fold(ev.Stream.ROTA, tried.stream_id, events), tried, NOON)


@given(st.dictionaries(st.integers(0, 9), st.tuples(st.integers(0, 99), st.booleans()), max_size=8), st.randoms())
def test_shifts_of_several_devices_make_one_rota_in_whatever_order_they_came(
    told: dict[int, tuple[int, bool]], random: Random
) -> None:
    """Only where two say something else of the same occurrence does the order of the log decide."""
    events = [event(planned(start, source=f"a#{name}" if dated else "")) for name, (start, dated) in told.items()]
    other = list(events)
    random.shuffle(other)
    assert rota(*events).shifts == rota(*other).shifts
    assert len(rota(*events).shifts) == len(events)


def test_of_a_technician_who_went_the_name_goes() -> None:
    shift = event(planned(source="bo@example.com#1"))
    gone = ev.PersonErased(person=BO.id, role=Role.TECHNICIAN, named=(shift.id,))
    left = redacted(shift, gone)
    assert "Bo" not in left.model_dump_json()
    assert "example" not in left.model_dump_json()
    assert [each.name for each in rota(left).shifts] == ["a former technician"]
