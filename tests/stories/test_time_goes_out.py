"""Time goes out: written offline and corrected, it comes out as a sheet, in Kimai and as a report, and never twice."""

import csv
import io
import json
from pathlib import Path

import pytest

from app.system.translations import resources
from tests.kimai import TOKEN, Kimai
from tests.stories.street import Street, Typist

pytestmark = pytest.mark.keyring

MONTH = ("--month", "2026-06")
PLACES = "project = 4\nactivity = 1\n[activities]\ntravel = 2\n"


def works(anna: Typist, case: str, day: str, start: str, end: str, *more: str) -> str:
    """Record work, by the clock of Copenhagen in summer. Returns its id."""
    times = ("--from", f"{day}T{start}+02:00", "--to", f"{day}T{end}+02:00")
    event: str = anna.facts("work", case, *times, *more)["event"]
    return event


def test_a_month_written_offline_goes_out_and_never_twice(
    street: Street, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = street.anna
    _, case = street.asks("Møller & Søn", "The printer prints <nothing>")
    sheet, page, pdf, everything = (tmp_path / name for name in ("june.csv", "june.html", "june.pdf", "all.jsonl"))
    with anna.offline(), Kimai() as kimai:
        first = works(anna, case, "2026-06-02", "09:10", "09:35", "--text", "The queue was stuck")
        works(anna, case, "2026-06-03", "10:00", "10:08", "--kind", "goodwill", "--text", "A question about a sheet")
        works(anna, case, "2026-06-04", "13:00", "13:20", "--kind", "internal", "--text", "Written for colleagues")

        (anna.home / "kimai.toml").write_text(PLACES)
        assert "bistand kimai" in anna.fails("timesheet", *MONTH, "--kimai", kimai.url)
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{TOKEN}\n"))
        assert anna.facts("kimai", kimai.url)["user"] == "anna"
        sent = anna.facts("timesheet", *MONTH, "--kimai", kimai.url)["kimai"]
        assert (sent["created"], sent["not_sent"]) == (3, [])
        works(anna, case, "2026-06-02", "09:10", "10:00", "--corrects", first)
        again = anna.facts("timesheet", *MONTH, "--kimai", kimai.url, "--csv", str(sheet))
        assert [again["kimai"][name] for name in ("created", "changed", "unchanged")] == [0, 1, 2]
        assert len(kimai.records) == 3
        corrected = next(row for row in kimai.records.values() if first in row["description"])
        assert (corrected["begin"], corrected["end"]) == ("2026-06-02T09:10:00", "2026-06-02T10:00:00")
        assert not [path for path in anna.home.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]
        assert anna.facts("kimai", kimai.url, "--forget")["kept"] is False
        with sheet.open(newline="") as file:
            rows = {row["id"]: row for row in csv.DictReader(file)}
        assert set(rows) == {piece["id"] for piece in again["work"]}
        assert (rows[first]["seconds"], rows[first]["customer"], rows[first]["case"]) == (
            "3000.0",
            "Møller & Søn",
            case,
        )

        agreement = ("--agreement", str(resources() / "agreements" / "small-office.toml"))
        words = ("--customer", "Møller & Søn", *MONTH, *agreement, "--language", "da", "--out", str(page))
        told = anna.facts("report", *words)
        assert (told["total"], told["goodwill"], len(told["lines"])) == (0, 10_667, 2)
        text = page.read_text()
        assert "106,67\xa0kr." in text
        assert "The printer prints &lt;nothing&gt;" in text
        assert "Written for colleagues" not in text
        anna.facts("report", case, *agreement, "--out", str(pdf))
        assert pdf.read_bytes().startswith(b"%PDF-")

        done = anna.facts("export", str(everything))
        lines = [json.loads(line) for line in everything.read_text().splitlines()]
        assert lines[-1]["events"] == done["events"] == sum(line["line"] == "event" for line in lines)
        of_case = [line["state"] for line in lines if line["line"] == "event" and line["event"]["stream_id"] == case]
        assert of_case.count("pending") == 4
    assert anna.types("sync").code == 0
