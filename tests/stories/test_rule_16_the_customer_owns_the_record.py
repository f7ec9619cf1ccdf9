"""Rule 16: the customer owns the record: a receipt of everything done on their machine, theirs to keep."""

from html import unescape
from pathlib import Path

import pytest

from tests.stories.shop import Person
from tests.stories.street import Street
from tests.stories.village import Village, agreement

SPAN = ("--from", "2026-01-16 16:00", "--to", "2026-01-16 16:14")
LATER = ("--from", "2026-01-16 16:14", "--to", "2026-01-16 16:55")


def page(path: Path) -> str:
    """What stands on a receipt, but for the line that says when it was written."""
    lines = unescape(path.read_text()).splitlines()
    (made,) = [line for line in lines if "<p>Receipt" in line]
    return "\n".join(line for line in lines if line != made)


@pytest.mark.keyring
def test_everything_that_was_done_stands_on_a_receipt_that_needs_no_provider(street: Street, tmp_path: Path) -> None:
    anna, sofie = street.anna, street.person("sofie")
    folder, parcel = tmp_path / "Invoices", tmp_path / "parcel.bin"
    folder.mkdir()
    (folder / "invoice.txt").write_text("42 kroner\n")
    parcel.write_bytes(bytes(300_000))
    asked = street.asks_for_help(sofie, "The till is <slow>", f"terminal,files={folder}", name="Sofie")
    case, code = asked.event("requested")["case"], asked.event("code")["code"]
    anna.types("sync")
    anna.facts("take", case)
    connect = (
        "connect", case, "--code", code, "--run", "echo cleaning; exit 3",
        "--put", f"{parcel}:{folder}/parcel.bin", "--get", f"{folder}/invoice.txt:{tmp_path}/fetched.txt",
    )  # fmt: skip
    assert Person.types(anna, *connect).code == 0
    ended = asked.event("ended")
    assert asked.end() == 0
    anna.facts("note", case, "The disk was full of old logs", "--certainty", "verified", "--customer")
    anna.facts("note", case, "Sofie never restarts it", "--certainty", "assumed")
    measured = anna.facts("work", case, "--session", "last")  # some seconds
    assert 0 < measured["seconds"] < 60
    assert "recorded already" in anna.fails("work", case, "--session", "last")
    anna.facts("work", case, *SPAN)
    anna.facts("work", case, *LATER, "--kind", "internal", "--text", "wrote it down for Bo")
    anna.facts("resolve", case, "--text", "Removed the old logs")
    sofie.types("sync")
    sofie.facts("confirm", case, "--thanks", "Tak")

    hers, annas = tmp_path / "hers.html", tmp_path / "annas.html"
    with sofie.offline():
        assert sofie.facts("receipt", case, "--out", str(hers))["case"] == case
        assert sofie.facts("verify", ended["audit"])["complete"]
    told = page(hers)
    for words in (
        "The till is <slow>", "Opened the files you allowed", "Ran: echo cleaning; exit 3",
        f"Put the file {folder}/parcel.bin on this computer (300.0 kB)", f"Fetched the file {folder}/invoice.txt",
        "What Anna did on your computer", f"Signed by both ends: <code>{ended['audit_head']}",
        "Anna: The disk was full of old logs", "Removed the old logs", "solved, confirmed by you", "<dd>14 min</dd>",
    ):  # fmt: skip
        assert words in told, words
    for words in ("never restarts", "for Bo", "55 min"):
        assert words not in told

    anna.types("sync")
    anna.facts("receipt", case, "--out", str(annas))
    assert page(annas) == told  # nobody has another record of it than she has


def test_what_was_told_and_agreed_of_place_and_price_stands_on_it(village: Village, tmp_path: Path) -> None:
    lone, case = village.asks("Lone Møller", "A new page for the web shop")
    anna = village.technician("Anna")
    village.owner_types("agreement", "import", str(agreement(tmp_path)), "--customer", "Lone Møller")
    village.types(anna, "sync")
    village.types(anna, "whose", case, "computer", "--because", "The web shop itself is well")
    price = village.types(anna, "cover", case, "--topic", "web shop", "--minutes", "95", "--json").facts["sentence"]
    assert village.types(lone, "price", case, "--accept").code == 0
    village.goes_away()
    out = tmp_path / "receipt.html"
    assert village.types(lone, "receipt", case, "--out", str(out)).code == 0
    told = page(out)
    assert f"Anna: {price}" in told
    assert "Lone Møller: Accepted the price" in told
    assert "What shows it: The web shop itself is well" in told
    assert "Nobody was on your computer" in told
