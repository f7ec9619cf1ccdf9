"""Rule 4: someone is reachable at any hour: a rota, planned offline, tells who is alerted for a request, and why."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.stories.shop import Shop

pytestmark = pytest.mark.keyring


def test_a_rota_from_a_calendar_and_by_hand_tells_a_colleague_who_is_alerted(shop: Shop, tmp_path: Path) -> None:
    anna, bo = shop.technician("Anna"), shop.technician("Bo")
    today = datetime.now(UTC).date()
    sunday = today + timedelta(days=13 - today.weekday())
    days = str((sunday - today).days + 16)
    noon, evening, night = (f"{sunday} {hour}" for hour in ("12:00", "20:00", "23:30"))
    file = tmp_path / "rota.ics"
    file.write_text(
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//\nBEGIN:VEVENT\nUID:sundays@shop\nSUMMARY:On call: Anna\n"
        f"DTSTART:{sunday:%Y%m%d}T080000\nDTEND:{sunday:%Y%m%d}T180000\nRRULE:FREQ=WEEKLY\nEND:VEVENT\nEND:VCALENDAR\n"
    )

    # The service is away when the rota is made.
    shop.close()
    first, again, planned = anna.types_each(
        ("rota", "import", str(file), "--days", days, "--json"),
        ("rota", "import", str(file), "--days", days, "--json"),
        ("rota", "add", "me", "--from", evening, "--to", f"{sunday} 22:00", "--json"),
    )
    assert (first.facts["added"], again.facts["added"], again.facts["unchanged"]) == (3, 0, 3)
    assert planned.facts["name"] == "Anna"
    shop.open_again()
    assert anna.types("sync").code == bo.types("sync").code == 0
    shop.close()

    # And when somebody asks for help.
    by_calendar, by_hand, nobody, gaps, removed, bad = bo.types_each(
        ("rota", "now", "--at", noon, "--json"),
        ("rota", "now", "--at", f"{sunday} 20:30"),
        ("rota", "now", "--at", night, "--json"),
        ("rota", "gaps", "--at", noon, "--days", "1"),
        ("rota", "remove", planned.facts["reference"]),
        ("rota", "import", str(tmp_path), "--json"),
    )
    assert [person["name"] for person in by_calendar.facts["alerted"]] == ["Anna"]
    assert by_calendar.facts["why"] == "on_call"
    assert "Anna\nit is after hours, and they are on call (hours: no agreement" in by_hand.out
    assert {person["name"] for person in nobody.facts["alerted"]} == {"Anna", "Bo"}
    assert nobody.facts["why"] == "nobody_on_call"
    assert f"{sunday} 18:00 to {sunday} 20:00" in gaps.out
    assert removed.code == 0
    assert (bad.code, "nothing in the rota was changed" in bad.err) == (2, True)
