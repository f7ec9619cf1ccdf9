"""The customer's work report: what was done and what it costs, in their language, and nothing that is not for them."""

import gettext
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from uuid import UUID

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.agreement import Rounding, RoundingMode, Terms
from app.domain.case import Case
from app.domain.charge import Piece, charge
from app.domain.consent import Grants
from app.domain.events import Body, CustomerAdded, PersonJoined, Relation, Stream, WorkKind
from app.domain.people import Author, Role
from app.domain.work import Work
from app.flows.agreed_terms import Agreed, agreed_with
from app.flows.agreement_file import read_agreement
from app.flows.ask_for_help import HelpRequest, ask_for_help
from app.flows.errors import BadInputError, ReportNotWrittenError
from app.flows.record_work import record_work
from app.flows.report_file import report_html, save_report
from app.flows.report_pdf import report_pdf
from app.flows.report_words import in_words, whole_seconds
from app.flows.synchronise import synchronise
from app.flows.work_report import Scope, WorkReport, scope_of_case, scope_of_customer, work_report
from app.system.calendars import calendar_of
from app.system.clock import new_id
from app.system.translations import LANGUAGES, resources
from tests.domain.agreements import any_terms, any_work, piece, terms
from tests.flows.conftest import Town

LONE = Author(role=Role.CUSTOMER, id=UUID(int=1), name="Lone Møller")
ANNA = Author(role=Role.TECHNICIAN, id=UUID(int=2), name="Anna")
TODAY = date(2026, 12, 1)
HOSTILE = '<img src="file:///etc/passwd" onerror="x()"><script>x()</script></para> &amp; {{ 7*7 }}'
TOKENS = ("kr.", "DKK", "EUR", "€", "0,00", "0.00")


def case_of(number: int, pieces: list[Piece], about: str = "The printer prints nothing") -> Case:
    """A case with this work."""
    work = tuple(Work(each.id, each.id, ANNA, each.start, each.end, each.kind, each.text, None) for each in pieces)
    return Case(UUID(int=number), about=about, customer=LONE, work=work)


def report_of(pieces: list[Piece], agreement: Terms | None = None, *, in_house: bool = False) -> WorkReport:
    """The report of all this work, of which each piece is on the case that it names."""
    numbers = sorted({each.case.int for each in pieces}) or [1]
    cases = tuple(case_of(number, [each for each in pieces if each.case.int == number]) for number in numbers)
    return work_report("Example IT", Scope(LONE.name, cases), Agreed(agreement or terms(), in_house), TODAY)


def said(piece: Piece, text: str) -> Piece:
    """The same work with these words."""
    return replace(piece, text=text)


@settings(max_examples=50)
@given(any_work, any_terms)
def test_it_is_the_charge_without_internal_work(work: list[Piece], agreement: Terms) -> None:
    agreement = agreement.model_copy(update={"valid_from": date(2025, 1, 1)})
    report = report_of(work, agreement)
    bill = charge(work, agreement, calendar_of(agreement))
    told = [line.charged for line in report.lines]
    assert told == [line for line in bill.lines if line.kind is not WorkKind.INTERNAL]
    assert report.total == bill.total == sum(line.amount for line in told)
    assert (report.goodwill, report.worked) == (bill.goodwill, sum(line.worked for line in told))


@given(st.lists(st.integers(0, 10**11)))
def test_times_that_are_told_add_up_to_the_second(times: list[int]) -> None:
    told = whole_seconds(times)
    assert sum(told) == whole_seconds([sum(times)])[0]
    assert all(abs(seconds * 10**6 - time) < 10**6 for seconds, time in zip(told, times, strict=True))


def test_each_line_has_the_rule_that_made_it_and_a_job_its_words_once() -> None:
    work = [
        said(piece("2026-11-02 15:00", 90, number=1), "The spooler\nstood still"),
        said(piece("2026-11-02 18:00", 10, number=2), "A new driver"),
        said(piece("2026-11-03 10:00", 8, WorkKind.GOODWILL, number=3), "A question"),
    ]
    report = report_of(work, terms(included_minutes=30, covers=frozenset({"printer"})))
    assert [(line.charged.rule.value, line.done) for line in report.lines] == [
        ("included minutes", ("The spooler stood still", "A new driver")),
        ("hourly rate", ()),
        ("hourly rate, after hours", ()),
        ("goodwill", ("A question",)),
    ]
    assert [line.title for line in report.favours] == ["The printer prints nothing"]


