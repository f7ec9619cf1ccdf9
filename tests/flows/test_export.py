"""Everything on this device in one file: it folds to the same cases, and is whole or not there."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.events import (
    AuditHead,
    Certainty,
    ContactTold,
    CustomerAdded,
    EndReason,
    Event,
    NoteAdded,
    SessionEnded,
    Stream,
)
from app.domain.streams import State, fold
from app.flows.errors import ExportNotWrittenError
from app.flows.export import Exported, export
from app.flows.party import Party
from app.flows.write_note import write_note
from app.store.records import DeliveryState
from app.system.clock import new_id
from tests.disks import filled, small_disk
from tests.widgets.people import open_case, technician


@pytest.fixture
def anna(tmp_path: Path) -> Iterator[Party]:
    """A technician."""
    with closing(technician(tmp_path / "anna")) as someone:
        yield someone


def lines(path: Path) -> list[dict[str, Any]]:
    """What the file says, whole."""
    read = [json.loads(line) for line in path.read_text().splitlines()]
    assert (read[0]["line"], read[-1]["line"]) == ("about", "end")
    told = [line["line"] for line in read]
    assert read[-1] == {"line": "end", "events": told.count("event"), "files": told.count("file")}
    return read


def states(path: Path) -> dict[UUID, State]:
    """What the file's events make, stream by stream."""
    events: dict[UUID, list[Event]] = {}
    for line in lines(path):
        if line["line"] == "event" and line["state"] != "refused":
            event = Event.model_validate(line["event"])
            events.setdefault(event.stream_id, []).append(event)
    return {stream: fold(told[0].stream, stream, told) for stream, told in events.items()}


@settings(max_examples=10)
@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(DeliveryState)), max_size=8), st.randoms())
def test_the_exported_events_fold_to_the_same_cases_and_cards(
    notes: list[tuple[int, DeliveryState]], random: Any
) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(technician(Path(folder) / "anna")) as anna:
        known = [open_case(anna, f"Case {number}") for number in range(3)]
        card = new_id()
        for body in (CustomerAdded(name="Møller & Søn"), ContactTold(name="Per Ærø", telephone="12345678")):
            anna.store.append(anna.me, Stream.CUSTOMER, card, body)
        events = [write_note(anna, known[case], "ø\n\u2028", Certainty.ASSUMED).id for case, _ in notes]
        versions = list(range(1, len(events) + 1))
        random.shuffle(versions)  # the service may have put them in another order than they were written in
        for event, version, (_, state) in zip(events, versions, notes, strict=True):
            if state is DeliveryState.CONFIRMED:
                anna.store.accept([(event, version)])
            elif state is DeliveryState.REFUSED:
                anna.store.refuse(event, "Too late.")
        path = Path(folder) / "all.jsonl"
        export(anna, path)
        expected = {case_id: anna.store.state(Stream.CASE, case_id) for case_id in known}
        assert states(path) == expected | {card: anna.store.state(Stream.CUSTOMER, card)}
        told = {UUID(line["event"]["id"]): line["state"] for line in lines(path) if line["line"] == "event"}
        assert [told[event] for event in events] == [state.value for _, state in notes]


def test_how_far_each_event_has_come_is_told(anna: Party, tmp_path: Path) -> None:
    case_id = open_case(anna, "The printer prints nothing")
    notes = [write_note(anna, case_id, text, Certainty.ASSUMED) for text in ("a", "b", "c", "d")]
    anna.store.accept([(notes[0].id, 7)])
    for note in notes[1:3]:
        anna.store.refuse(note.id, "Too late.")
    again = anna.store.amend(anna.me, notes[1].id, NoteAdded(text="b again", certainty=Certainty.ASSUMED))
    export(anna, tmp_path / "all.jsonl")
    told = {line["event"]["id"]: line for line in lines(tmp_path / "all.jsonl") if line["line"] == "event"}
    first, second, third, fourth = (told[str(note.id)] for note in notes)
    assert (first["state"], first["version"], first["event"]) == ("confirmed", 7, notes[0].model_dump(mode="json"))
    assert (second["state"], second["reason"], second["became"]) == ("refused", "Too late.", "replaced")
    assert UUID(second["replaced_by"]) == again.id
    assert (third["state"], third["became"], third["replaced_by"]) == ("refused", "open", None)
    assert (fourth["state"], fourth["version"]) == ("pending", None)


