"""The recording: written before it is shown, plays in asciinema, and survives what machines do."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.remote.errors import RecordingError
from app.remote.recording import RecordingWriter, read_frames, read_header, searchable_text
from tests.remote.full_disk import room_for

BEGAN = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


def begin(folder: Path) -> RecordingWriter:
    return RecordingWriter(folder / "session.cast", columns=80, rows=24, began=BEGAN)


def output_of(path: Path) -> str:
    return "".join(frame.data for frame in read_frames(path) if frame.kind == "o")


def test_what_was_output_is_read_back(tmp_path: Path) -> None:
    with begin(tmp_path) as recording:
        recording.output(b"hello\r\n")
        recording.resize(132, 43)
        recording.command("lpstat -p")
    frames = list(read_frames(recording.path))
    assert [(frame.kind, frame.data) for frame in frames] == [
        ("o", "hello\r\n"), ("r", "132x43"), ("o", "$ lpstat -p\r\n"),
    ]  # fmt: skip
    assert read_header(recording.path).began == BEGAN
    assert read_header(recording.path).columns == 80
    assert 0 <= frames[0].at <= frames[1].at <= frames[2].at
    assert recording.path.stat().st_mode & 0o777 == 0o600


def test_it_plays_in_asciinema(tmp_path: Path) -> None:
    with begin(tmp_path) as recording:
        recording.command("echo")
        recording.output("smørrebrød \x1b[31mrødt\x1b[0m\r\n".encode())
        recording.resize(100, 30)
        recording.output(b"\xff done\r\n")
    player = Path(sys.executable).with_name("asciinema")
    shown = subprocess.run(
        [player, "cat", recording.path],
        check=True,
        capture_output=True,
        env={**os.environ, "LC_ALL": "C.UTF-8", "ASCIINEMA_CONFIG_HOME": str(tmp_path)},
    ).stdout.decode()
    assert shown == "$ echo\r\nsmørrebrød \x1b[31mrødt\x1b[0m\r\n\ufffd done\r\n"


@given(st.text(max_size=60), st.integers(1, 5))
def test_a_split_character_is_never_mangled(tmp_path_factory: pytest.TempPathFactory, text: str, piece: int) -> None:
    data = text.encode(errors="replace")
    path = tmp_path_factory.mktemp("split")
    with begin(path) as recording:
        for start in range(0, len(data), piece):
            recording.output(data[start : start + piece])
    assert output_of(recording.path) == data.decode()


def test_streams_side_by_side_keep_their_characters(tmp_path: Path) -> None:
    with begin(tmp_path) as recording:
        recording.output("ø".encode()[:1], channel=1)
        recording.output(b"x", channel=2)
        recording.output("ø".encode()[1:], channel=1)
        recording.output("å".encode()[:1], channel=1)
        recording.end_channel(1)
    assert output_of(recording.path) == "xø\ufffd"


def test_output_is_with_the_system_when_the_call_returns(tmp_path: Path) -> None:
    recording = begin(tmp_path)
    recording.output(b"seen")
    assert output_of(recording.path) == "seen"
    recording.close()
    recording.close()
    with pytest.raises(RecordingError, match="closed"):
        recording.output(b"late")


def test_a_killed_writer_loses_nothing_that_was_shown(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib, datetime\n"
        "from app.remote.recording import RecordingWriter\n"
        "now = datetime.datetime.now(datetime.UTC)\n"
        "recording = RecordingWriter(pathlib.Path(sys.argv[1]), columns=80, rows=24, began=now)\n"
        "recording.output(b'shown')\n"
        "print('shown', flush=True)\n"
        "sys.stdin.read()\n"
    )
    path = tmp_path / "session.cast"
    writer = subprocess.Popen(
        [sys.executable, "-c", program, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path.cwd()
    )
    with writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        writer.kill()
    assert output_of(path) == "shown"


def test_an_old_recording_is_never_overwritten(tmp_path: Path) -> None:
    begin(tmp_path).close()
    with pytest.raises(RecordingError, match="File exists"):
        begin(tmp_path)


def test_a_full_disk_ends_the_recording_and_says_so(tmp_path: Path) -> None:
    recording = begin(tmp_path)
    recording.output(b"before")
    with room_for(recording.path, 30), pytest.raises(RecordingError, match="because nothing may be shown"):
        recording.output(b"x" * 1000)
    with pytest.raises(RecordingError, match="The session ends"):
        recording.output("ø".encode()[:1] + b"after")
    recording.close()
    assert output_of(recording.path) == "before"


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    with begin(tmp_path) as recording:
        recording.output(b"one")
    content = recording.path.read_bytes()
    (tmp_path / "damaged.cast").write_bytes(content + b"[1, \n" + b'[2, "o", "two"]\n')
    with pytest.raises(RecordingError, match="Line 3"):
        list(read_frames(tmp_path / "damaged.cast"))


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]\n", b'{"version": 1}\n', b'{"version":2,"width":"x"}\n', b"[" * 99999]
)
def test_what_is_no_recording_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.cast"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match="asciicast"):
        read_header(path)


def test_its_text_can_be_searched(tmp_path: Path) -> None:
    with begin(tmp_path) as recording:
        recording.output(b"\x1b[1mdisk")
        recording.output(b" full\x1b[0m\r\n")
    assert searchable_text(recording.path) == "disk full"
    assert searchable_text(recording.path, limit=4) == "disk"
