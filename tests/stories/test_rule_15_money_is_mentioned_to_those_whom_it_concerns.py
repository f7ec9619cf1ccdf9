"""Rule 15: roles set the wording, and whether money is mentioned."""

from pathlib import Path

from tests.stories.village import Village, agreement


def test_a_colleague_of_the_house_reads_of_no_price(village: Village, tmp_path: Path) -> None:
    lone, case = village.asks("Lone Møller", "A new page for the web shop")
    anna = village.technician("Anna")
    village.owner_types("agreement", "import", str(agreement(tmp_path)), "--customer", "Lone Møller")
    village.types(anna, "sync")
    words = ("cover", case, "--topic", "web shop", "--minutes", "95", "--responsibility", "customer", "--json")
    paying = village.types(anna, *words).facts["sentence"]
    village.types(anna, "customer", "Lone Møller", "rename", "--in-house")
    own = village.types(anna, *words).facts["sentence"]
    assert "DKK" in paying
    assert own == "Your agreement does not cover this. It will probably take 95 minutes."
    assert "DKK" not in village.types(lone, "price", case).out
    assert "nobody is sent a bill" in village.types(anna, "bill", "--month", "2026-02", "--customer", "Lone Møller").out
