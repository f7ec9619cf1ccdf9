"""Time goes out: written offline and corrected, it comes out as a sheet, in Kimai and as a report, and never twice."""

import csv
import json
from pathlib import Path

import pytest

from app.system.translations import resources
from tests.kimai import TOKEN, Kimai
from tests.stories.shop import Person, Shop

pytestmark = pytest.mark.keyring

MONTH = ("--month", "2026-10")
PLACES = "project = 4\nactivity = 1\n[activities]\ntravel = 2\n"


def works(anna: Person, case: str, day: str, start: str, end: str, *more: str) -> str:
    """Record work, by the clock of Copenhagen in summer. Returns its id."""
    times = ("--from", f"{day}T{start}+02:00", "--to", f"{day}T{end}+02:00")
    event: str = anna.types("work", case, *times, *more, "--json").facts["event"]
    return event


def test_a_month_written_offline_goes_out_and_never_twice(shop: Shop, tmp_path: Path) -> None:
    lone, anna = shop.person("lone"), shop.technician("Anna")
    asked = shop.asks_for_help(lone, "The printer prints <nothing>", name="Møller & Søn")
    case = asked.event("requested")["case"]
    anna.types("sync")
    asked.interrupt()
    shop.close()

    first = works(anna, case, "2026-10-05", "09:10", "09:35", "--text", "The queue was stuck")
    works(anna, case, "2026-10-06", "10:00", "10:08", "--kind", "goodwill", "--text", "A question about a sheet")
    with Kimai() as kimai:
        (anna.home / "kimai.toml").write_text(PLACES)
        assert anna.types("kimai", kimai.url, typing=f"{TOKEN}\n").code == 0
        sent = anna.types("timesheet", *MONTH, "--kimai", kimai.url, "--json").facts["kimai"]
        assert (sent["created"], sent["not_sent"]) == (2, [])
        works(anna, case, "2026-10-05", "09:10", "10:00", "--corrects", first)
        sheet = tmp_path / "october.csv"
        again = anna.types("timesheet", *MONTH, "--kimai", kimai.url, "--csv", str(sheet), "--json").facts
        assert (again["kimai"]["created"], again["kimai"]["changed"], again["kimai"]["unchanged"]) == (0, 1, 1)
        assert len(kimai.records) == 2
        corrected = next(row for row in kimai.records.values() if first in row["description"])
        assert (corrected["begin"], corrected["end"]) == ("2026-10-05T09:10:00", "2026-10-05T10:00:00")
    with sheet.open(newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert set(rows) == {piece["id"] for piece in again["work"]}
    assert (rows[first]["seconds"], rows[first]["customer"], rows[first]["case"]) == ("3000.0", "Møller & Søn", case)
    assert TOKEN not in "".join(path.read_text(errors="replace") for path in anna.home.rglob("*") if path.is_file())

    agreement = ("--agreement", str(resources() / "agreements" / "small-office.toml"))
    page = tmp_path / "october.html"
    words = ("--customer", "Møller & Søn", *MONTH, *agreement)
    told = anna.types("report", *words, "--language", "da", "--out", str(page), "--json").facts
    assert (told["total"], told["goodwill"], len(told["lines"])) == (0, 10_667, 2)
    text = page.read_text()
    assert "106,67\xa0kr." in text
    assert "The printer prints &lt;nothing&gt;" in text

    everything = tmp_path / "everything.jsonl"
    done = anna.types("export", str(everything), "--json").facts
    lines = [json.loads(line) for line in everything.read_text().splitlines()]
    assert lines[-1]["events"] == done["events"] == sum(line["line"] == "event" for line in lines)
    assert [line["state"] for line in lines if line["line"] == "event"].count("pending") == 3
