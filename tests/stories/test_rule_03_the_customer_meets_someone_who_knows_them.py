"""Rule 3: the customer meets someone who knows them. What one technician learnt of them, the next one has at hand."""

import pytest

from tests.stories.shop import Shop

pytestmark = pytest.mark.keyring
BAKERY = "Møller's Bakery"


def test_a_colleague_offline_knows_whom_they_talk_to(shop: Shop) -> None:
    lone, anna, bo = shop.person("lone"), shop.technician("Anna"), shop.technician("Bo")
    asked = shop.asks_for_help(lone, "The till is slow", name="Lone Møller")
    case = asked.event("requested")["case"]
    assert asked.end() == 0
    *begun, helped_last, added = anna.types_each(
        ("sync",), ("take", case), ("customer", "Lone Møller", "--json"), ("customer", BAKERY, "add", "--case", case)
    )
    assert [done.code for done in (*begun, added)] == [0, 0, 0]
    assert helped_last.facts["usual_technician"] == "Anna"

    # The service is away, and Anna goes on.
    shop.close()
    told = anna.types_each(
        ("customer", BAKERY, "usual", "me"),
        ("customer", BAKERY, "contact", "Per", "--role", "accounts", "--telephone", "12 34 56 78"),
        (
            "customer",
            BAKERY,
            "uses",
            "web site",
            "--vendor",
            "Simply",
            "--holds",
            "a password",
            "--lacks",
            "the domain",
        ),
        ("customer", BAKERY, "note", "Rings before six"),
        ("customer", BAKERY, "machine", case, "--name", "The till", "--text", "stands behind the counter"),
        ("customer", BAKERY, "care", "We broke her till last year"),
    )
    assert [done.err for done in told if done.code] == []
    shop.open_again()
    assert anna.types("sync").code == bo.types("sync").code == 0
    shop.close()

    story, asking, found, nobody = bo.types_each(
        ("case", case), ("customer", "lone møller", "--json"), ("history", "counter", "--json"), ("customer", "Nobody")
    )
    for words in ("TAKE CARE We broke", "knows them Anna", "Per, accounts", "we hold a password", "before six"):
        assert words in story.out
    card = asking.facts
    assert (card["name"], card["usual_technician"], card["cases"]) == (BAKERY, "Anna", [case])
    assert [(each["name"], each["cases"]) for each in card["machines"]] == [("The till", 1)]
    (hit,) = found.facts["hits"]
    assert (hit["where"], hit["title"], hit["case"]) == ("customer", BAKERY, None)
    removed, mine = bo.types_each(
        ("customer", BAKERY, "remove", card["uses"][0]["entry"], "--json"),
        ("customer", BAKERY, "--json", "rename", "--in-house"),
    )
    assert (removed.facts["uses"], mine.facts["relation"]) == ([], "in-house")
    assert (nobody.code, "No customer here goes by" in nobody.err) == (2, True)
    assert lone.types("customers", "--json").facts == []
