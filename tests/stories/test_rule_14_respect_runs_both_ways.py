"""Rule 14: thanks have a place, and a crossed line is for the owner alone, with what the shop wants done then."""

import pytest

from tests.stories.street import Street

pytestmark = pytest.mark.keyring
WHAT = "He called me a blockhead, twice"


def test_thanks_reach_everybody_who_helped(street: Street) -> None:
    anna, bo = street.anna, street.bo
    lone, case = street.asks("Lone")
    anna.facts("work", case, "--from", "2026-01-07 14:00", "--to", "2026-01-07 14:14")
    anna.facts("handover", case, "Bo", "--tried", "A cable", "--next", "A drum")
    bo.types("sync")
    bo.facts("handover", case, "--accept")
    bo.facts("resolve", case, "--text", "A new drum")
    lone.types("sync")
    lone.facts("confirm", case, "--thanks", "You are both lovely. Tak!")
    for person in (anna, bo):
        person.types("sync")
        with person.offline():
            (thanks,) = [one for one in person.facts("thanks") if one["case"] == case]
            assert (thanks["customer"], thanks["text"]) == ("Lone", "You are both lovely. Tak!")
            assert thanks["for"] == ["Bo", "Anna"]
            assert person.facts("case", case)["thanks"] == "You are both lovely. Tak!"


def test_a_crossed_line_is_read_by_neither_the_customer_nor_a_colleague(street: Street) -> None:
    anna, bo = street.anna, street.bo
    per, case = street.asks("Per")
    guidance = anna.facts("line-crossed", "--guidance")["guidance"]
    for word in ("Calm", "End", "Follow up"):
        assert word in guidance
    told = anna.types("line-crossed", case, WHAT, "--follow-up", "Please call him before I have to")
    assert (told.code, guidance in told.err) == (0, True)
    assert any(WHAT in sentence for sentence in anna.reads(case))
    for person in (per, bo):
        assert not any(WHAT in sentence for sentence in person.reads(case))
        assert WHAT not in person.types("case", case).out
        assert person.facts("history", "blockhead")["hits"] == []
    assert "Only a technician" in per.fails("line-crossed", case, "She was slow")
    assert "Say what happened" in anna.fails("line-crossed", case, " ")


def test_the_owner_reads_it_and_writes_down_what_came_of_it(street: Street) -> None:
    anna = street.anna
    _, case = street.asks("Ib")
    assert anna.types("line-crossed", case, "He said I should be ashamed", "--follow-up", "A word with him").code == 0
    anna.types("sync")
    reports = street.owner.types("admin", "crossed-line", "--json").facts["reports"]
    (report,) = [one for one in reports if one["case"] == case]
    assert (report["technician"], report["text"]) == ("Anna", "He said I should be ashamed")
    assert (report["asks_for"], report["followed_up"]) == ("A word with him", [])
    assert street.owner.types("admin", "crossed-line", report["report"], "I rang him; he apologised").code == 0
    assert "he apologised" in street.owner.types("admin", "crossed-line").out
    assert not any("apologised" in sentence for person in (anna, street.bo) for sentence in person.reads(case))
    assert street.owner.types("admin", "crossed-line", "no such", "Done").code == 2


def test_the_shops_own_words_come_first(street: Street) -> None:
    own = street.anna.home / "line-crossed.txt"
    own.write_text("Hang up, and call Kim.\n")
    try:
        assert street.anna.facts("line-crossed", "--guidance")["guidance"] == "Hang up, and call Kim."
    finally:
        own.unlink()
