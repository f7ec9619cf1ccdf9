"""What was worked in a month, piece by piece: raw time, for whoever bills or pays it. Offline."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from app.domain.case import Case
from app.domain.errors import UsageError
from app.domain.events import WorkKind
from app.domain.reference import reference
from app.flows.errors import TimesheetNotWrittenError
from app.flows.party import Party
from app.system.paths import replace_file

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = (
    "id", "case", "reference", "customer", "technician", "start", "end", "seconds", "kind", "text", "month",
)  # fmt: skip


class MonthError(UsageError):
    """That is no month."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A piece of work. `id` stays the same through corrections, so that nothing is imported twice. Moments are UTC.

    `month` is the one in which it began by this computer's clock, as `2026-11`.
    """

    id: UUID
    case_id: UUID
    customer: str
    technician: str
    technician_id: UUID
    start: datetime
    end: datetime
    seconds: float
    kind: WorkKind
    text: str

    @property
    def month(self) -> str:
        """See above."""
        return f"{self.start.astimezone():%Y-%m}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose work is asked for, by their names as people write them; None for everybody's."""

    technician: str | None = None
    customer: str | None = None

    def takes(self, entry: Entry) -> bool:
        """Whether this piece is asked for."""
        return _is_named(self.technician, entry.technician) and _is_named(self.customer, entry.customer)


def parse_month(text: str) -> tuple[int, int]:
    """`2026-11` as year and month. Raises `MonthError`."""
    try:
        day = date.fromisoformat(f"{text.strip()}-01")
    except ValueError as error:
        raise MonthError(f"“{text[:20]}” is no month. Write it like 2026-11.") from error
    return day.year, day.month


def timesheet(party: Party, year: int, month: int, wanted: Wanted = Wanted()) -> tuple[Entry, ...]:
    """The work that began in this month by this computer's clock, oldest first, corrections applied."""
    cases = (party.store.case(case_id) for case_id in party.store.case_ids())
    entries = (entry for case in cases for entry in entries_of(case))
    named = f"{year}-{month:02}"
    return tuple(
        sorted((e for e in entries if e.month == named and wanted.takes(e)), key=lambda e: (e.start, e.id.int))
    )


def timesheet_csv(entries: Iterable[Entry]) -> str:
    """As CSV (RFC 4180) with a head, in UTC. What a spreadsheet would take for a formula is kept from being one."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for entry in entries:
        writer.writerow([_harmless(str(value)) for value in facts(entry).values()])
    return out.getvalue()


def save_timesheet(entries: Iterable[Entry], path: Path) -> None:
    """Write the CSV. Raises `TimesheetNotWrittenError`."""
    try:
        replace_file(path, timesheet_csv(entries).encode())
    except OSError as error:
        raise TimesheetNotWrittenError(path, error.strerror or str(error)) from error


def facts(entry: Entry) -> dict[str, object]:
    """For scripts, with the names of `COLUMNS`."""
    values = (
        str(entry.id), str(entry.case_id), reference(entry.case_id), entry.customer, entry.technician,
        entry.start.isoformat(), entry.end.isoformat(), entry.seconds, entry.kind.value, entry.text,
        entry.month,
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def totals(entries: Iterable[Entry]) -> dict[tuple[str, str], float]:
    """Seconds by technician and customer, in the order of their names."""
    sums: dict[tuple[str, str], float] = {}
    for entry in entries:
        key = (entry.technician, entry.customer)
        sums[key] = sums.get(key, 0.0) + entry.seconds
    return dict(sorted(sums.items()))


def entries_of(case: Case) -> Iterable[Entry]:
    """The work on one case, corrections applied."""
    customer = case.customer.name if case.customer else ""
    for work in case.work:
        yield Entry(
            work.origin, case.id, customer, work.author.name, work.author.id,
            work.start, work.end, work.seconds, work.kind, work.text,
        )  # fmt: skip


def _is_named(wanted: str | None, name: str) -> bool:
    return wanted is None or wanted.strip().casefold() == name.casefold()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
