"""Rule 13: what one technician learnt, all can find: written offline, suggested where it fits, counted."""

from pathlib import Path

import pytest

from tests.stories.shop import Shop

pytestmark = pytest.mark.keyring

QUEUE = "# The queue of the printer is stuck\n\nEmpty the folder of the spooler; the master code is 1212.\n"
PAPER = "# Paper is jammed\n\nLift the lid of the printer, and pull the paper out.\n"


def test_an_article_written_offline_is_suggested_to_a_colleague_and_counted(shop: Shop, tmp_path: Path) -> None:
    queue, paper = tmp_path / "queue.md", tmp_path / "paper.md"
    queue.write_text(QUEUE)
    paper.write_text(PAPER)
    anna, bo, lone = shop.technician("Anna"), shop.technician("Bo"), shop.person("lone")
    asked = shop.asks_for_help(lone, "My printer does nothing at all", name="Lone Møller")
    case = asked.event("requested")["case"]
    assert asked.end() == 0

    # The service is away when Anna writes down what she learnt.
    shop.close()
    secret, tip = anna.types_each(
        ("article", "write", str(queue), "--topic", "printer", "--language", "en", "--json"),
        ("article", "write", str(paper), "--topic", "printer", "--language", "en", "--for", "customers", "--json"),
    )
    assert (secret.facts["title"], secret.facts["readers"]) == ("The queue of the printer is stuck", "technicians")
    shop.open_again()
    assert anna.types("sync").code == bo.types("sync").code == 0
    synced, listed, hidden = lone.types_each(
        ("sync",), ("article", "list", "--json"), ("article", "show", secret.facts["reference"])
    )
    assert synced.code == 0
    assert [each["title"] for each in listed.facts["articles"]] == ["Paper is jammed"]
    assert hidden.code == 2
    shop.close()

    # And when Bo needs it.
    story, found, helped, again = bo.types_each(
        ("case", case, "--json"),
        ("history", "master code", "--json"),
        ("article", "helped", case, secret.facts["reference"], "--json"),
        ("case", case),
    )
    suggested = [each["article"] for each in story.facts["articles"]]
    assert set(suggested) == {secret.facts["article"], tip.facts["article"]}
    assert story.facts["articles"][0]["by_topic"]
    (hit,) = found.facts["hits"]
    assert (hit["where"], hit["article"], hit["case"]) == ("article", secret.facts["article"], None)
    assert helped.facts["helped"] == 1
    assert "“The queue of the printer is stuck” helped here." in again.out
    assert again.out.index("The queue of the printer") < again.out.index("Paper is jammed")
