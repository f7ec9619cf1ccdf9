"""Rule 1: "I don't know" is always a welcome answer. Every question has it, and no path dead-ends on it."""

import pytest

from tests.stories.street import Street

pytestmark = pytest.mark.keyring


def test_nobody_has_to_know_and_the_case_goes_on(street: Street) -> None:
    anna, bo = street.anna, street.bo
    lone, case = street.asks("Lone", "I don't know")
    anna.facts("estimate", case, "--reason", "I have to look at it first")
    anna.facts(
        "alternatives", case, "Repair it, or buy another one?",
        "--way", "Repair", "--pro", "Cheaper", "--con", "It may break again", "--way", "Buy", "--con", "1,200 kroner",
    )  # fmt: skip
    lone.types("sync")
    assert "--unsure" in lone.fails("choose", case)
    chosen = lone.facts("choose", case, "--unsure", "--text", "You know printers better than I do")
    assert (chosen["way"], chosen["case"]) == (None, case)
    (asked,) = anna.case(case)["choices"]
    assert (asked["way"], asked["words"]) == (None, "You know printers better than I do")
    assert asked["decided_at"]
    assert [way["pros"] for way in asked["ways"]] == [["Cheaper"], []]

    anna.facts("ask", case, "Is it worth a repair?")
    bo.types("sync")
    bo.facts("answer", case, "I don't know", "--certainty", "unknown")
    anna.types("sync")
    assert anna.facts("resolve", case, "--text", "A new drum")["certainty"] == "assumed"  # Bo's answer is not verified

    lone.types("sync")
    assert lone.facts("confirm", case, "--unsure", "I have printed one page only")["status"] == "proposed solved"
    assert "I have printed one page only" in anna.reads(case)
    assert lone.facts("confirm", case)["status"] == "closed"


def test_the_customer_chooses_and_may_think_again_and_nobody_chooses_for_them(street: Street) -> None:
    anna = street.anna
    per, case = street.asks("Per")
    assert "two ways" in anna.fails("alternatives", case, "Which?", "--way", "The only one")
    assert "comes after the --way" in anna.fails("alternatives", case, "Which?", "--pro", "Cheap", "--way", "Repair")
    anna.facts("alternatives", case, "Which?", "--way", "Repair", "--way", "Buy")
    assert "Only the customer" in anna.fails("choose", case, "1")
    per.types("sync")
    assert "2 ways" in per.fails("choose", case, "3")
    per.facts("choose", case, "1")
    per.facts("choose", case, "2")
    (asked,) = anna.case(case)["choices"]
    assert asked["way"] == 2
    said = [entry["text"] for entry in anna.facts("case", case)["timeline"] if entry["kind"] == "alternative_chosen"]
    assert said == ["Chooses way 1", "Chooses way 2"]