def test_files_are_named_whether_or_not_they_are_here(anna: Party, tmp_path: Path) -> None:
    case_id = open_case(anna, "The printer prints nothing")
    audit = anna.store.put_blob(b"an audit")
    head = AuditHead(lines=1, head="0" * 64, customer_signature="", technician_signature="")
    body = SessionEnded(
        session=new_id(), reason=EndReason.CUSTOMER_STOPPED, seconds=1, commands=0, files=0, audit=audit,
        audit_head=head, recording="f" * 64,
    )  # fmt: skip
    anna.write(case_id, body)
    done = export(anna, tmp_path / "all.jsonl")
    read = lines(tmp_path / "all.jsonl")
    ended = next(line for line in read if line["line"] == "event" and line["event"]["body"]["kind"] == "session_ended")
    assert sorted(ended["files"]) == sorted([audit, "f" * 64])
    files = {line["sha256"]: (line["bytes"], line["here"]) for line in read if line["line"] == "file"}
    assert (files[audit], files["f" * 64]) == ((8, True), (None, False))
    assert (done.files, done.missing) == (len(files), sum(not here for _, here in files.values()))


def test_it_is_for_its_owners_eyes_alone_and_holds_no_secret(anna: Party, tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    path.write_text("something older")
    path.chmod(0o644)
    assert export(anna, path) == Exported(0, 0, 0)
    assert path.stat().st_mode & 0o777 == 0o600
    assert "a token that no service knows" not in path.read_text()


def test_a_stop_leaves_what_was_there_and_nothing_beside_it(anna: Party, tmp_path: Path) -> None:
    open_case(anna, "The printer prints nothing")
    path = tmp_path / "kept" / "all.jsonl"
    path.parent.mkdir()
    path.write_text("something older")

    def stop(done: int, total: int) -> None:
        assert total == 3
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(anna, path, stop)
    assert [(left.name, left.read_text()) for left in path.parent.iterdir()] == [("all.jsonl", "something older")]
    assert export(anna, path).events == 3
    write_note(anna, anna.store.case_ids()[0], "And the store goes on", Certainty.VERIFIED)


_KILLED = """
import sys
from pathlib import Path
from app.flows.export import export
from tests.widgets.people import open_case, technician

anna = technician(Path(sys.argv[1]))
open_case(anna, "x" * 15_000)
def wait(done, total):
    if done == 2:
        print("under way", flush=True)
        sys.stdin.read()
export(anna, Path(sys.argv[2]), wait)
"""


def test_what_a_killed_program_left_is_gone_after_the_next_time(anna: Party, tmp_path: Path) -> None:
    path = tmp_path / "kept" / "all.jsonl"
    path.parent.mkdir()
    path.write_text("something older")
    command = [sys.executable, "-c", _KILLED, str(tmp_path / "killed"), str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"under way\n"
        process.kill()
    assert path.read_text() == "something older"
    (left,) = (one for one in path.parent.iterdir() if one != path)
    assert left.stat().st_mode & 0o777 == 0o600
    export(anna, path)
    assert list(path.parent.iterdir()) == [path]
    assert lines(path)


def test_a_full_disk_is_told_and_nothing_is_lost(anna: Party, tmp_path: Path) -> None:
    case_id = open_case(anna, "The printer prints nothing")
    for _ in range(5):
        write_note(anna, case_id, "x" * 20_000, Certainty.ASSUMED)
    with small_disk(tmp_path / "disk", 1) as disk:
        path = disk / "all.jsonl"
        path.write_text("something older")
        said = r"all\.jsonl: No space left on device. Nothing of it is left"
        with filled(disk, left=50_000), pytest.raises(ExportNotWrittenError, match=said):
            export(anna, path)
        assert [(left.name, left.read_text()) for left in disk.iterdir()] == [("all.jsonl", "something older")]
    assert len(anna.store.case(case_id).notes) == 5
    assert export(anna, tmp_path / "all.jsonl").events == 8


@pytest.mark.parametrize("place", ["nowhere/all.jsonl", ""])
def test_a_place_that_cannot_be_written_is_told(anna: Party, tmp_path: Path, place: str) -> None:
    with pytest.raises(ExportNotWrittenError):
        export(anna, tmp_path / place)