def test_internal_work_and_its_words_are_nowhere() -> None:
    work = [
        said(piece("2026-11-02 10:00", 30), "Seen"),
        said(piece("2026-11-02 11:00", 33, WorkKind.INTERNAL), "Hidden"),
    ]
    for language in LANGUAGES:
        sheet = in_words(report_of(work), language)
        assert "Seen" in sheet.text()
        assert "Hidden" not in sheet.text()
        assert not re.search(r"33|1 (hr|t|uur|Std)", "".join(sheet.total))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Work report", "November 2026", "DKK1,266.67", "1 hr 35 mins", "2 Nov 2026")),
        ("da", ("Arbejdsrapport", "november 2026", "1.266,67\xa0kr.", "1 t. 35 min.", "2. nov. 2026")),
        ("nb", ("Arbeidsrapport", "november 2026", "1\xa0266,67\xa0DKK", "1 t 35 min", "2. nov. 2026")),
        ("nl", ("Werkrapport", "november 2026", "DKK\xa01.266,67", "1 uur 35 min", "2 nov 2026")),
        ("de", ("Arbeitsbericht", "November 2026", "1.266,67\xa0DKK", "1 Std. 35 Min.", "02.11.2026")),
    ],
)
def test_it_is_in_the_customers_language_with_money_as_they_write_it(language: str, words: tuple[str, ...]) -> None:
    work = [piece("2026-11-02 10:00", 95)]
    scope = Scope(LONE.name, (case_of(1, work),), month=(2026, 11))
    sheet = in_words(work_report("Example IT", scope, Agreed(terms(), in_house=False), TODAY), language)
    page = report_html(sheet)
    assert f'<html lang="{language}">' in page
    assert [word for word in words if word not in page] == []


def test_a_rate_after_hours_is_told_exactly() -> None:
    sheet = in_words(report_of([piece("2026-11-02 18:00", 60)], terms(hourly_rate=80_001)), "da")
    assert sheet.rows[0].figures[2] == "1.200,015\xa0kr."


def test_a_currency_without_coins_has_none() -> None:
    sheet = in_words(report_of([piece("2026-11-02 10:00", 60)], terms(currency="JPY", hourly_rate=9000)), "en")
    assert sheet.total[-1] == "JP¥9,000"


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_house_money_is_not_mentioned(language: str) -> None:
    work = [piece("2026-11-02 15:00", 90, kind, number=n) for n, kind in enumerate(WorkKind, start=1)]
    agreement = terms(rounding=Rounding(mode=RoundingMode.UP, step_minutes=15), minimum_minutes=15)
    sheet = in_words(report_of(work, agreement, in_house=True), language)
    assert not [token for token in TOKENS if token in sheet.text()]
    assert {len(row.figures) for row in sheet.rows} == {1}
    assert len(sheet.rows) == 5  # a job is one line, whether or not it went on after hours


def test_an_agreement_that_costs_nothing_is_in_house() -> None:
    examples = resources() / "agreements"
    assert agreed_with(None, read_agreement(examples / "in-house.toml")).in_house
    assert not agreed_with(None, read_agreement(examples / "small-office.toml")).in_house
    assert agreed_with(None, read_agreement(examples / "small-office.toml"), in_house=True).in_house


def test_nothing_worked_is_said() -> None:
    sheet = in_words(report_of([]), "nl")
    assert sheet.nothing == "In deze periode is er niet voor u gewerkt."
    assert sheet.nothing in report_html(sheet)
    assert report_pdf(sheet).startswith(b"%PDF-")


def test_work_outside_the_agreements_time_is_not_charged_by_it() -> None:
    with pytest.raises(BadInputError, match="holds from 2026-01-01 until 2026-10-31, and work was done on 2026-11-02"):
        report_of([piece("2026-11-02 10:00", 30)], terms(valid_until=date(2026, 10, 31)))


def test_the_month_is_that_of_the_agreements_clock_and_what_was_used_up_before_stays_so() -> None:
    work = [piece("2026-10-31 23:30", 20, number=1), piece("2026-11-01 00:10", 20, number=2)]
    work += [piece("2026-11-02 10:00", 50, case=2, number=3)]
    cases = (case_of(1, work[:2]), case_of(2, work[2:]))
    agreement = terms(included_minutes=60, covers=frozenset({"printer"}), after_hours_percent=100)
    november = work_report("", Scope(LONE.name, cases, month=(2026, 11)), Agreed(agreement, in_house=False), TODAY)
    assert [line.charged.day.day for line in november.lines] == [1, 2]
    assert (november.begins, november.ends) == (date(2026, 11, 1), date(2026, 11, 30))
    second = work_report("", Scope(LONE.name, cases, case=UUID(int=2)), Agreed(agreement, in_house=False), TODAY)
    assert [line.charged.case for line in second.lines] == [UUID(int=2)]
    assert (second.begins, second.ends) == (date(2026, 11, 2), date(2026, 11, 2))


