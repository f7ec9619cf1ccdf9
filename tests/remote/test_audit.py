"""The audit: a chain that both ends hold, sealed by both, in which any change shows."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.events import AuditHead
from app.remote.audit import AuditCopy, AuditWriter
from app.remote.audit_lines import Opening
from app.remote.errors import AuditBrokenError, AuditError, AuditWriteError
from app.remote.keys import new_key, public_text
from app.remote.verify import Verified, verify
from app.system.clock import SystemClock, new_id
from tests.remote.full_disk import room_for

CUSTOMER = new_key()
TECHNICIAN = new_key()
OPENING = Opening(
    session=new_id(),
    case=new_id(),
    customer_key=public_text(CUSTOMER),
    technician_key=public_text(TECHNICIAN),
    technician="Anna Ødegård",
    relay="relay.example:7022",
)


def both(folder: Path) -> tuple[AuditWriter, AuditCopy]:
    """A writer and its copy, with the first line in both."""
    writer = AuditWriter(folder / "audit.jsonl", OPENING, CUSTOMER, SystemClock())
    copy = AuditCopy(folder / "copy.jsonl", OPENING, TECHNICIAN)
    copy.receive(writer.first_line)
    return writer, copy


def seal(writer: AuditWriter, copy: AuditCopy) -> None:
    half = writer.half_seal()
    copy.receive(writer.seal(half, copy.countersign(half)))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """The lines of a finished audit, with a seal in the middle that comes a line late."""
    folder = tmp_path_factory.mktemp("finished")
    writer, copy = both(folder)
    with writer, copy:
        copy.receive(writer.append("command", command="lpstat -p æøå", cols=80))
        half = writer.half_seal()
        copy.receive(writer.append("exit", status=0, seconds=0.25))
        copy.receive(writer.seal(half, copy.countersign(half)))
        copy.receive(writer.append("end", reason="customer stopped"))
        seal(writer, copy)
    assert (folder / "audit.jsonl").read_bytes() == (folder / "copy.jsonl").read_bytes()
    return (folder / "audit.jsonl").read_bytes().splitlines()


def verify_bytes(folder: Path, content: bytes) -> Verified:
    path = folder / "changed.jsonl"
    path.write_bytes(content)
    return verify(path)


def text(lines: list[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def test_a_finished_audit_is_complete(tmp_path: Path, finished: list[bytes]) -> None:
    found = verify_bytes(tmp_path, text(finished))
    assert found.complete
    assert not found.torn
    assert found.opening == OPENING
    assert found.lines == 4
    assert found.seal is not None
    assert (found.seal.lines, found.seal.head) == (4, found.head)
    assert [json.loads(line).get("seq", "seal") for line in finished] == [1, 2, 3, "seal", 4, "seal"]


def test_the_file_is_closed_to_others_and_never_overwritten(tmp_path: Path) -> None:
    writer, copy = both(tmp_path)
    with writer, copy:
        assert writer.path.stat().st_mode & 0o777 == 0o600
        with pytest.raises(AuditWriteError, match="Cannot begin"):
            AuditWriter(writer.path, OPENING, CUSTOMER, SystemClock())


@given(data=st.data())
def test_any_changed_byte_is_refused_with_its_line(
    tmp_path_factory: pytest.TempPathFactory, finished: list[bytes], data: st.DataObject
) -> None:
    whole = text(finished)
    place = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[place]))
    changed = whole[:place] + bytes([byte]) + whole[place + 1 :]
    with pytest.raises(AuditBrokenError) as caught:
        verify_bytes(tmp_path_factory.getbasetemp(), changed)
    at_fault = whole[:place].count(b"\n") + 1
    assert at_fault <= caught.value.line <= at_fault + 2  # noticed in the next line of the chain, over a seal between


def test_every_bit_of_every_byte_counts(tmp_path: Path, finished: list[bytes]) -> None:
    whole = text(finished)
    for place in range(0, len(whole), 3):
        changed = bytearray(whole)
        changed[place] ^= 1 << (place % 8)
        with pytest.raises(AuditBrokenError):
            verify_bytes(tmp_path, bytes(changed))


def test_any_line_taken_out_shows(tmp_path: Path, finished: list[bytes]) -> None:
    for place in range(len(finished) - 1):
        with pytest.raises(AuditBrokenError) as caught:
            verify_bytes(tmp_path, text(finished[:place] + finished[place + 1 :]))
        assert caught.value.line in {place + 1, place + 2}  # a seal that comes late may stand a line earlier too


def test_any_two_lines_swapped_show(tmp_path: Path, finished: list[bytes]) -> None:
    for first in range(len(finished)):
        for second in range(first + 1, len(finished)):
            swapped = list(finished)
            swapped[first], swapped[second] = swapped[second], swapped[first]
            with pytest.raises(AuditBrokenError) as caught:
                verify_bytes(tmp_path, text(swapped))
            assert first < caught.value.line <= second + 2


def test_a_missing_end_is_not_complete(tmp_path: Path, finished: list[bytes]) -> None:
    for kept in range(1, len(finished)):
        assert not verify_bytes(tmp_path, text(finished[:kept])).complete


def test_a_torn_last_line_is_told_from_a_changed_one(tmp_path: Path, finished: list[bytes]) -> None:
    whole = text(finished)
    kept = text(finished[:-1])
    for end in range(len(kept) + 1, len(whole)):
        found = verify_bytes(tmp_path, whole[:end])
        assert found.torn
        assert not found.complete
    with pytest.raises(AuditBrokenError, match="Line 7"):
        verify_bytes(tmp_path, whole + b"and more")


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"{}\n", b"[1]\n", b"[" * 60_000 + b"\n", b"x" * 100_000, b"{" * 9, b"\xff\n"]
)
def test_what_is_no_audit_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(AuditBrokenError, match="Line 1"):
        verify_bytes(tmp_path, content)


def test_a_file_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(AuditError, match="Cannot read"):
        verify(tmp_path / "nothing")


def test_the_copy_refuses_what_was_not_agreed(tmp_path: Path) -> None:
    other = OPENING.model_copy(update={"case": UUID(int=1)})
    with (
        AuditWriter(tmp_path / "audit", other, CUSTOMER, SystemClock()) as writer,
        AuditCopy(tmp_path / "copy", OPENING, TECHNICIAN) as copy,
    ):
        with pytest.raises(AuditBrokenError, match="Line 1"):
            copy.receive(writer.first_line)
        assert (tmp_path / "copy").read_bytes() == b""


def test_the_copy_refuses_a_line_left_out_and_a_line_sent_twice(tmp_path: Path) -> None:
    writer, copy = both(tmp_path)
    with writer, copy:
        writer.append("command", command="hidden")
        with pytest.raises(AuditBrokenError):
            copy.receive(writer.append("exit", status=0))
        with pytest.raises(AuditBrokenError):
            copy.receive(writer.first_line)


def test_nobody_signs_a_head_that_they_do_not_hold(tmp_path: Path) -> None:
    writer, copy = both(tmp_path)
    with writer, copy:
        writer.append("command", command="hidden")
        with pytest.raises(AuditBrokenError, match="not that of this audit"):
            copy.countersign(writer.half_seal())


def test_a_seal_with_a_signature_that_does_not_fit_is_not_written(tmp_path: Path) -> None:
    writer, copy = both(tmp_path)
    with writer, copy:
        before = writer.path.read_bytes()
        half = writer.half_seal()
        with pytest.raises(AuditBrokenError, match="technician's signature"):
            writer.seal(half, half.customer_signature)
        assert writer.path.read_bytes() == before
        seal(writer, copy)
    assert verify(writer.path).complete


def test_the_same_lines_are_sealed_once(tmp_path: Path) -> None:
    writer, copy = both(tmp_path)
    with writer, copy:
        seal(writer, copy)
        with pytest.raises(AuditBrokenError, match="sealed already"):
            seal(writer, copy)


def test_a_seal_by_one_end_alone_is_not_complete(tmp_path: Path) -> None:
    writer, copy = both(tmp_path)
    with writer, copy:
        writer.seal(writer.half_seal())
    found = verify(writer.path)
    assert isinstance(found.seal, AuditHead)
    assert not found.complete


def test_a_full_disk_ends_the_audit_and_says_so(tmp_path: Path) -> None:
    writer, copy = both(tmp_path)
    with writer, copy:
        with room_for(writer.path, 20), pytest.raises(AuditWriteError, match="The session ends"):
            writer.append("command", command="ls")
        with pytest.raises(AuditWriteError):
            writer.append("command", command="ls")
    assert verify(writer.path).torn
