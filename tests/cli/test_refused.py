"""`bistand refused`: what it lists, and the two ways out, all with no service in reach."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from app.cli import main, refused
from app.domain.events import Audience, CaseTaken, Certainty, NoteAdded, Stream
from app.domain.reference import reference
from app.flows.party import Party
from app.flows.show_case import show_case
from app.flows.write_note import write_note
from app.store.records import Settlement
from tests.widgets.people import LONE, open_case, technician

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def anna(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Party]:
    """A technician whose service cannot be reached; the command opens her home."""
    someone = technician(tmp_path / "anna")

    @contextmanager
    def opened(**_: object) -> Iterator[Party]:
        yield someone

    monkeypatch.setattr(refused, "open_party", opened)
    yield someone
    someone.close()


@pytest.fixture
def case_id(anna: Party) -> UUID:
    """A case that Anna has not taken."""
    return open_case(anna, "The printer prints nothing")


def refuse_note(anna: Party, case_id: UUID) -> UUID:
    """A note that the service did not take."""
    note = write_note(anna, case_id, "Too\x1b[2Jmuch", Certainty.ASSUMED)
    anna.store.refuse(note.id, "Too \x1blarge.")
    return note.id


def test_where_nothing_was_refused_it_says_so(anna: Party, capsys: Capture) -> None:
    assert main.main(["refused"]) == 0
    assert capsys.readouterr().out == "Nothing was refused.\n"
    assert main.main(["refused", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_it_lists_what_was_refused_why_and_the_ways_out(anna: Party, case_id: UUID, capsys: Capture) -> None:
    note = refuse_note(anna, case_id)
    taken = anna.store.append(anna.me, Stream.CASE, case_id, CaseTaken())
    anna.store.refuse(taken.id, "Kim has this case already.")
    assert main.main(["refused"]) == 0
    listed = capsys.readouterr().out
    assert "\x1b" not in listed
    assert f"{reference(note)}  " in listed
    assert "refused: Too �large.  [amend, discard]" in listed
    assert "refused: Kim has this case already.  [discard]" in listed
    assert main.main(["refused", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert [(one["case"], one["event"], one["kind"], one["amendable"], one["state"]) for one in facts] == [
        (str(case_id), str(note), "note_added", True, "open"),
        (str(case_id), str(taken.id), "case_taken", False, "open"),
    ]


@pytest.mark.parametrize(("words", "expected"), [(["Less", "of", "it"], "Less of it"), ([], "Too\x1b[2Jmuch")])
def test_amend_writes_it_anew_with_new_words_or_the_same(
    anna: Party, case_id: UUID, capsys: Capture, words: list[str], expected: str
) -> None:
    note = refuse_note(anna, case_id)
    assert main.main(["refused", "amend", reference(note).lower(), *words, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["case"], facts["replaces"], facts["pending"]) == (str(case_id), str(note), True)
    (kept,) = anna.store.refused()
    assert (kept.settlement, str(kept.replaced_by)) == (Settlement.REPLACED, facts["event"])
    (written,) = anna.store.case(case_id).notes
    assert (written.text, written.certainty) == (expected, Certainty.ASSUMED)
    assert main.main(["refused", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main.main(["refused", "--all", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["state"] == "replaced"


def test_what_somebody_else_wrote_is_not_put_into_ones_own_mouth(anna: Party, case_id: UUID, capsys: Capture) -> None:
    note = NoteAdded(text="Theirs", certainty=Certainty.UNKNOWN, audience=Audience.CUSTOMER)
    theirs = anna.store.append(LONE, Stream.CASE, case_id, note)
    anna.store.refuse(theirs.id, "no")
    assert main.main(["refused", "amend", str(theirs.id), "Mine"]) == 2
    assert "Discard it" in capsys.readouterr().err
    assert not show_case(anna, case_id).timeline[-1].amendable
    assert anna.store.refused()[0].settlement is Settlement.OPEN


def test_discard_gives_it_up(anna: Party, case_id: UUID, capsys: Capture) -> None:
    note = refuse_note(anna, case_id)
    assert main.main(["refused", "discard", str(note)]) == 0
    assert "never sent" in capsys.readouterr().out
    assert anna.store.refused()[0].settlement is Settlement.DISCARDED
    assert main.main(["refused", "discard", str(note)]) == 2
    assert "Nothing refused goes by" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [["discard"], ["amend"], ["discard", "7QF-2MK"], ["discard", "NOTE", "words"], ["amend", "NOTE", "x" * 20_001],
     ["amend", "TAKEN", "words"], ["forget", "NOTE"]],
)  # fmt: skip
def test_what_makes_no_sense_decides_nothing(anna: Party, case_id: UUID, capsys: Capture, words: list[str]) -> None:
    note = refuse_note(anna, case_id)
    taken = anna.store.append(anna.me, Stream.CASE, case_id, CaseTaken())
    anna.store.refuse(taken.id, "Kim has this case already.")
    named = {"NOTE": str(note), "TAKEN": str(taken.id)}
    assert main.main(["refused", *(named.get(word, word) for word in words)]) == 2
    assert capsys.readouterr().err
    assert {one.settlement for one in anna.store.refused()} == {Settlement.OPEN}
