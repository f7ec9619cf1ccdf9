"""The recording of a session: what the terminal showed, as asciicast v2, written before it is shown.

Output only: what is typed is not recorded, except where the customer's machine echoes it.
"""

import codecs
import io
import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import msgspec

from app.remote.errors import RecordingError
from app.remote.plain_text import PlainText
from app.system.paths import PRIVATE_FILE

Source = Path | bytes
"""A recording in a file, or the whole of it in memory (the encrypted store hands it out so)."""

_SYNC_SECONDS = 1.0
_PIECE_BYTES = 64 * 1024
_MAX_LINE_BYTES = 8 * _PIECE_BYTES
_MAX_COLUMNS = 1000


@dataclass(frozen=True, slots=True)
class Header:
    """What a recording begins with: the terminal's size in characters, and when it began (UTC)."""

    columns: int
    rows: int
    began: datetime


@dataclass(frozen=True, slots=True)
class Frame:
    """One thing that happened, `at` seconds after the beginning: `o` is output, `r` a new size (`80x24`)."""

    at: float
    kind: str
    data: str


class RecordingWriter:
    """Writes one recording. Safe from any thread; each call returns once the system has the bytes.

    They are on the disk within a second, and at `close`. The file is new, 0600; an old one is never overwritten.
    After the first `RecordingError` every call raises it again: nothing may be shown that was not recorded.
    """

    def __init__(self, path: Path, *, columns: int, rows: int, began: datetime) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)
        try:
            self._file = os.open(path, flags, PRIVATE_FILE)
        except OSError as error:
            raise RecordingError(f"Cannot begin the recording {path}: {error.strerror}.") from error
        self.path = path
        self._lock = threading.Lock()
        self._start = time.monotonic()
        self._decoders: dict[int, codecs.IncrementalDecoder] = {}
        self._failure: str | None = None
        self._unsynced = False
        self._closing = threading.Event()
        self._syncer = threading.Thread(target=self._sync_now_and_then, name="recording", daemon=True)
        self._syncer.start()
        size = {"width": _size(columns), "height": _size(rows)}
        with self._lock:
            self._write({"version": 2, **size, "timestamp": int(began.timestamp()), "env": {"TERM": "xterm-256color"}})

    def output(self, data: bytes, channel: int = 0) -> None:
        """Record output before it is shown. `channel` tells streams apart that run side by side.

        A character split between two calls is put together; what is no UTF-8 becomes U+FFFD. Raises `RecordingError`.
        """
        with self._lock:
            decoder = self._decoders.setdefault(channel, codecs.getincrementaldecoder("utf-8")("replace"))
            for start in range(0, len(data), _PIECE_BYTES):
                self._event("o", decoder.decode(data[start : start + _PIECE_BYTES]))

    def end_channel(self, channel: int) -> None:
        """This stream is over; half a character that was left becomes U+FFFD. Raises `RecordingError`."""
        with self._lock:
            decoder = self._decoders.pop(channel, None)
            if decoder is not None:
                self._event("o", decoder.decode(b"", final=True))

    def command(self, command: str) -> None:
        """Mark a command that runs without a terminal, as `$ command`. Raises `RecordingError`."""
        shown = "".join(character if character.isprintable() else " " for character in command)
        with self._lock:
            self._event("o", f"$ {shown[:_PIECE_BYTES]}\r\n")

    def resize(self, columns: int, rows: int) -> None:
        """The terminal has this size from now on, in characters. Raises `RecordingError`."""
        with self._lock:
            self._event("r", f"{_size(columns)}x{_size(rows)}")

    def close(self) -> None:
        """Write what is left, to the disk. Raises `RecordingError`; closing twice does nothing."""
        self._closing.set()
        self._syncer.join()
        with self._lock:
            if self._file < 0:
                return
            try:
                for decoder in self._decoders.values():
                    self._event("o", decoder.decode(b"", final=True))
                os.fsync(self._file)
            except OSError as error:
                raise self._failed(error) from error
            finally:
                os.close(self._file)
                self._file = -1
                self._decoders.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _event(self, kind: str, text: str) -> None:
        if text:
            self._write([round(time.monotonic() - self._start, 6), kind, text])

    def _write(self, value: Any) -> None:
        if self._failure is not None or self._file < 0:
            raise RecordingError(self._failure or "The recording is closed.")
        rest = msgspec.json.encode(value) + b"\n"
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError as error:
            raise self._failed(error) from error
        self._unsynced = True

    def _failed(self, error: OSError) -> RecordingError:
        self._failure = (
            f"Cannot write the recording {self.path}: {error.strerror}. The session ends, because nothing may be shown "
            "that was not recorded."
        )
        return RecordingError(self._failure)

    def _sync_now_and_then(self) -> None:
        """On a thread of its own, so that nobody who shows output waits for the disk."""
        while not self._closing.wait(_SYNC_SECONDS):
            with self._lock:
                wanted, self._unsynced = self._unsynced, False
            if not wanted:
                continue
            try:
                os.fsync(self._file)
            except OSError as error:
                self._failed(error)


def read_header(source: Source) -> Header:
    """What a recording begins with. Raises `RecordingError`."""
    with _opened(source) as file:
        return _header(file)


def read_frames(source: Source) -> Iterator[Frame]:
    """The frames in order, read as they are asked for. A torn last line is left out. Raises `RecordingError`."""
    with _opened(source) as file:
        _header(file)
        yield from _frames(file)


def searchable_text(source: Source, limit: int = 4_000_000) -> str:
    """What a person would have read in this recording, at most `limit` characters. Raises `RecordingError`."""
    text = PlainText(limit)
    for frame in read_frames(source):
        if frame.kind == "o":
            text.feed(frame.data)
        if text.is_full:
            break
    return text.text()


def _opened(source: Source) -> BinaryIO:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    try:
        return source.open("rb")
    except OSError as error:
        raise RecordingError(f"Cannot read the recording {source}: {error.strerror}.") from error


def _header(file: BinaryIO) -> Header:
    try:
        value = json.loads(file.readline(_MAX_LINE_BYTES))
        if value["version"] != 2:
            raise ValueError("another version")
        began = datetime.fromtimestamp(int(value.get("timestamp", 0)), UTC)
        return Header(columns=_size(value["width"]), rows=_size(value["height"]), began=began)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError, RecursionError) as error:
        raise RecordingError("This is not a recording that this program can play (asciicast v2).") from error


def _frames(file: BinaryIO) -> Iterator[Frame]:
    number = 1
    while line := file.readline(_MAX_LINE_BYTES):
        number += 1
        if not line.endswith(b"\n") and not file.read(1):
            return  # torn by a power cut: what came before it counts
        frame = _frame(line)
        if frame is None:
            raise RecordingError(f"Line {number} of the recording is damaged.")
        if frame.kind in {"o", "r"}:
            yield frame


def _frame(untrusted_line: bytes) -> Frame | None:
    try:
        at, kind, data = json.loads(untrusted_line)
        return Frame(float(at), kind, data) if isinstance(kind, str) and isinstance(data, str) else None
    except (ValueError, TypeError, RecursionError):
        return None


def _size(characters: int) -> int:
    return max(1, min(int(characters), _MAX_COLUMNS))
