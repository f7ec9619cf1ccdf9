"""`bistand timesheet`: what it prints, and how it ends where Kimai has not all of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.cli import main, timesheet
from app.domain.events import WorkKind
from app.flows.party import Party
from app.flows.record_work import record_work
from tests.kimai import TOKEN, Kimai
from tests.widgets.people import open_case, technician

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def anna(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Party]:
    """A technician whose service cannot be reached, with two pieces of work; the command opens her home."""
    someone = technician(tmp_path / "anna")
    case_id = open_case(someone, "The printer prints nothing")
    for start in (datetime(2026, 10, 5, 9, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)):
        record_work(someone, case_id, start, start + timedelta(minutes=15), WorkKind.COVERED, "The \x1b[2Jspooler")

    @contextmanager
    def opened(**_: object) -> Iterator[Party]:
        yield someone

    monkeypatch.setattr(timesheet, "open_party", opened)
    yield someone
    someone.close()


def test_it_tells_the_sums_and_takes_names(anna: Party, capsys: Capture) -> None:
    assert main.main(["timesheet", "--month", "2026-10"]) == 0
    assert capsys.readouterr().out == "Anna, for Møller & Søn: 30 min\n"
    assert main.main(["timesheet", "--month", "2026-10", "--customer", "møller & søn", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["totals"] == [{"technician": "Anna", "customer": "Møller & Søn", "seconds": 1800.0}]
    assert main.main(["timesheet", "--month", "2026-10", "--technician", "Bo"]) == 0
    assert capsys.readouterr().out.startswith("Nothing was worked in 2026-10")


def test_where_kimai_has_not_all_of_it_the_rest_is_told_and_it_ends_with_1(anna: Party, capsys: Capture) -> None:
    (anna.home.folder / "kimai.toml").write_text("project = 1\nactivity = 1\n")
    with Kimai() as kimai:
        anna.secrets.set(f"kimai token {kimai.url}", TOKEN)
        words = ["timesheet", "--month", "2026-10", "--kimai", kimai.url]
        assert main.main(words) == 1
        said = capsys.readouterr()
        assert said.out.endswith("Kimai: 1 added, 0 changed, 0 there already.\n")
        assert "Not told to Kimai: 2026-10-25" in said.err
        assert "the hour that the clock repeats" in said.err
        kimai.records[7] = {**kimai.records[1], "id": 7}
        assert main.main([*words, "--json"]) == 1
        told = json.loads(capsys.readouterr().out)["kimai"]
        assert (told["created"], told["unchanged"], len(told["not_sent"]), len(told["copied"])) == (0, 1, 1, 1)
        kimai.faults.append(500)
        assert main.main(words) == 1
        said = capsys.readouterr()
        assert (said.out, "failed at this (HTTP 500)" in said.err) == ("", True)
