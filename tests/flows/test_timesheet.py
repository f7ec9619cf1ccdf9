"""A month's raw time, piece by piece, whoever worked it; the same piece keeps its id."""

import csv
import io
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.events import WorkKind, WorkRecorded
from app.flows.errors import NoSuchWorkError, TimesheetNotWrittenError
from app.flows.record_work import named_work, record, record_work
from app.flows.synchronise import synchronise
from app.flows.timesheet import (
    COLUMNS,
    MonthError,
    Wanted,
    facts,
    parse_month,
    save_timesheet,
    timesheet,
    timesheet_csv,
    totals,
)
from tests.flows.conftest import Town

NOON = datetime(2026, 10, 14, 12, 0, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)


def test_a_month_of_two_technicians_is_told_to_a_third_who_is_offline(town: Town) -> None:
    _, case_id = town.customer_with_case()
    anna, bo, kim = (town.technician(name) for name in ("Anna", "Bo", "Kim"))
    for who, start in ((anna, NOON), (bo, NOON - timedelta(days=3)), (bo, NOON - timedelta(days=30))):
        synchronise(who)
        record_work(who, case_id, start, start + HALF_AN_HOUR, WorkKind.COVERED, "Looked at the spooler")
        synchronise(who)
    synchronise(kim)
    town.service.close()
    entries = timesheet(kim, 2026, 10)
    assert [(each.technician, each.customer, each.seconds) for each in entries] == [
        ("Bo", "Lone Møller", 1800.0), ("Anna", "Lone Møller", 1800.0),
    ]  # fmt: skip
    assert totals(entries) == {("Anna", "Lone Møller"): 1800.0, ("Bo", "Lone Møller"): 1800.0}


def test_a_corrected_piece_keeps_its_id_and_is_there_once(town: Town) -> None:
    _, case_id = town.customer_with_case()
    anna = town.technician("Anna")
    synchronise(anna)
    first = record_work(anna, case_id, NOON, NOON + HALF_AN_HOUR, WorkKind.COVERED)
    for minutes in (40, 50):
        (piece,) = anna.store.case(case_id).work
        end = NOON + timedelta(minutes=minutes)
        anna.write(case_id, WorkRecorded(start=NOON, end=end, corrects=piece.id))
    (entry,) = timesheet(anna, 2026, 10)
    assert (entry.id, entry.seconds) == (first.id, 3000.0)


def test_work_that_is_corrected_keeps_its_id_and_goes_by_it(town: Town) -> None:
    _, case_id = town.customer_with_case()
    anna = town.technician("Anna")
    synchronise(anna)
    first = record_work(anna, case_id, NOON, NOON + HALF_AN_HOUR, WorkKind.TRAVEL, "To the office")
    for minutes in (60, 30):
        piece = named_work(anna, case_id, str(first.id))
        end = NOON + timedelta(minutes=minutes)
        record(anna, case_id, WorkRecorded(start=NOON, end=end, work=piece.kind, text=piece.text, corrects=piece.id))
    (entry,) = timesheet(anna, 2026, 10)
    assert (entry.id, entry.technician, entry.seconds) == (first.id, "Anna", 1800.0)
    assert (entry.kind, entry.text) == (WorkKind.TRAVEL, "To the office")
    for name in ("", "0", str(first.id)[:7], "00000000"):
        with pytest.raises(NoSuchWorkError):
            named_work(anna, case_id, name)


def test_the_file_is_csv_and_no_formula(town: Town, tmp_path: Path) -> None:
    _, case_id = town.customer_with_case()
    anna = town.technician("Anna")
    synchronise(anna)
    for text in ('=HYPERLINK("http://evil")', '"quoted", and\nin two lines', "@SUM(A1)"):
        record_work(anna, case_id, NOON, NOON + HALF_AN_HOUR, WorkKind.GOODWILL, text)
    path = tmp_path / "october.csv"
    save_timesheet(timesheet(anna, 2026, 10), path)
    head, *rows = csv.reader(io.StringIO(path.read_text(), newline=""))
    assert tuple(head) == COLUMNS
    texts = {row[COLUMNS.index("text")] for row in rows}
    assert texts == {'\'=HYPERLINK("http://evil")', '"quoted", and\nin two lines', "'@SUM(A1)"}
    assert {row[COLUMNS.index("kind")] for row in rows} == {"goodwill"}


def test_a_piece_belongs_to_the_month_in_which_it_began_by_this_computers_clock(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Copenhagen")
    time.tzset()
    try:
        _, case_id = town.customer_with_case()
        anna = town.technician("Anna")
        synchronise(anna)
        late = datetime(2026, 10, 31, 23, 15, tzinfo=UTC)  # a quarter past midnight in Copenhagen
        record_work(anna, case_id, late, late + HALF_AN_HOUR, WorkKind.COVERED)
        assert timesheet(anna, 2026, 10) == ()
        (entry,) = timesheet(anna, 2026, 11)
        assert facts(entry)["month"] == "2026-11"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_one_persons_work_or_one_customers_is_told_alone(town: Town) -> None:
    _, case_id = town.customer_with_case()
    anna, bo = town.technician("Anna"), town.technician("Bo")
    for who in (anna, bo):
        synchronise(who)
        record_work(who, case_id, NOON, NOON + HALF_AN_HOUR, WorkKind.COVERED)
        synchronise(who)
    synchronise(anna)

    def named(**names: str) -> list[str]:
        return sorted(each.technician for each in timesheet(anna, 2026, 10, Wanted(**names)))

    assert named() == ["Anna", "Bo"]
    assert named(technician=" anna") == ["Anna"]
    assert named(customer="LONE MØLLER") == ["Anna", "Bo"]
    assert named(technician="Bo", customer="Lone Møller") == ["Bo"]
    assert named(technician="Ann") == named(customer="Somebody else") == []


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(TimesheetNotWrittenError, match="no-such-folder"):
        save_timesheet((), tmp_path / "no-such-folder" / "october.csv")


def test_nothing_worked_is_a_head_alone() -> None:
    assert timesheet_csv(()).strip() == ",".join(COLUMNS)


@pytest.mark.parametrize("text", ["", "november", "2026", "2026-13", "2026-1", "2026-11-01", "٢٠٢٦-١١"])
def test_what_is_no_month_is_told(text: str) -> None:
    with pytest.raises(MonthError, match="Write it like 2026-11"):
        parse_month(text)


def test_a_month_is_read() -> None:
    assert parse_month(" 2026-11 ") == (2026, 11)
