"""Rule 8: "I am not sure" may be said. Every finding carries its certainty, and so does what is built upon it."""

import pytest

from tests.stories.street import Street

pytestmark = pytest.mark.keyring


def test_a_solution_that_is_built_on_something_assumed_says_so(street: Street) -> None:
    anna, bo = street.anna, street.bo
    lone, case = street.asks("Lone")
    with anna.offline():
        guess = anna.facts("note", case, "The drum is worn", "--certainty", "assumed")["event"]
        anna.facts("note", case, "The cable is fine", "--certainty", "verified")
        proposed = anna.facts("resolve", case, "--text", "Put in a new drum", "--certainty", "verified")
        assert (proposed["certainty"], proposed["builds_on"]) == ("verified", [guess])
        assert "[built on what is not verified]" in anna.types("case", case).out
    anna.types("sync")
    lone.types("sync")
    lone.facts("confirm", case, "--not-fixed", "It still hums")

    anna.types("sync")
    usual = anna.facts("resolve", case, "--text", "Another drum")
    assert (usual["certainty"], usual["builds_on"]) == ("assumed", [guess])
    assert "Proposes that it is solved: Another drum (built on something assumed)" in lone.reads(case)
    lone.facts("confirm", case, "--not-fixed", "It still hums")

    anna.types("sync")
    anna.facts("note", case, "The drum is worn: measured", "--certainty", "verified", "--corrects", guess)
    sure = anna.facts("resolve", case, "--text", "The third drum")
    assert (sure["certainty"], sure["builds_on"]) == ("verified", [])
    told = [entry for entry in bo.case(case)["timeline"] if entry["kind"] == "solution_proposed"]
    assert [entry["builds_on"] for entry in told] == [[guess], [guess], []]


def test_a_colleague_is_asked_on_the_case_and_the_customer_does_not_read_it(street: Street) -> None:
    anna, bo = street.anna, street.bo
    per, case = street.asks("Per")
    first = anna.facts("ask", case, "Does this model have a drum counter?", "--of", "Bo")
    anna.facts("ask", case, "Who has the key of the stockroom?")
    bo.types("sync")
    asked = {one["text"]: one["to"] for one in bo.facts("ask") if one["case"] == case}
    assert asked == {"Does this model have a drum counter?": "Bo", "Who has the key of the stockroom?": ""}
    assert [one for one in anna.facts("ask") if one["case"] == case] == []
    assert "goes by" in bo.fails("answer", case, "Yes", "--certainty", "assumed", "--question", "XXX-XXX")
    bo.facts("answer", case, "It has, I think", "--certainty", "assumed", "--question", first["name"])
    counter, key = anna.case(case)["questions"]
    assert (counter["to"], [one["certainty"] for one in counter["answers"]]) == ("Bo", ["assumed"])
    assert key["answers"] == []
    entry = next(one for one in anna.facts("case", case)["timeline"] if one["kind"] == "colleague_answered")
    assert (entry["text"], entry["certainty"]) == ("Answers a colleague: It has, I think", "assumed")
    assert not any("counter" in sentence or "key" in sentence for sentence in per.reads(case))
    assert per.facts("case", case)["questions"] == []
