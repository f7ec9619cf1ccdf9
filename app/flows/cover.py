"""What is covered and what it costs is agreed before work starts (rule 6)."""

from datetime import datetime
from uuid import UUID

from app.domain import events as ev
from app.domain.agreement import Terms
from app.domain.case import Case
from app.domain.coverage import Coverage, Question, coverage
from app.domain.price import Price
from app.flows.agreements import TermsOf, calendar_of
from app.flows.bill import pieces_of, priced
from app.flows.customers import cases_of, customer_of
from app.flows.errors import NoAgreementError, NoPriceError, NotPlacedError
from app.flows.money_text import money
from app.flows.party import Party
from app.flows.synchronise import send_soon
from app.system.translations import _


def cover(
    party: Party,
    case_id: UUID,
    topic: str,
    whose: ev.Responsibility | None,
    minutes: int,
    at: datetime | None = None,
) -> ev.Event:
    """Find out what the agreement says of work that starts `at` a moment (UTC), or now, and tell it on the case.

    `whose` the problem is: None for whatever was found out on the case. Raises `NoAgreementError`, `NotPlacedError`
    where it costs extra and nobody found that out, and `RefusedError` on a closed case.
    """
    case = party.store.case(case_id)
    card = customer_of(party, case)
    terms_of = TermsOf(party, card) if card else None
    begins = at or party.clock.now()
    terms = terms_of.at(begins) if terms_of else None
    if card is None or terms_of is None or terms is None:
        raise NoAgreementError(card.name if card else case.customer.name if case.customer else "")
    earlier, _unpriced = priced(terms_of, pieces_of(cases_of(party, card)))
    found = case.places[-1].responsibility if case.places else None
    responsibility = whose or found or ev.Responsibility.UNKNOWN
    question = Question(case_id, topic, responsibility, begins, minutes)
    answer = coverage(question, terms, calendar_of(terms), earlier.get(terms, ()))
    if answer.needs_acceptance and whose is None and found is None:
        raise NotPlacedError
    told = ev.CoverageDecided(
        topic=topic,
        responsibility=responsibility,
        minutes=minutes,
        outcome=answer.outcome,
        reason=answer.reason,
        work=answer.kind,
        rate=answer.rate,
        percent=answer.percent,
        likely=answer.likely,
        sentence=coverage_sentence(answer, minutes, terms, mentions_money=card.relation is ev.Relation.EXTERNAL),
    )
    event = party.write(case_id, told)
    send_soon(party)
    return event


def waiting_price(case: Case) -> Price | None:
    """The price that waits for the customer's answer, or None."""
    newest = case.prices[-1] if case.prices else None
    return newest if newest is not None and newest.waits else None


def answer(party: Party, case_id: UUID, *, accepts: bool, text: str = "") -> Case:
    """The customer says yes or no to the price that waits. Raises `NoPriceError`, and `RefusedError` for others."""
    case = party.store.case(case_id)
    newest = case.prices[-1] if case.prices else None
    if newest is None or newest.told.outcome is not ev.Outcome.SPECIAL:
        raise NoPriceError
    body = ev.PriceAccepted(decision=newest.id) if accepts else ev.PriceDeclined(decision=newest.id, text=text.strip())
    party.write(case_id, body)
    send_soon(party)
    return party.store.case(case_id)


def coverage_sentence(answer: Coverage, minutes: int, terms: Terms, *, mentions_money: bool) -> str:
    """What can be read to the customer, in one breath. Of money only to whom it concerns (rule 15)."""
    why = _why(answer.reason)
    if answer.outcome is ev.Outcome.NOT_OURS:
        return why
    if answer.likely.amount and mentions_money:
        return _("{why} It will probably take {minutes} minutes and cost {price}, at {rate} an hour.").format(
            why=why,
            minutes=minutes,
            price=money(answer.likely),
            rate=money(answer.likely.model_copy(update={"amount": answer.rate})),
        )
    if mentions_money:
        return _("{why} It will probably take {minutes} minutes, and costs you nothing more.").format(
            why=why, minutes=minutes
        )
    return _("{why} It will probably take {minutes} minutes.").format(why=why, minutes=minutes)


def _why(reason: ev.Reason) -> str:
    return {
        ev.Reason.TOPIC_COVERED: _("Your agreement covers this."),
        ev.Reason.TOPIC_COVERED_AFTER_HOURS: _("Your agreement covers this, after its hours."),
        ev.Reason.SHOPS_OWN_DOING: _("We caused this ourselves."),
        ev.Reason.SMALL_FAVOUR: _("Your agreement does not cover this, and we do it as a favour."),
        ev.Reason.TOPIC_OUTSIDE: _("Your agreement does not cover this."),
        ev.Reason.NOT_IN_FORCE: _("Your agreement is not in force today."),
        ev.Reason.VENDORS: _("Somebody else has to mend this: the one you bought it from."),
        ev.Reason.OWN_ITS: _("Your own IT person has to mend this."),
    }[reason]
