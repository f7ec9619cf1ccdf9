"""Rule 5: whose the problem is is found first, with what shows it, before money is spent."""

from pathlib import Path

import pytest

from tests.stories.street import Street
from tests.stories.village import Village, agreement


@pytest.mark.keyring
def test_what_the_computer_found_tells_where_to_look_and_the_technician_says_where_it_lies(street: Street) -> None:
    anna, bo = street.anna, street.bo
    lone, _ = street.asks("Maja", "The mail is slow")
    with lone.offline():  # her provider cannot be reached, and the checks find that out
        asks = ("gethelp", "--console", "--about", "No mail at all", "--name", "Maja", "--share-diagnostics")
        case = lone.facts(*asks)["case"]
    lone.types("sync")
    before = anna.case(case)
    suggested = before["suggestion"]
    found = {finding["check"] for finding in before["findings"] if finding["level"] == "problem"}
    assert (suggested["certainty"], suggested["place"]) in {
        ("assumed", "the provider's service"),
        ("assumed", "the network"),  # a machine without any network finds that first
    }
    assert set(suggested["because"]) == found
    assert "provider" in found
    assert before["places"] == []

    with anna.offline():
        assert "--because" in anna.fails("whose", case, "vendor", "--name", "Simply")
        assert "which vendor" in anna.fails("whose", case, "vendor", "--because", "Their status page says so")
        anna.facts("whose", case, "unknown", "--because", "The network answers, and the mail server does not")
        told = anna.facts(
            "whose", case, "vendor", "--name", "Simply", "--because", "Their status page says so",
            "--certainty", "verified",
        )  # fmt: skip
        assert (told["place"], told["pending"]) == ("a vendor", True)
    anna.types("sync")
    places = bo.case(case)["places"]
    assert [(each["place"], each["certainty"]) for each in places] == [
        ("not known yet", "assumed"),
        ("a vendor", "verified"),
    ]
    with bo.offline():
        whose = bo.facts("whose", case)
        assert (whose["places"][-1]["who"], whose["places"][-1]["responsibility"]) == ("Anna", "a vendor")
        assert "It lies with a vendor: Simply (verified): Their status page" in bo.types("case", case).out
        assert [hit["case"] for hit in bo.facts("history", "status page")["hits"]] == [case]
    sentence = "It lies with a vendor: Simply. What shows it: Their status page says so"
    assert sentence in lone.reads(case)
    assert "Only a technician" in lone.fails("whose", case, "own-it", "--because", "I think so")


def test_no_extra_price_is_told_before_it_is_found_whose_problem_it_is(village: Village, tmp_path: Path) -> None:
    _, case = village.asks("Lone Møller", "The web shop does not open")
    anna = village.technician("Anna")
    village.owner_types("agreement", "import", str(agreement(tmp_path)), "--customer", "Lone Møller")
    village.types(anna, "sync")
    price = ("cover", case, "--topic", "web shop", "--minutes", "95")
    early = village.types(anna, *price)
    assert (early.code, "whose the problem is comes before money" in early.err) == (2, True)
    assert village.types(anna, "case", case, "--json").facts["timeline"][-1]["kind"] == "consent_given"  # nothing told

    words = ("whose", case, "vendor", "--name", "Simply", "--because", "It is down for all of their customers")
    assert village.types(anna, *words).code == 0
    told = village.types(anna, *price, "--json").facts
    assert (told["outcome"], told["kind"], told["likely"]["amount"]) == ("not ours", None, 0)
    against = village.types(anna, *price, "--responsibility", "customer")
    assert (against.code, "found to lie with Simply. Say first what shows otherwise" in against.err) == (1, True)

    village.types(anna, "whose", case, "computer", "--because", "Others can open it; her browser's add-on cannot")
    assert village.types(anna, *price, "--json").facts["outcome"] == "special rate"


def test_nobody_knows_yet_is_an_answer_too(village: Village, tmp_path: Path) -> None:
    _, case = village.asks("Lone Møller", "The web shop does not open")
    anna = village.technician("Anna")
    village.owner_types("agreement", "import", str(agreement(tmp_path)), "--customer", "Lone Møller")
    village.types(anna, "sync")
    village.types(
        anna, "whose", case, "unknown", "--because", "It opens for me and not for her", "--certainty", "unknown"
    )
    told = village.types(anna, "cover", case, "--topic", "web shop", "--minutes", "95", "--json").facts
    assert (told["outcome"], told["needs_acceptance"]) == ("special rate", True)
