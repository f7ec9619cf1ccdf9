"""Rule 11: a problem that returns is recognised and linked to the earlier case; it is rework, to be fixed for good."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.stories.street import Street
from tests.stories.village import Village, agreement

SPAN = ("--from", "2026-01-05 14:00", "--to", "2026-01-05 14:14")


@pytest.mark.keyring
def test_the_same_trouble_is_proposed_linked_worked_on_as_rework_and_fixed_for_good(street: Street) -> None:
    anna, bo = street.anna, street.bo
    lone, first = street.asks("Lone", "The scanner shows stripes on every page")
    assert anna.facts("work", first, *SPAN)["kind"] == "covered"
    anna.facts("resolve", first, "--text", "Cleaned the glass of the scanner")
    lone.types("sync")
    lone.facts("confirm", first)
    words = ("gethelp", "--console", "--provider", street.url, "--name", "Lone", "--about")
    again = lone.facts(*words, "Stripes on every page of the scanner again")["case"]
    other = lone.facts(*words, "I have forgotten my password")["case"]

    bo.types("sync")
    with bo.offline():
        (perhaps,) = bo.facts("came-back", again)["perhaps"]
        assert (perhaps["earlier"], perhaps["days"]) == (first, 0)
        assert bo.facts("case", again)["perhaps_back"][0]["earlier"] == first
        assert bo.facts("came-back", other)["perhaps"] == []
        assert bo.facts("take", again)["perhaps_back"] == [first]
        assert bo.facts("came-back", again, first)["earlier"] == first
        assert "linked to that one already" in bo.fails("came-back", again, first)
        work = bo.facts("work", again, *SPAN)
        assert (work["kind"], work["earlier"]) == ("rework", [first])
        due = (datetime.now(UTC) + timedelta(days=14)).date().isoformat()
        bo.facts("fix", again, "A scanner whose glass is coated", "--owner", "Anna", "--by", due)
        assert "2026-12-24" in bo.fails("fix", again, "Another one", "--owner", "Anna", "--by", "soon")
        assert "still to come" in bo.fails("fix", again, "Another one", "--owner", "Anna", "--by", "2020-01-01")
    bo.types("sync")

    for person in (anna, bo):
        person.types("sync")
        with person.offline():
            (planned,) = [one for one in person.facts("fixes", "--owner", "anna") if one["case"] == again]
            assert (planned["due"], planned["late"], planned["customer"]) == (due, False, "Lone")
            assert again not in [one["case"] for one in person.facts("fixes", "--owner", "Bo")]
    assert f"{due}  " in anna.types("fixes").out

    story = anna.case(again)
    assert (story["earlier"], story["perhaps_back"]) == ([first], [])
    (fix,) = story["fixes"]
    assert (fix["owner"], fix["due"], fix["done_at"]) == ("Anna", due, None)
    assert any(sentence.startswith("Plans a permanent fix: A scanner") for sentence in lone.reads(again))
    anna.facts("fix", again, "It came today", "--done")
    assert "waits on this case" in anna.fails("fix", again, "--done")
    assert bo.case(again)["fixes"][0]["done_at"]
    assert again not in [one["case"] for one in bo.facts("fixes")]
    assert again in [one["case"] for one in bo.facts("fixes", "--done")]


def test_for_how_long_it_counts_as_the_same_trouble_is_the_agreements_to_say(village: Village, tmp_path: Path) -> None:
    lone, first = village.asks("Lone Møller", "The scanner shows stripes")
    anna = village.technician("Anna")
    village.types(anna, "sync")
    village.types(anna, "take", first)
    village.types(anna, "resolve", first, "--text", "Cleaned the glass")
    again = village.asks_again(lone, "Lone Møller", "The scanner shows stripes again")
    village.types(anna, "sync")
    assert [one["earlier"] for one in village.types(anna, "came-back", again, "--json").facts["perhaps"]] == [first]
    none = str(agreement(tmp_path, rework_days="0"))
    assert village.owner_types("agreement", "import", none, "--customer", "Lone Møller").code == 0
    village.types(anna, "sync")
    assert village.types(anna, "came-back", again, "--json").facts["perhaps"] == []
    assert village.types(anna, "take", again, "--json").facts["perhaps_back"] == []
