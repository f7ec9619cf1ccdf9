"""An agreement's file says what it means, or what is wrong with it."""

import json
from pathlib import Path

import pytest

from app.domain.hours import OpenHours, Weekday
from app.flows.agreement_file import AgreementFile, AgreementFileError, read_agreement
from app.system.calendars import UnknownPlaceError, calendar_of
from app.system.translations import resources

EXAMPLES = sorted((resources() / "agreements").glob("*.toml"))
SMALL = (resources() / "agreements" / "small-office.toml").read_text()


def written(folder: Path, text: str) -> Path:
    """A file with this text."""
    path = folder / "agreement.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_agreements(path: Path) -> None:
    terms = read_agreement(path)
    assert calendar_of(terms).spans_of(terms.valid_from.replace(month=6, day=3))


def test_what_is_written_is_what_is_reckoned_with() -> None:
    terms = read_agreement(resources() / "agreements" / "small-office.toml")
    assert (terms.hourly_rate, terms.special_rate, terms.travel_rate) == (80_000, 120_000, 60_000)
    assert (terms.after_hours_percent, terms.included_minutes, terms.rollover_months) == (150, 60, 1)
    assert terms.hours[-1] == OpenHours(day=Weekday.FRIDAY, start=480, end=900)
    assert (terms.country, terms.region) == ("DK", None)
    assert read_agreement(resources() / "agreements" / "all-inclusive.toml").included_minutes is None


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("hourly = 800.00", "hourly = 800.001", "no whole number of its smallest coins"),
        ("hourly = 800.00", "hourly = -1", "“rates.hourly” is wrong"),
        ("hourly = 800.00", "hourly = nan", "“rates.hourly” is wrong"),
        ("hourly = 800.00", 'hourly = "a lot"', "“rates.hourly” is wrong"),
        ("hourly = 800.00", "hourly = 1300", "cost less than work within it"),
        ('currency = "DKK"', 'currency = "XQQ"', "is no currency"),
        ('monday = "08:00-16:00"', 'monday = "16:00-08:00"', "past midnight it is two"),
        ('monday = "08:00-16:00"', 'monday = "8-16"', "“hours.monday.0” is wrong"),
        ('monday = "08:00-16:00"', 'monday = ["08:00-12:00", "11:00-16:00"]', "hours overlap"),
        ('round = "up"', 'round = "sideways"', "“charging.round” is wrong"),
        ("minimum_minutes = 15", "minimum_minutes = 20", "no whole number of rounding steps"),
        ("minutes_per_month = 60\nrollover", "minutes_per_month = 0\nrollover", "none to be left over"),
        ("rework_days", "reword_days", "“reword_days” is wrong"),
        ("after_hours_factor = 1.5", "after_hours_factor = 0.5", "less than within hours"),
        ("valid_from = 2026-01-01", "valid_from = 2026-13-01", "is no TOML"),
        ("valid_from = 2026-01-01", "valid_from = 2026-01-01\nvalid_until = 2025-01-01", "ends before it begins"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, before: str, after: str, said: str) -> None:
    assert before in SMALL
    with pytest.raises(AgreementFileError, match=said):
        read_agreement(written(tmp_path, SMALL.replace(before, after)))


@pytest.mark.parametrize(
    ("before", "after"),
    [('holidays = "DK"', 'holidays = "XX"'), ('holidays = "DK"', 'holidays = "DK-QQ"'),
     ("Europe/Copenhagen", "Europe/Atlantis"), ("Europe/Copenhagen", "Europe"), ("Europe/Copenhagen", "../etc/passwd")],
)  # fmt: skip
def test_a_place_that_nobody_knows_is_named(tmp_path: Path, before: str, after: str) -> None:
    with pytest.raises((UnknownPlaceError, AgreementFileError)):
        read_agreement(written(tmp_path, SMALL.replace(before, after)))


@pytest.mark.parametrize("text", [b"", b"\xff\xfe", b"[" * 5000, b"a = " + b"[" * 100_000, b"#" * 300_000])
def test_what_is_no_agreement_at_all_is_told(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "agreement.toml"
    path.write_bytes(text)
    with pytest.raises(AgreementFileError):
        read_agreement(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(AgreementFileError, match="No such file"):
        read_agreement(tmp_path / "none.toml")


def test_the_schema_beside_the_examples_is_the_programs() -> None:
    kept = json.loads((resources() / "agreements" / "agreement.schema.json").read_text())
    assert kept == AgreementFile.model_json_schema()
