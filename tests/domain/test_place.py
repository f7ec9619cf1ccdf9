"""Where a problem lies is found first, told with what shows it, and no price goes against it (rule 5)."""

import pytest

from app.domain import events as ev
from app.domain.case import Case, fold
from app.domain.decide import decide
from app.domain.errors import RefusedError
from app.domain.people import Author
from tests.domain import make
from tests.domain.agreements import decided
from tests.domain.make import ANNA, BO, CASE, LONE, NOON


def placed(place: ev.Place, name: str = "", author: Author = ANNA) -> ev.Event:
    """Somebody found where it lies."""
    body = ev.ProblemPlaced(place=place, evidence="Others have it too", certainty=ev.Certainty.ASSUMED, name=name)
    return make.event(body, author)


def after(*events: ev.Event) -> Case:
    """An open case with these."""
    return fold(CASE, (make.opened(), *events))


UNKNOWN, COMPUTER = placed(ev.Place.UNKNOWN), placed(ev.Place.COMPUTER)
VENDOR = placed(ev.Place.VENDOR, "Simply")
FOR_THE_CUSTOMER = make.event(decided())


def test_what_was_found_stands_beside_what_was_found_before() -> None:
    places = after(UNKNOWN, VENDOR, placed(ev.Place.NETWORK, author=BO)).places
    told = [(each.place.value, each.name, each.author.name, each.responsibility.value) for each in places]
    assert told == [
        ("not known yet", "", "Anna", "not known yet"),
        ("a vendor", "Simply", "Anna", "a vendor"),
        ("the network", "", "Bo", "the customer's own equipment"),
    ]


@pytest.mark.parametrize("place", ev.Place)
def test_each_place_is_somebodys(place: ev.Place) -> None:
    (found,) = after(placed(place)).places
    assert isinstance(found.responsibility, ev.Responsibility)


@pytest.mark.parametrize(
    ("case", "event"),
    [
        (after(), UNKNOWN),
        (after(VENDOR), COMPUTER),
        (after(), FOR_THE_CUSTOMER),
        (after(UNKNOWN), FOR_THE_CUSTOMER),
        (after(VENDOR, COMPUTER), FOR_THE_CUSTOMER),
    ],
)
def test_what_may_be_found_and_priced(case: Case, event: ev.Event) -> None:
    decide(case, event, NOON)


@pytest.mark.parametrize(
    ("case", "event", "says"),
    [
        (after(), placed(ev.Place.COMPUTER, author=LONE), "Only a technician"),
        (after(), placed(ev.Place.VENDOR), "Say which vendor"),
        (after(make.event(ev.CaseClosed(), LONE)), COMPUTER, "closed"),
        (after(VENDOR), FOR_THE_CUSTOMER, "found to lie with Simply. Say first"),
        (after(COMPUTER, placed(ev.Place.PROVIDER)), FOR_THE_CUSTOMER, "lie with the provider's service"),
    ],
)
def test_what_may_not(case: Case, event: ev.Event, says: str) -> None:
    with pytest.raises(RefusedError, match=says):
        decide(case, event, NOON)


def test_the_customer_reads_where_it_lies() -> None:
    assert ev.is_for_customer(VENDOR)
