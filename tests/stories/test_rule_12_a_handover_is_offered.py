"""Rule 12: a handover is offered with its whole context and counts only once the colleague has accepted it."""

import pytest

from tests.stories.street import Street

pytestmark = pytest.mark.keyring
CONTEXT = ("--tried", "A new cable", "--assumed", "The drum is worn", "--next", "Try the drum of the other printer")


def test_the_case_stays_with_anna_until_bo_says_yes(street: Street) -> None:
    anna, bo = street.anna, street.bo
    lone, case = street.asks("Lone")
    with anna.offline():
        kept = anna.facts("handover", case, "--tried", "A new cable", "--draft")["draft"]
        assert kept["tried"] == "A new cable"
        assert "--next" in anna.fails("handover", case, "bo", "--assumed", "The drum is worn")
        offered = anna.facts("handover", case, "--next", "Try another drum")  # the rest stands in the draft
        assert (offered["to"], offered["pending"]) == ("bo", True)
        assert "offered to bo already" in anna.fails("handover", case, "Bo", *CONTEXT)

    assert anna.case(case)["technician"] == "Anna"
    bo.types("sync")
    (waits,) = [one for one in bo.facts("handover") if one["case"] == case]
    assert (waits["from"], waits["tried"], waits["assumed"], waits["next"]) == (
        "Anna", "A new cable", "The drum is worn", "Try another drum",
    )  # fmt: skip
    assert bo.facts("handover", case, "--decline", "I am at a customer's until four")["pending"] is False
    story = anna.case(case)
    assert (story["technician"], story["handovers"][0]["reason"]) == ("Anna", "I am at a customer's until four")

    anna.facts("handover", case, "Bo", *CONTEXT)
    bo.types("sync")
    with bo.offline():
        assert bo.facts("handover", case, "--accept")["pending"] is True
    assert bo.case(case)["technician"] == "Bo"
    assert anna.case(case)["technician"] == "Bo"
    assert "You took this case over already" in bo.fails("handover", case, "--accept")
    assert "Bo took this case over already" in anna.fails("handover", case, "--withdraw")
    assert lone.case(case)["technician"] == "Bo"
    assert not any("drum" in sentence for sentence in lone.reads(case))


def test_an_offer_that_is_withdrawn_and_accepted_at_once_moves_the_case_once(street: Street) -> None:
    anna, bo = street.anna, street.bo
    case = street.asks("Per").case
    anna.facts("handover", case, "Bo", *CONTEXT)
    bo.types("sync")
    with anna.offline():
        assert anna.facts("handover", case, "--withdraw")["pending"] is True
    assert bo.facts("handover", case, "--accept")["pending"] is False
    for person in (anna, bo):
        assert person.case(case)["technician"] == "Bo"
    (lost,) = [one for one in anna.facts("refused") if one["case"] == case]
    assert "Bo took this case over already" in lost["reason"]
    anna.facts("refused", "discard", lost["name"])


def test_only_who_has_the_case_offers_it_and_nothing_is_taken_that_was_not_offered(street: Street) -> None:
    case = street.asks("Kim").case
    street.bo.types("sync")
    assert "Anna has this case" in street.bo.fails("handover", case, "Bo", *CONTEXT)
    assert "Anna has this case already. Ask for a handover." in street.bo.fails("take", case)
    assert "Nobody has offered this case" in street.bo.fails("handover", case, "--accept")
    assert street.bo.fails("handover", case, "--accept", "--tried", "x")
    kept = street.bo.facts("handover", case, "--draft")["draft"]  # what was refused is not lost
    assert (kept["to"], kept["tried"], kept["next"]) == ("Bo", "A new cable", "Try the drum of the other printer")
