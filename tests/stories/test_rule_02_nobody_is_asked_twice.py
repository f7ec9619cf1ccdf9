"""Rule 2: nobody is asked twice. A case carries its whole story to whoever takes it next."""

import pytest

from tests.stories.street import Street

pytestmark = pytest.mark.keyring


def test_who_takes_the_case_over_reads_all_that_was_said_and_needs_no_network_for_it(street: Street) -> None:
    anna, bo = street.anna, street.bo
    lone, case = street.asks("Lone", "The label printer in the stockroom blinks red")
    anna.facts("wait", case, "customer", "What stands on its small screen?")
    lone.types("sync")
    lone.facts("note", case, "It says E-504", "--certainty", "verified", "--customer")
    assert anna.case(case)["status"] == "taken"  # her answer takes it up again
    anna.facts("note", case, "E-504 is the drum counter", "--certainty", "verified")
    anna.facts("ask", case, "How is that counter set back?", "--of", "Bo")
    anna.facts("handover", case, "Bo", "--tried", "Switched it off and on", "--next", "Set the counter back")

    bo.types("sync")
    with bo.offline():
        bo.facts("answer", case, "Hold both keys for five seconds", "--certainty", "assumed")
        assert bo.facts("handover", case, "--accept")["pending"] is True
        story = bo.facts("case", case)
        assert (story["technician"], story["about"]) == ("Bo", "The label printer in the stockroom blinks red")
        told = "\n".join(entry["text"] for entry in story["timeline"])
        for words in ("small screen", "E-504", "drum counter", "Switched it off and on", "Set the counter back"):
            assert words in told
        (question,) = story["questions"]
        assert [one["text"] for one in question["answers"]] == ["Hold both keys for five seconds"]
        hits = bo.facts("history", "both keys")["hits"]
        assert [hit["case"] for hit in hits] == [case]
