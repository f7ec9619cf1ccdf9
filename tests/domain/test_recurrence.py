"""A problem that returns is recognised, and a different one is not taken for it."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.case import Case, Status
from app.domain.finding import Finding, Level
from app.domain.recurrence import came_back, likeness
from tests.domain import make

WINDOW = timedelta(days=30)
BEFORE = Case(
    UUID(int=1), Status.CLOSED, "The printer in the office does not print", "Kontor-2", make.LONE, make.ANNA,
    make.NOON, make.NOON + timedelta(hours=1), solution="Restarted the print service", device=make.DEVICE,
)  # fmt: skip
NOW = Case(
    UUID(int=2), Status.NEW, "Printer does not print again", "Kontor-2", make.LONE,
    opened_at=make.NOON + timedelta(days=9), changed_at=make.NOON + timedelta(days=9), device=make.DEVICE,
)  # fmt: skip


def test_the_same_trouble_on_the_same_machine_came_back() -> None:
    (back,) = came_back(NOW, [BEFORE, NOW], WINDOW)
    assert (back.earlier, back.days) == (BEFORE.id, 8)


def test_a_machine_is_the_same_whatever_it_is_called_by_now() -> None:
    renamed = replace(BEFORE, machine="Kontor-2 (old)")
    assert [back.earlier for back in came_back(NOW, [renamed], WINDOW)] == [BEFORE.id]
    nobody_knows = replace(NOW, device=None)
    assert came_back(nobody_knows, [replace(BEFORE, device=None)], WINDOW) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"device": UUID(int=60)},
        {"device": None},
        {"customer": make.LONE.model_copy(update={"id": UUID(int=50)})},
        {"status": Status.TAKEN},
        {"about": "I have forgotten my password"},
        {"changed_at": make.NOON - timedelta(days=40)},
        {"changed_at": make.NOON + timedelta(days=10)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_anything_else_did_not(change: dict[str, object]) -> None:
    assert came_back(NOW, [replace(BEFORE, **change)], WINDOW) == ()  # type: ignore[arg-type]


def found(*wrong: str) -> tuple[Finding, ...]:
    """What the checks said: these are wrong, and the clock is a little late."""
    late = Finding(check="clock", level=Level.NOTICE, sentence="x", seconds=0)
    return (*(Finding(check=check, level=Level.PROBLEM, sentence="x", seconds=0) for check in wrong), late)


@pytest.mark.parametrize(
    ("before", "now", "again"),
    [
        (("disks",), ("disks",), True),
        (("disks", "memory"), ("disks",), True),
        (("disks", "memory", "dns"), ("disks",), False),
        (("disks",), ("dns",), False),
        ((), (), False),
    ],
)
def test_what_the_computer_finds_wrong_again_is_a_sign_too(
    before: tuple[str, ...], now: tuple[str, ...], again: bool
) -> None:
    earlier = replace(BEFORE, about="Everything is slow", solution="Removed old logs", findings=found(*before))
    case = replace(NOW, about="Help!", findings=found(*now))
    assert bool(came_back(case, [earlier], WINDOW)) is again


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mail does not come in", "no mail comes in since this morning, mail is broken"),
        ("Drucker druckt nicht", "Der Drucker im Büro druckt schon wieder nicht"),
        ("Netværket er langsomt", "langsomt netværk, netværket er helt væk til tider"),
    ],
)
def test_people_say_the_same_in_other_words(one: str, other: str) -> None:
    assert likeness(one, other) >= 0.4


@given(st.text(), st.text())
def test_likeness_is_a_share_and_goes_both_ways(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) == likeness(other, one) <= 1
    assert not likeness(one, one) or likeness(one, one) == 1
