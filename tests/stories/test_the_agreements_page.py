"""The month that `docs/agreements.md` explains, reckoned: the page and the program say the same."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from app.domain.charge import MINUTE, Charge, Line, Piece, charge
from app.domain.events import WorkKind
from app.flows.agreement_file import read_agreement
from app.system.calendars import calendar_of
from app.system.translations import resources

PAGE = Path(__file__).parents[2] / "docs" / "agreements.md"


def rows(title: str) -> Iterator[list[str]]:
    """The rows of the table under this title, without its head."""
    lines = PAGE.read_text().partition(f"### {title}\n")[2].splitlines()
    table = [line for line in lines[1 : lines.index("", 1)] if line.startswith("|")]
    return ([cell.strip() for cell in line.strip("|").split("|")] for line in table[2:])


def reckoned() -> Charge:
    """The bill of the page's work under the page's agreement."""
    terms = read_agreement(resources() / "agreements" / "small-office.toml")
    calendar = calendar_of(terms)
    pieces = []
    for number, (case, kind, began, minutes, _) in enumerate(rows("The work in November 2026"), start=1):
        start = datetime.fromisoformat(began).replace(tzinfo=calendar.zone).astimezone(UTC)
        end = start + timedelta(minutes=int(minutes))
        pieces.append(Piece(UUID(int=number), UUID(int=int(case)), WorkKind(kind), start, end))
    return charge(pieces, terms, calendar)


def told(line: Line) -> list[str]:
    """The line as the page tells it, but for its reason."""
    return [
        line.day.isoformat(), str(line.case.int), line.rule.value, f"{line.worked // MINUTE} min",
        f"{line.charged // MINUTE} min", kroner(line.rate * line.percent // 100), kroner(line.amount),
    ]  # fmt: skip


def kroner(minor: int) -> str:
    """As people write it."""
    return f"{minor // 100:,}.{minor % 100:02}"


def test_the_pages_bill_is_the_programs() -> None:
    bill = reckoned()
    *lines, total = rows("The bill")
    assert [row[:7] for row in lines] == [told(line) for line in bill.lines]
    assert total[6] == f"**{kroner(bill.total)}**"


def test_each_line_is_explained_and_each_favours_value_told() -> None:
    *lines, _ = rows("The bill")
    for row, line in zip(lines, reckoned().lines, strict=True):
        assert row[7]
        assert not line.value or kroner(line.value) in row[7]
