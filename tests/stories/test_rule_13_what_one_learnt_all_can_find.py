"""Rule 13: what one technician learnt, all can find: written offline, suggested where it fits, counted."""

from pathlib import Path

import pytest

from tests.stories.street import Street

pytestmark = pytest.mark.keyring

QUEUE = "# The queue of the plotter is stuck\n\nEmpty the folder of the spooler; the master code is 1212.\n"
PAPER = "# Paper is jammed in the plotter\n\nLift the lid of the plotter, and pull the paper out.\n"


def test_an_article_written_offline_is_suggested_to_a_colleague_and_counted(street: Street, tmp_path: Path) -> None:
    queue, paper = tmp_path / "queue.md", tmp_path / "paper.md"
    queue.write_text(QUEUE)
    paper.write_text(PAPER)
    anna, bo = street.anna, street.bo
    asked = street.asks("Plum", "My plotter does nothing at all")
    lone, case = asked.customer, asked.case
    for_all = ("--topic", "plotter", "--language", "en", "--for", "customers")
    with anna.offline():
        secret = anna.facts("article", "write", str(queue), "--topic", "plotter", "--language", "en")
        tip = anna.facts("article", "write", str(paper), *for_all)
    assert (secret["title"], secret["readers"]) == ("The queue of the plotter is stuck", "technicians")
    for person in (anna, bo, lone):
        assert person.types("sync").code == 0
    assert [each["title"] for each in lone.facts("article", "list")["articles"]] == ["Paper is jammed in the plotter"]
    assert [hit["title"] for hit in lone.facts("history", "plotter lid")["hits"]] == ["Paper is jammed in the plotter"]
    assert lone.facts("history", "master code")["hits"] == []
    assert "No article here goes by" in lone.fails("article", "show", secret["reference"])
    assert "Only a technician" in lone.fails("article", "write", str(queue), "--language", "en")

    words = ("gethelp", "--console", "--provider", street.url, "--name", "Plum", "--about", "The plotter is silent")
    asks = lone.types(*words, "--json")
    assert [each["title"] for each in asks.facts["articles"]] == ["Paper is jammed in the plotter"]
    assert "You may try this meanwhile" in asks.err

    with bo.offline():
        suggested = bo.facts("case", case)["articles"]
        assert [each["by_topic"] for each in suggested] == [True, True]
        assert {each["article"] for each in suggested} == {secret["article"], tip["article"]}
        (hit,) = bo.facts("history", "master code")["hits"]
        assert (hit["where"], hit["article"], hit["case"]) == ("article", secret["article"], None)
        assert bo.facts("article", "helped", case, secret["reference"])["helped"] == 1
        story = bo.types("case", case).out
        assert "“The queue of the plotter is stuck” helped here." in story
        assert story.index("The queue of the plotter") < story.index("Paper is jammed")
    for person in (bo, anna):
        assert person.types("sync").code == 0
    assert anna.facts("article", "show", secret["title"])["helped"] == 1

    file = tmp_path / "changed.md"
    file.write_text(bo.types("article", "show", tip["reference"], "--markdown").out + "\nThen call 1212.\n")
    changed = bo.facts("article", "edit", tip["reference"], str(file), "--for", "technicians")
    assert (changed["readers"], changed["customers_read_it"], changed["collision"]) == ("technicians", False, [])
    assert lone.types("sync").code == 0
    assert lone.facts("article", "list")["articles"] == lone.facts("history", "plotter lid")["hits"] == []
    bo.types("article", "withdraw", tip["reference"])
    assert "withdrawn" in bo.types("article", "show", tip["reference"]).out
