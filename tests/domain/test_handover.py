"""A case is where the last colleague who said yes has it, whatever was offered, declined and tried twice (rule 12)."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import events as ev
from app.domain.case import Case, Status, advance, fold
from app.domain.decide import decide
from app.domain.errors import RefusedError
from app.domain.handover import Outcome
from app.domain.people import Author, Role
from tests.domain import make
from tests.domain.make import ANNA, BO, LONE, NOON

CARL = Author(role=Role.TECHNICIAN, id=UUID(int=33), name="Carl")
STAFF = (ANNA, BO, CARL)
OFFER = make.event(ev.HandoverOffered(to="Bo", tried="A new cable", assumed="The drum is worn", next="Another drum"))
ACCEPTED = make.event(ev.HandoverAccepted(offer=OFFER.id), BO)
DECLINED = make.event(ev.HandoverDeclined(offer=OFFER.id, reason="I am on a train"), BO)
WITHDRAWN = make.event(ev.HandoverWithdrawn(offer=OFFER.id))
START = (make.opened(), make.event(ev.CaseTaken()))


def case_after(*events: ev.Event) -> Case:
    return fold(make.CASE, (*START, *events))


def test_the_case_stays_where_it_is_until_the_colleague_says_yes() -> None:
    offered = case_after(OFFER)
    assert (offered.technician, offered.offer and offered.offer.id) == (ANNA, OFFER.id)
    moved = case_after(OFFER, ACCEPTED)
    assert (moved.technician, moved.offer) == (BO, None)
    stayed = case_after(OFFER, DECLINED)
    assert (stayed.technician, stayed.handovers[0].reason) == (ANNA, "I am on a train")


def test_a_case_goes_as_it_stands_and_a_colleague_who_was_awaited_is_there() -> None:
    for awaited, then in ((ev.Awaited.VENDOR, Status.FOR_VENDOR), (ev.Awaited.COLLEAGUE, Status.TAKEN)):
        waits = make.event(ev.CaseWaits(awaited=awaited, reason="A drum"))
        assert case_after(waits, OFFER, ACCEPTED).status is then


def test_the_customer_who_reads_nothing_of_the_offer_still_sees_who_has_the_case() -> None:
    readable = [event for event in (*START, OFFER, ACCEPTED) if ev.is_for_customer(event)]
    assert OFFER not in readable
    assert fold(make.CASE, readable).technician == BO


@pytest.mark.parametrize(
    ("case", "event", "says"),
    [
        (fold(make.CASE, START[:1]), OFFER, "a colleague can take it"),
        (case_after(), make.event(OFFER.body, BO), "Anna has this case"),
        (case_after(), make.event(OFFER.body.model_copy(update={"to": "ANNA"})), "You have this case"),
        (case_after(OFFER), make.event(OFFER.body), "offered to Bo already"),
        (case_after(), ACCEPTED, "no such handover"),
        (case_after(OFFER), make.event(ACCEPTED.body, CARL), "to Bo, not to you"),
        (case_after(OFFER), make.event(ACCEPTED.body), "to Bo, not to you"),
        (case_after(OFFER), make.event(ACCEPTED.body, LONE), "Only a technician"),
        (case_after(OFFER, ACCEPTED), make.event(ACCEPTED.body, BO), "You took this case over already"),
        (case_after(OFFER, ACCEPTED), make.event(ACCEPTED.body, CARL), "Bo took this case over already"),
        (case_after(OFFER, ACCEPTED), DECLINED, "accepted once"),
        (case_after(OFFER, ACCEPTED), WITHDRAWN, "Bo took this case over already"),
        (case_after(OFFER, DECLINED), ACCEPTED, "You declined"),
        (case_after(OFFER, WITHDRAWN), ACCEPTED, "Anna withdrew"),
        (case_after(OFFER), make.event(DECLINED.body, CARL), "not to you"),
        (case_after(OFFER), make.event(WITHDRAWN.body, BO), "only they withdraw it"),
        (case_after(OFFER, make.event(ev.CaseClosed(), LONE)), ACCEPTED, "closed"),
        (case_after(make.event(ev.CaseClosed(), LONE)), OFFER, "closed"),
    ],
)
def test_what_may_not(case: Case, event: ev.Event, says: str) -> None:
    with pytest.raises(RefusedError, match=says):
        decide(case, event, NOON)


def test_an_offer_of_somebody_who_lost_the_case_moves_nothing() -> None:
    """Its technician was erased, and a colleague took the case since."""
    owner = Author(role=Role.OWNER, id=UUID(int=0), name="The Shop")
    gone = make.event(ev.PersonErased(person=ANNA.id, role=Role.TECHNICIAN), owner)
    with pytest.raises(RefusedError, match="Take it"):
        decide(case_after(OFFER, gone), ACCEPTED, NOON)
    with pytest.raises(RefusedError, match="Carl has this case now"):
        decide(case_after(OFFER, gone, make.event(ev.CaseTaken(), CARL)), ACCEPTED, NOON)


_DEEDS = st.sampled_from(["take", "offer", "accept", "decline", "withdraw"])
_TRIES = st.lists(st.tuples(_DEEDS, st.sampled_from(STAFF), st.integers(0, 9)), max_size=30)


def _body(what: str, case: Case, which: int) -> ev.Body:
    offers = [one.id for one in case.handovers]
    offer = offers[-1 - which % min(2, len(offers))] if offers else UUID(int=404)
    match what:
        case "take":
            return ev.CaseTaken()
        case "offer":
            return ev.HandoverOffered(to=STAFF[which % 3].name, tried="x", next="y")
        case "accept":
            return ev.HandoverAccepted(offer=offer)
        case "decline":
            return ev.HandoverDeclined(offer=offer, reason="No")
        case _:
            return ev.HandoverWithdrawn(offer=offer)


@given(_TRIES)
def test_whatever_is_tried_the_case_has_exactly_the_technician_who_accepted_last(
    tries: list[tuple[str, Author, int]],
) -> None:
    case = fold(make.CASE, START[:1])
    holder: Author | None = None
    for what, author, which in tries:
        before = case.offer
        event = make.event(_body(what, case, which), author)
        try:
            decide(case, event, NOON)
        except RefusedError:
            continue
        case = advance(case, event)
        if what == "take":
            assert holder is None
            holder = author
        elif what == "accept":
            assert before is not None
            assert (before.author, before.to) == (holder, author.name)
            holder = author
        assert case.technician == holder
        assert sum(one.is_open for one in case.handovers) <= 1
    assert case == fold(make.CASE, case.timeline)
    accepted = [one for one in case.handovers if one.outcome is Outcome.ACCEPTED]
    for one in accepted:
        for author in STAFF:
            with pytest.raises(RefusedError, match="took this case over already"):
                decide(case, make.event(ev.HandoverAccepted(offer=one.id), author), NOON)
