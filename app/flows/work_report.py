"""The work report: what was done for a customer in a month or on a case, and what it costs, as one frozen value.

Internal work is in none of it: neither its time nor its words.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from app.domain.agreement import Rounding, Terms
from app.domain.case import Case
from app.domain.charge import Line, Piece, Rule, charge
from app.domain.customer import Customer
from app.domain.events import WorkKind
from app.domain.hours import Calendar
from app.domain.reference import reference
from app.flows.agreed_terms import Agreed
from app.flows.bill import pieces_of
from app.flows.customers import cards, cases_of, customer_of
from app.flows.errors import BadInputError
from app.flows.list_cases import named_case
from app.flows.party import Party
from app.system.calendars import calendar_of


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line: a part of a job, under the rule that made it. Figures are those of the charge's line.

    `done` is what was done, in the order in which it was; the other lines of the same job have none.
    """

    charged: Line
    reference: str
    title: str
    done: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkReport:
    """What a customer is told of the work for them from `begins` to `ends`, both included.

    In-house nobody pays, and none of the money is mentioned. Times are microseconds, money minor units of `currency`.
    """

    shop: str
    customer: str
    agreement: str
    currency: str
    in_house: bool
    begins: date
    ends: date
    made: date
    rounding: Rounding
    minimum_minutes: int
    lines: tuple[ReportLine, ...]

    @property
    def total(self) -> int:
        """What it costs: the sum of the lines."""
        return sum(line.charged.amount for line in self.lines)

    @property
    def worked(self) -> int:
        """All time that was worked."""
        return sum(line.charged.worked for line in self.lines)

    @property
    def charged(self) -> int:
        """All time that was charged, that within the agreement too."""
        return sum(line.charged.charged for line in self.lines)

    @property
    def favours(self) -> tuple[ReportLine, ...]:
        """What was given away."""
        return tuple(line for line in self.lines if line.charged.rule is Rule.GOODWILL)

    @property
    def goodwill(self) -> int:
        """What the favours would have cost."""
        return sum(line.charged.value for line in self.lines)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose work is told, and how much of it: one case's or all, one month's (year, month) or all.

    `cases` are all cases of the customer: what of an agreement is used up is used up by all of them. `card` is None
    for somebody of whom the shop keeps none.
    """

    customer: str
    cases: tuple[Case, ...]
    card: Customer | None = None
    case: UUID | None = None
    month: tuple[int, int] | None = None

    @property
    def end(self) -> datetime | None:
        """A moment of the month's last day, wherever in Europe its clock hangs (UTC); None where it is of all time."""
        if self.month is None:
            return None
        year, month = self.month
        return datetime(year, month, monthrange(year, month)[1], 12, tzinfo=UTC)

    def takes(self, line: Line) -> bool:
        """Whether this line is told."""
        in_month = self.month is None or (line.day.year, line.day.month) == self.month
        return in_month and (self.case is None or line.case == self.case)


def scope_of_case(party: Party, untrusted_name: str, month: tuple[int, int] | None = None) -> Scope:
    """The work on one case. Raises `UnknownCaseError`, and `BadInputError` for a case whose customer is not known."""
    case = party.store.case(named_case(party, untrusted_name))
    person = case.customer
    if person is None or not person.name:
        raise BadInputError(f"It is not known here whose case {reference(case.id)} is. `bistand sync` may tell.")
    card = customer_of(party, case)
    if card is not None:
        return Scope(card.name, cases_of(party, card), card, case.id, month)
    cases = tuple(one for one in _cases_of_name(party, person.name) if one.customer == person)
    return Scope(person.name, cases, None, case.id, month)


def scope_of_customer(party: Party, untrusted_name: str, month: tuple[int, int]) -> Scope:
    """The work in a month for the customer whose card has this name, else for the person who has it.

    Raises `BadInputError` where nobody, or more than one, goes by it.
    """
    name = untrusted_name.strip()
    found = [card for card in cards(party) if card.name.casefold() == name.casefold()]
    if len(found) == 1:
        return Scope(found[0].name, cases_of(party, found[0]), found[0], None, month)
    cases = () if found else _cases_of_name(party, name)
    people = {case.customer: case for case in cases if case.customer is not None}
    if len(people) == 1:
        return Scope(next(iter(people)).name, cases, None, None, month)
    if not found and not people:
        raise BadInputError(f"No customer here is called “{name[:60]}”. `bistand cases` shows who there is.")
    raise BadInputError(
        f"More than one customer is called “{name[:60]}”, and none may read of another's work. Report case by case: "
        "`bistand report CASE`."
    )


def work_report(shop: str, scope: Scope, agreed: Agreed, today: date) -> WorkReport:
    """The report. Pure: the same work, terms and day give the same one.

    Raises `BadInputError` where some of the work lies outside the time that the agreement holds for, and
    `UnknownPlaceError`.
    """
    terms, calendar = agreed.terms, calendar_of(agreed.terms)
    pieces = tuple(piece for piece in pieces_of(scope.cases) if piece.kind is not WorkKind.INTERNAL)
    lines = [line for line in charge(pieces, terms, calendar).lines if scope.takes(line)]
    _require_agreement(lines, terms)
    begins, ends = _period(scope.month, lines, today)
    return WorkReport(
        shop=shop,
        customer=scope.customer,
        agreement=terms.name,
        currency=terms.currency,
        in_house=agreed.in_house,
        begins=begins,
        ends=ends,
        made=today,
        rounding=terms.rounding,
        minimum_minutes=terms.minimum_minutes,
        lines=tuple(_report_lines(lines, scope.cases, pieces, calendar)),
    )


def _cases_of_name(party: Party, name: str) -> tuple[Case, ...]:
    """All cases whose customer has this name, however it is written; in the order of their ids."""
    rows = [row.id for row in party.store.cases() if row.customer.casefold() == name.casefold()]
    return tuple(party.store.case(case_id) for case_id in sorted(rows))


def _report_lines(
    lines: Sequence[Line], cases: Iterable[Case], pieces: Iterable[Piece], calendar: Calendar
) -> Iterator[ReportLine]:
    titles = {case.id: case.title for case in cases}
    words: dict[tuple[date, UUID, WorkKind], list[str]] = {}
    for piece in sorted(pieces, key=lambda each: (each.start, each.id.int)):
        text = " ".join(piece.text.split())
        if text:
            words.setdefault((calendar.day_of(piece.start), piece.case, piece.kind), []).append(text)
    for line in lines:
        done = words.pop((line.day, line.case, line.kind), [])  # told once, on the job's first line
        yield ReportLine(line, reference(line.case), titles[line.case], tuple(dict.fromkeys(done)))


def _period(month: tuple[int, int] | None, lines: Sequence[Line], today: date) -> tuple[date, date]:
    if month is not None:
        year, number = month
        after = date(year + number // 12, number % 12 + 1, 1) if month != (9999, 12) else None
        last = date.fromordinal(after.toordinal() - 1) if after else date.max
        return date(year, number, 1), last
    days = [line.day for line in lines] or [today]
    return min(days), max(days)


def _require_agreement(lines: Sequence[Line], terms: Terms) -> None:
    outside = [x.day for x in lines if x.day < terms.valid_from or (terms.valid_until and x.day > terms.valid_until)]
    if outside:
        until = f" until {terms.valid_until}" if terms.valid_until else ""
        raise BadInputError(
            f"“{terms.name}” holds from {terms.valid_from}{until}, and work was done on {min(outside)}. "
            "Name the agreement that held then."
        )
