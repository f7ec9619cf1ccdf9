"""Rule 10: only the customer closes a case. Technicians propose; customers confirm or say "not fixed"."""

import pytest

from tests.stories.street import Street

pytestmark = pytest.mark.keyring


def test_a_technician_proposes_and_the_customer_has_the_last_word(street: Street) -> None:
    anna, bo = street.anna, street.bo
    lone, case = street.asks("Lone")
    with anna.offline():
        assert anna.facts("resolve", case, "--text", "A new cable")["status"] == "proposed solved"
        assert "Only the customer closes a case" in anna.fails("confirm", case, "--thanks", "Thank you, me")
        assert "Only the customer" in anna.fails("confirm", case, "--not-fixed", "No")
        assert "Only the customer" in anna.fails("confirm", case, "--unsure", "Hm")
    anna.types("sync")
    assert lone.case(case)["status"] == "proposed solved"

    with lone.offline():  # she says so at once, whether or not anybody can be reached
        assert lone.facts("confirm", case, "--not-fixed", "It hums as before")["status"] == "taken"
        assert lone.facts("confirm", case, "--not-fixed", "And it smells")["status"] == "taken"
    lone.types("sync")
    story = anna.case(case)
    assert (story["status"], story["technician"]) == ("taken", "Anna")
    assert [entry["text"] for entry in story["timeline"][-2:]] == [
        "Says that it is not fixed: It hums as before",
        "And it smells",
    ]

    anna.facts("resolve", case, "--text", "Another cable")
    lone.types("sync")
    assert lone.facts("confirm", case)["status"] == "closed"
    for person in (anna, bo):
        assert person.case(case)["status"] == "closed"
    for words in ("wait", "vendor", "x"), ("estimate", "--work", "5m"), ("resolve", "--text", "x"):
        assert "closed" in anna.fails(words[0], case, *words[1:])
    assert lone.facts("confirm", case, "--not-fixed", "It is back")["status"] == "taken"
    assert anna.case(case)["status"] == "taken"
