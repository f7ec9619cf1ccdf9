"""Who may write what beside the cases: customers' cards and agreements."""

from datetime import datetime
from uuid import UUID

from app.domain import events as ev
from app.domain.agreement import contradictions
from app.domain.agreement_log import Agreement
from app.domain.customer import Customer
from app.domain.people import Role
from app.domain.refusals import check_clock, refuse, require

_NOT_THERE = "That is not there any more, or was never told of this customer. Look at the card again."


def decide_customer(customer: Customer, event: ev.Event, now: datetime) -> None:
    """Any technician writes a customer's card; which agreement they have is the owner's. Raises `RefusedError`."""
    check_clock(event, now)
    _check_staff(event)
    require(
        customer.is_begun or isinstance(event.body, ev.CustomerAdded),
        "There is no such customer yet. Add them first: bistand customer NAME add.",
    )
    require(not customer.is_gone, "This customer was erased, and nothing about them is kept any more.")
    match event.body:
        case ev.AgreementAgreed():
            require(
                event.author.role is Role.OWNER,
                "Which agreement a customer has is the owner's to say, at the service: bistand admin agreement.",
            )
        case ev.CustomerChanged(based_on=based_on):
            require(customer.profiles.knows(based_on), "This change is based on something that is not there.")
        case ev.ContactTold(corrects=corrects) if corrects is not None:
            require(_is_among(corrects, customer.contacts), _NOT_THERE)
        case ev.UseTold(corrects=corrects) if corrects is not None:
            require(_is_among(corrects, customer.uses), _NOT_THERE)
        case ev.CustomerNoted(corrects=corrects) if corrects is not None:
            require(_is_among(corrects, customer.notes), _NOT_THERE)
        case ev.CareMarked(care=True, text=text):
            require(bool(text.strip()), "Say why: the colleague who reads it was not there.")
        case ev.EntryRemoved(entry=entry):
            told = (customer.people, customer.contacts, customer.machines, customer.uses, customer.notes)
            require(any(_is_among(entry, some) for some in told), _NOT_THERE)


def decide_agreement(agreement: Agreement, event: ev.Event, now: datetime) -> None:
    """The owner alone writes an agreement, and one that can hold together. Raises `RefusedError`."""
    check_clock(event, now)
    _check_no_erasure(event)
    if event.author.role is not Role.OWNER:
        refuse("No device changes an agreement. The owner does, at the service: bistand admin agreement import.")
    if isinstance(event.body, ev.AgreementWritten):
        _check_terms(agreement, event.body)


def _check_terms(agreement: Agreement, body: ev.AgreementWritten) -> None:
    wrong = contradictions(body.terms)
    require(not wrong, f"The agreement contradicts itself. {' '.join(wrong)}")
    editions = agreement.editions
    if not editions.all:
        require(not body.based_on, "This is a change of an agreement that is not there.")
        return
    require(bool(body.based_on), "This agreement is there already. Say which edition of it yours is based on.")
    require(editions.knows(body.based_on), "This change is based on an edition that is not there.")
    currency = editions.all[0].value.currency
    require(
        body.terms.currency == currency,
        f"This agreement is in {currency}, and what was charged under it too: {body.terms.currency} cannot be mixed "
        "in. Make a new agreement, by another name.",
    )


def _is_among(entry: UUID, told: tuple[object, ...]) -> bool:
    return any(getattr(each, "id", None) == entry for each in told)


def _check_staff(event: ev.Event) -> None:
    _check_no_erasure(event)
    require(event.author.is_staff, "Only a technician can do this.")


def _check_no_erasure(event: ev.Event) -> None:
    if isinstance(event.body, ev.PersonErased):
        refuse("No device erases a person. The owner does, at the service: bistand admin erase.")
