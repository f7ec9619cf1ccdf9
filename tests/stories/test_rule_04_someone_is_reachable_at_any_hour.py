"""Rule 4: someone is reachable at any hour: a rota, planned offline, tells who is alerted for a request, and why."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.stories.street import Street

pytestmark = pytest.mark.keyring


def test_a_rota_from_a_calendar_and_by_hand_tells_a_colleague_who_is_alerted(street: Street, tmp_path: Path) -> None:
    anna, bo = street.anna, street.bo
    street.asks("Quince")  # which Bo's device hears of, and so of Anna
    today = datetime.now(UTC).date()
    sunday = today + timedelta(days=13 - today.weekday())
    noon, evening, night = (f"{sunday} {hour}" for hour in ("12:00", "20:00", "23:30"))
    file = tmp_path / "rota.ics"
    file.write_text(
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//\nBEGIN:VEVENT\nUID:sundays@shop\nSUMMARY:On call: Anna\n"
        f"DTSTART:{sunday:%Y%m%d}T080000\nDTEND:{sunday:%Y%m%d}T180000\nRRULE:FREQ=WEEKLY\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    imports = ("rota", "import", str(file), "--days", str((sunday - today).days + 16))
    with anna.offline():
        first, again = anna.facts(*imports), anna.facts(*imports)
        assert (first["added"], again["added"], again["unchanged"]) == (3, 0, 3)
        planned = anna.facts("rota", "add", "me", "--from", evening, "--to", f"{sunday} 22:00")
        assert planned["name"] == "Anna"
    for person in (anna, bo):
        assert person.types("sync").code == 0

    with bo.offline():
        by_calendar = bo.facts("rota", "now", "--at", noon)
        assert [person["name"] for person in by_calendar["alerted"]] == ["Anna"]
        assert by_calendar["why"] == "on_call"
        by_hand = bo.types("rota", "now", "--at", f"{sunday} 20:30").out
        assert "Anna\nit is after hours, and they are on call (hours: no agreement" in by_hand
        nobody = bo.facts("rota", "now", "--at", night)
        assert {person["name"] for person in nobody["alerted"]} >= {"Anna", "Bo"}
        assert nobody["why"] == "nobody_on_call"
        assert f"{sunday} 18:00 to {sunday} 20:00" in bo.types("rota", "gaps", "--at", noon, "--days", "1").out
        assert bo.facts("rota", "remove", planned["reference"])["name"] == "Anna"
        assert len(bo.facts("rota", "show", "--at", noon, "--days", "1")["shifts"]) == 1
        assert "nothing in the rota was changed" in bo.fails("rota", "import", str(tmp_path))
        assert "Nobody here goes by “Nemo”" in bo.fails("rota", "add", "Nemo", "--from", noon, "--to", night)
