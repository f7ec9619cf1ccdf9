"""The agreements on this machine, and which of them holds for a customer's work. Offline."""

from datetime import datetime
from functools import cache
from uuid import UUID

from app.domain import events as ev
from app.domain.agreement import Terms
from app.domain.agreement_log import Agreement
from app.domain.customer import Customer
from app.domain.hours import Calendar
from app.flows.party import Party
from app.system import calendars


def list_agreements(party: Party) -> tuple[Agreement, ...]:
    """All agreements."""
    return tuple(one for one in party.store.states(ev.Stream.AGREEMENT) if isinstance(one, Agreement))


@cache
def calendar_of(terms: Terms) -> Calendar:
    """The terms' calendar, made once. Raises `UnknownPlaceError`."""
    return calendars.calendar_of(terms)


class TermsOf:
    """The terms of one customer's work, moment by moment."""

    def __init__(self, party: Party, card: Customer) -> None:
        self._card = card
        names: dict[UUID, None] = dict.fromkeys(name for _, name in card.agreements)
        found = (party.store.state(ev.Stream.AGREEMENT, name) for name in names)
        self._agreements = {one.id: one for one in found if isinstance(one, Agreement)}

    @property
    def currency(self) -> str:
        """In which currency their bills are."""
        last = self._agreements.get(self._card.agreements[-1][1]) if self._card.agreements else None
        return last.terms.currency if last and last.terms else ""

    def at(self, moment: datetime) -> Terms | None:
        """What holds at this moment (UTC), by the day on the wall of the agreement; None where nothing does."""
        terms = self._on(moment, None)
        return None if terms is None else self._on(moment, terms)

    def _on(self, moment: datetime, terms: Terms | None) -> Terms | None:
        day = moment.date() if terms is None else calendar_of(terms).day_of(moment)
        name = self._card.agreement_on(day)
        agreement = self._agreements.get(name) if name else None
        return agreement.terms_on(day) if agreement else None


def terms_at(party: Party, card: Customer | None, at: datetime) -> Terms | None:
    """The terms of the customer's own agreement at this moment (UTC), as far as it is on this machine."""
    return TermsOf(party, card).at(at) if card is not None and card.agreements else None
