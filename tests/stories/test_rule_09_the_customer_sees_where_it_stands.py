"""Rule 9: the customer always sees where the case stands and how long it takes; a changed estimate tells its reason."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.stories.street import Street

pytestmark = pytest.mark.keyring
AGREEMENT = str(Path(__file__).parents[2] / "resources" / "agreements" / "small-office.toml")


def test_estimates_are_told_with_their_reasons_and_none_is_overwritten(street: Street) -> None:
    anna, bo = street.anna, street.bo
    lone, case = street.asks("Lone")
    ready = (datetime.now().astimezone() + timedelta(days=1)).replace(microsecond=0)
    with anna.offline():
        assert anna.facts("estimate", case, "--ready", ready.isoformat(), "--work", "40m")["pending"] is True
        assert "Say why the estimate changes" in anna.fails("estimate", case, "--work", "20h")
        anna.facts("estimate", case, "--work", "20h", "--reason", "The drum is glued in")
    anna.types("sync")
    for person in (lone, bo):
        first, second = person.case(case)["estimates"]
        assert (datetime.fromisoformat(first["ready"]), first["minutes"]) == (ready, 40)
        assert (second["ready"], second["minutes"], second["reason"]) == (None, 1200, "The drum is glued in")
    assert "Takes about 20 h 00 min of work. Why: The drum is glued in" in lone.reads(case)
    assert "Only a technician" in lone.fails("estimate", case, "--work", "5m")
    assert "in the past" in anna.fails("estimate", case, "--ready", "2020-01-01 12:00", "--reason", "x")


def test_the_customer_reads_whom_it_waits_for_and_the_clock_stands_still_while_it_is_them(street: Street) -> None:
    anna, bo = street.anna, street.bo
    per, case = street.asks("Per")
    clock = anna.facts("case", case, "--agreement", AGREEMENT)["response"]
    assert (clock["paused"], clock["answered"], clock["promised_seconds"]) == (False, None, 3600)
    with anna.offline():
        assert anna.facts("wait", case, "vendor", "A drum is ordered")["status"] == "waiting for a vendor"
        assert anna.facts("wait", case, "customer", "May we open it?")["status"] == "waiting for the customer"
    anna.types("sync")
    bo.types("sync")
    (row,) = [row for row in bo.facts("cases") if row["case"] == case]
    assert row["status"] == "waiting for the customer"
    still = bo.facts("case", case, "--agreement", AGREEMENT)["response"]
    assert (still["paused"], still["due"]) == (True, None)
    seen = per.case(case)
    assert (seen["status"], seen["waiting"]["reason"]) == ("waiting for the customer", "May we open it?")
    assert "Waits for a vendor: A drum is ordered" in [entry["text"] for entry in seen["timeline"]]

    per.facts("note", case, "Yes, do", "--certainty", "verified", "--customer")
    runs = anna.case(case)
    assert (runs["status"], runs["waiting"]) == ("taken", None)
    assert anna.facts("case", case, "--agreement", AGREEMENT)["response"]["paused"] is False
    anna.facts("note", case, "Thank you", "--certainty", "verified", "--customer")
    assert anna.facts("case", case, "--agreement", AGREEMENT)["response"]["answered"]
    assert "does not wait" in anna.fails("resume", case)
    anna.facts("wait", case, "colleague", "Bo has the key")
    assert anna.facts("resume", case, "--text", "Here it is")["status"] == "taken"
