"""Rule 3: the customer meets someone who knows them. What one technician learnt of them, the next one has at hand."""

from tests.stories.village import Village

BAKERY = "Møller's Bakery"


def test_a_colleague_offline_knows_whom_they_talk_to(village: Village) -> None:
    lone, case = village.asks("Lone Møller", "The till is slow")
    anna, bo = village.technician("Anna"), village.technician("Bo")
    village.types(anna, "sync")
    village.types(anna, "take", case)
    assert village.types(anna, "customer", "Lone Møller", "--json").facts["usual_technician"] == "Anna"  # helped last
    for words in (
        ("add", "--case", case),
        ("usual", "me"),
        ("contact", "Per", "--role", "accounts", "--telephone", "12 34 56 78"),
        ("uses", "web site", "--vendor", "Simply", "--holds", "a password", "--lacks", "the domain"),
        ("note", "Rings before six"),
        ("machine", case, "--name", "The till", "--text", "stands behind the counter"),
        ("care", "We broke her till last year"),
    ):
        assert village.types(anna, "customer", BAKERY, *words).err == ""
    village.types(bo, "sync")
    village.goes_away()

    story = village.types(bo, "case", case)
    for text in ("TAKE CARE We broke", "knows them Anna", "Per, accounts", "we hold a password", "before six"):
        assert text in story.out
    card = village.types(bo, "customer", "lone møller", "--json").facts
    assert (card["name"], card["usual_technician"], card["cases"]) == (BAKERY, "Anna", [case])
    assert [(each["name"], each["cases"]) for each in card["machines"]] == [("The till", 1)]
    (hit,) = village.types(bo, "history", "counter", "--json").facts["hits"]
    assert (hit["where"], hit["title"], hit["case"]) == ("customer", BAKERY, None)
    entry = card["uses"][0]["entry"]
    assert village.types(bo, "customer", BAKERY, "remove", entry, "--json").facts["uses"] == []
    assert village.types(lone, "customers", "--json").facts == []


def test_a_machine_is_known_again_by_its_key_and_not_by_its_name(village: Village) -> None:
    lone, first = village.asks("Lone Møller", "The till is slow")
    village.asks_again(lone, "Lone Møller", "The till is silent")
    anna = village.technician("Anna")
    village.types(anna, "sync")
    village.types(anna, "customer", "Lone Møller", "machine", first, "--name", "The till")
    (machine,) = village.types(anna, "customer", "Lone Møller", "--json").facts["machines"]
    assert (machine["name"], machine["cases"], machine["device"]) == ("The till", 2, str(lone.store.device))
    assert anna.store.case(lone.store.cases()[0].id).device == lone.store.device


def test_a_card_begins_with_whoever_asked_for_help(village: Village) -> None:
    village.asks("Lone Møller", "The till is slow")
    anna = village.technician("Anna")
    village.types(anna, "sync")
    assert village.types(anna, "customer", "Lone Møller", "--json").facts["kept"] is False
    card = village.types(anna, "customer", "Lone Møller", "rename", "The Bakery", "--json").facts
    assert (card["kept"], card["name"], card["people"][0]["name"]) == (True, "The Bakery", "Lone Møller")


def test_whoever_is_meant_by_nobodys_name_is_asked_back(village: Village) -> None:
    anna = village.technician("Anna")
    done = village.types(anna, "customer", "Nobody", "note", "x")
    assert (done.code, "No customer here goes by" in done.err) == (2, True)
    assert village.types(anna, "customer", "Møller", "add", "--in-house", "--json").facts["relation"] == "in-house"
    assert "there already" in village.types(anna, "customer", "møller", "add").err
    assert village.types(anna, "customer", "Møller", "rename", "Møller & Son").code == 0
    assert "Møller & Son" in village.types(anna, "customers").out
    unwritten = village.types(anna, "customer", "Møller & Son", "note", "x" * 20_001)
    assert (unwritten.code, "“text”" in unwritten.err) == (2, True)
    assert "Say why" in village.types(anna, "customer", "Møller & Son", "care").err