class Tags(HTMLParser):
    """Whether each tag is closed where it should be, and which there are."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name in ("src", "href")]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("in_house", [False, True])
def test_what_people_wrote_stays_text_on_the_page_and_on_the_sheet(in_house: bool) -> None:
    work = [said(piece("2026-11-02 10:00", 30, kind, number=n), HOSTILE) for n, kind in enumerate(WorkKind, start=1)]
    report = replace(
        report_of(work, terms(name=HOSTILE), in_house=in_house), shop=HOSTILE, customer=HOSTILE + "\x1b[2J"
    )
    report = replace(report, lines=tuple(replace(line, title=HOSTILE) for line in report.lines))
    sheet = in_words(report, "da")
    tags = Tags()
    tags.feed(report_html(sheet))
    tags.close()
    assert tags.open == tags.handlers == []
    assert not tags.seen & {"script", "img", "para", "link", "iframe"}
    assert b"/Subtype /Image" not in report_pdf(sheet)


def test_a_long_month_has_many_sheets_and_the_same_bytes_again() -> None:
    work = [
        said(piece("2026-11-02 10:00", 1, number=number, case=number), "W" * 2000 if number % 9 == 0 else "ł " * 900)
        for number in range(1, 30)
    ]
    sheet = in_words(report_of(work), "de")
    made = report_pdf(sheet)
    assert made.count(b"/Type /Page\n") + made.count(b"/Type /Page ") > 5
    assert report_pdf(sheet) == made


def test_it_is_a_file_of_ones_own_and_says_why_where_it_cannot_be(tmp_path: Path) -> None:
    report = report_of([piece("2026-11-02 10:00", 30)])
    for name in ("report.html", "report.PDF"):
        save_report(report, tmp_path / name, "nb")
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    with pytest.raises(BadInputError, match=r"\.html or \.pdf"):
        save_report(report, tmp_path / "report.docx", "nb")
    with pytest.raises(ReportNotWrittenError, match="No such file"):
        save_report(report, tmp_path / "nowhere" / "report.pdf", "nb")


def test_a_customer_is_found_by_name_and_never_mixed_with_another_of_that_name(town: Town) -> None:
    _, case_id = town.customer_with_case()
    anna = town.technician("Anna")
    synchronise(anna)
    start = datetime(2026, 10, 14, 12, tzinfo=UTC)
    record_work(anna, case_id, start, start + timedelta(minutes=20), WorkKind.COVERED)
    scope = scope_of_customer(anna, " lone møller ", (2026, 10))
    assert [case.id for case in scope.cases] == [case_id]
    assert scope_of_case(anna, str(case_id)).case == case_id
    with pytest.raises(BadInputError, match="No customer here is called “Bo”"):
        scope_of_customer(anna, "Bo", (2026, 10))
    ask_for_help(town.somebody("another"), HelpRequest("Lone Møller", "My mail is gone", None, Grants()))
    synchronise(anna)
    with pytest.raises(BadInputError, match="More than one customer"):
        scope_of_customer(anna, "Lone Møller", (2026, 10))
    assert [case.id for case in scope_of_case(anna, str(case_id)).cases] == [case_id]


def test_all_people_of_a_card_are_one_customer_and_the_card_says_whether_it_is_in_house(town: Town) -> None:
    _, first = town.customer_with_case()
    second = ask_for_help(town.somebody("per"), HelpRequest("Per Ærø", "My mail is gone", None, Grants()))
    ask_for_help(town.somebody("stranger"), HelpRequest("Møller & Søn", "Not of the card", None, Grants()))
    anna = town.technician("Anna")
    synchronise(anna)
    people = [anna.store.case(case_id).customer for case_id in (first, second)]
    card = new_id()
    bodies: list[Body] = [CustomerAdded(name="Møller & Søn", relation=Relation.IN_HOUSE)]
    bodies += [PersonJoined(person=person.id, name=person.name) for person in people if person]
    for body in bodies:
        anna.store.append(anna.me, Stream.CUSTOMER, card, body)
    for scope in (scope_of_customer(anna, "møller & søn", (2026, 10)), scope_of_case(anna, str(second))):
        assert (scope.customer, {case.id for case in scope.cases}) == ("Møller & Søn", {first, second})
        assert agreed_with(scope.card, read_agreement(resources() / "agreements" / "small-office.toml")).in_house
    anna.store.append(anna.me, Stream.CUSTOMER, new_id(), CustomerAdded(name="MØLLER & SØN"))
    with pytest.raises(BadInputError, match="More than one customer"):
        scope_of_customer(anna, "Møller & Søn", (2026, 10))


def _texts_in_the_code() -> set[str]:
    path = Path(in_words.__code__.co_filename)
    return {message for _, message, *_ in extract_from_file("python", path) if isinstance(message, str)} | {"Help"}


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_text_is_there_in_every_language_and_compiled(language: str) -> None:
    folder = resources() / "locale" / language / "LC_MESSAGES"
    with (folder / "report.po").open("rb") as file:
        written = {str(one.id): str(one.string) for one in read_po(file) if one.id}
    assert set(written) == _texts_in_the_code()
    for text, translated in written.items():
        assert translated
        assert set(re.findall(r"{\w+}", translated)) == set(re.findall(r"{\w+}", text))
    with (folder / "report.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert {text: compiled.gettext(text) for text in written} == written
