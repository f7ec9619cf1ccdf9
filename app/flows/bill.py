"""What a customer's month costs, line by line, from the work on this machine. Offline; reckoned anew each time."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.agreement import Terms
from app.domain.case import Case
from app.domain.charge import Line, Piece, charge
from app.domain.customer import Customer
from app.domain.events import WorkKind
from app.domain.money import Money
from app.domain.price import accepted_rate
from app.domain.work import Work
from app.flows.agreements import TermsOf, calendar_of
from app.flows.customers import cases_of
from app.flows.errors import CurrenciesMixedError, NoAgreementError
from app.flows.party import Party
from app.flows.shared_time import SharedTime, shared_time
from app.flows.timesheet import entries_of


@dataclass(frozen=True, slots=True)
class Bill:
    """A month of one customer. `unpriced` is work for which no agreement held: it is on no line.

    `shared` is time of one person that counts twice, here or at another customer's as well.
    """

    customer: Customer
    year: int
    month: int
    currency: str
    lines: tuple[Line, ...]
    unpriced: tuple[Piece, ...]
    shared: tuple[SharedTime, ...]

    @property
    def total(self) -> Money:
        """The sum of the lines."""
        return Money(amount=sum(line.amount for line in self.lines), currency=self.currency)

    @property
    def goodwill(self) -> Money:
        """What the favours of the month would have cost."""
        return Money(amount=sum(line.value for line in self.lines), currency=self.currency)


def month_bill(party: Party, card: Customer, year: int, month: int) -> Bill:
    """The bill of a month: each piece by the terms that held when it began.

    Raises `NoAgreementError` where the customer has none, and `CurrenciesMixedError`.
    """
    terms_of = TermsOf(party, card)
    if not terms_of.currency:
        raise NoAgreementError(card.name)
    cases = cases_of(party, card)
    by_terms, unpriced = priced(terms_of, pieces_of(cases))
    charges = [charge(pieces, terms, calendar_of(terms)).month(year, month) for terms, pieces in by_terms.items()]
    currencies = {each.currency for each in charges if each.lines}
    if len(currencies) > 1:
        raise CurrenciesMixedError(card.name, sorted(currencies))
    lines = sorted((line for each in charges for line in each.lines), key=lambda line: line.day)
    missing = tuple(piece for piece in unpriced if (piece.start.year, piece.start.month) == (year, month))
    named = f"{year}-{month:02}"
    shared = shared_time(party, [entry for case in cases for entry in entries_of(case) if entry.month == named])
    return Bill(card, year, month, next(iter(currencies), terms_of.currency), tuple(lines), missing, shared)


def pieces_of(cases: Iterable[Case]) -> tuple[Piece, ...]:
    """All work on these cases, corrections applied, as it is charged."""
    return tuple(_piece(case, work) for case in cases for work in case.work)


def _piece(case: Case, work: Work) -> Piece:
    accepted = accepted_rate(case.prices, work.start) if work.kind is WorkKind.SPECIAL else None
    return Piece(work.origin, case.id, work.kind, work.start, work.end, work.text, accepted)


def priced(terms_of: TermsOf, pieces: Iterable[Piece]) -> tuple[dict[Terms, list[Piece]], list[Piece]]:
    """The pieces by the terms that held when each began, and those for which none did."""
    by_terms: dict[Terms, list[Piece]] = {}
    unpriced: list[Piece] = []
    for piece in sorted(pieces, key=lambda each: (each.start, each.id.int)):
        terms = terms_of.at(piece.start)
        if terms is None:
            unpriced.append(piece)
        else:
            by_terms.setdefault(terms, []).append(piece)
    return by_terms, unpriced
