"""What may be charged and who may say so: prices, answers to them, and time that is somebody's."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from app.domain import events as ev
from app.domain.case import Case, fold
from app.domain.decide import decide
from app.domain.erasure import redacted
from app.domain.errors import RefusedError
from app.domain.money import Money
from app.domain.people import Author, Role
from tests.domain import make
from tests.domain.agreements import decided
from tests.domain.make import ANNA, BO, CASE, LONE, NOON

OWNER = Author(role=Role.OWNER, id=UUID(int=0), name="The Shop")
TOLD = make.event(decided())
ACCEPTED = make.event(ev.PriceAccepted(decision=TOLD.id), LONE)
DECLINED = make.event(ev.PriceDeclined(decision=TOLD.id, text="Too dear"), LONE)
DEARER = make.event(decided())
HERS = make.event(make.work(), ANNA)
GONE = make.event(ev.PersonErased(person=LONE.id, role=Role.CUSTOMER), OWNER)


def after(*events: ev.Event) -> Case:
    """An open case with these."""
    return fold(CASE, (make.opened(), *events))


def work(kind: ev.WorkKind, author: Author = ANNA, **more: Any) -> ev.Event:
    """Some time of this kind."""
    return make.event(make.work().model_copy(update={"work": kind, **more}), author)


SPECIAL = work(ev.WorkKind.SPECIAL)
FREE = make.event(decided(ev.Outcome.GOODWILL))
IN_EURO = make.event(decided().model_copy(update={"likely": Money(amount=8_000, currency="EUR")}))


@pytest.mark.parametrize(
    ("case", "event"),
    [
        (after(), TOLD),
        (after(TOLD), ACCEPTED),
        (after(TOLD), DECLINED),
        (after(TOLD, DECLINED), ACCEPTED),
        (after(TOLD, ACCEPTED), SPECIAL),
        (after(TOLD, ACCEPTED, FREE), SPECIAL),
        (after(), work(ev.WorkKind.GOODWILL, text="She brought cake")),
        (after(GONE), work(ev.WorkKind.GOODWILL)),
        (after(), work(ev.WorkKind.REWORK, earlier=uuid4())),
        (after(HERS), work(ev.WorkKind.COVERED, corrects=HERS.id)),
        (after(HERS), work(ev.WorkKind.COVERED, OWNER, corrects=HERS.id)),
    ],
)
def test_what_may_be_told_accepted_and_charged(case: Case, event: ev.Event) -> None:
    decide(case, event, NOON)


@pytest.mark.parametrize(
    ("case", "event", "says"),
    [
        (after(), SPECIAL, "has accepted no price"),
        (after(TOLD), SPECIAL, "has accepted no price"),
        (after(TOLD, DECLINED), SPECIAL, "has accepted no price"),
        (after(FREE), SPECIAL, "has accepted no price"),
        (after(), make.event(decided(), LONE), "Only a technician"),
        (after(TOLD), make.event(ACCEPTED.body), "Only the customer"),
        (after(TOLD), make.event(DECLINED.body, OWNER), "Only the customer"),
        (after(), ACCEPTED, "no such price"),
        (after(TOLD), IN_EURO, "Prices on this case are in DKK: EUR cannot be mixed in"),
        (after(TOLD, DEARER), ACCEPTED, "Another price was told since"),
        (after(TOLD, ACCEPTED), ACCEPTED, "accepted already"),
        (after(TOLD, ACCEPTED), DECLINED, "accepted already"),
        (after(FREE), make.event(ev.PriceAccepted(decision=FREE.id), LONE), "Nothing has to be accepted"),
        (after(make.event(ev.CaseClosed(), LONE)), TOLD, "closed"),
        (after(), work(ev.WorkKind.GOODWILL, text="  "), "why this is a favour"),
        (after(), work(ev.WorkKind.COVERED, earlier=uuid4()), "Only rework"),
        (after(), work(ev.WorkKind.REWORK, earlier=CASE), "another one than this"),
        (after(), work(ev.WorkKind.REWORK), "Say which: bistand came-back"),
        (after(), work(ev.WorkKind.COVERED, corrects=uuid4()), "is not there, or was corrected"),
        (after(HERS), work(ev.WorkKind.COVERED, BO, corrects=HERS.id), "the time of Anna, who alone"),
        (after(HERS, work(ev.WorkKind.COVERED, corrects=HERS.id)), work(ev.WorkKind.TRAVEL, corrects=HERS.id), "meanw"),
    ],
)
def test_what_may_not(case: Case, event: ev.Event, says: str) -> None:
    with pytest.raises(RefusedError, match=says):
        decide(case, event, NOON)


def test_of_an_erased_customer_the_price_and_its_acceptance_stay_without_a_word() -> None:
    gone = ev.PersonErased(person=LONE.id, role=Role.CUSTOMER)
    left = fold(CASE, [redacted(event, gone) for event in (make.opened(), TOLD, DECLINED, ACCEPTED)])
    (price,) = left.prices
    assert (price.told.likely, price.told.rate, price.accepted) == (decided().likely, decided().rate, True)
    text = "".join(event.model_dump_json() for event in left.timeline)
    assert [word for word in ("web shop", "your agreement", "Too dear", "Lone") if word in text] == []
