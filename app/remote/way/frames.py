"""What a way says on its carrier: a byte that says what it is, four bytes of length (big-endian), the content.

`DATA` is a piece of the stream. `HEARD` is eight bytes: how much of the stream its sender has received so far; it is
also the sign of life. `END` says that nothing more will come.
"""

import struct

DATA, HEARD, END = 1, 2, 3
_HEADER = struct.Struct(">BI")
_COUNT = struct.Struct(">Q")
_LONGEST_FRAME = 16 * 1024 * 1024


def data_frame(piece: bytes) -> bytes:
    """A piece of the stream."""
    return _HEADER.pack(DATA, len(piece)) + piece


def heard_frame(received: int) -> bytes:
    """So much of the stream was received."""
    return _HEADER.pack(HEARD, _COUNT.size) + _COUNT.pack(received)


def end_frame() -> bytes:
    """Nothing more comes."""
    return _HEADER.pack(END, 0)


def count(content: memoryview) -> int:
    """What a `HEARD` says."""
    heard: int = _COUNT.unpack(content)[0]
    return heard


class Frames:
    """Takes a carrier's bytes apart, cut anywhere. A piece of data is handed on as it comes, not when it is whole."""

    def __init__(self) -> None:
        self._head = b""
        self._kind = 0
        self._left = 0
        self._small = b""

    def feed(self, data: bytes) -> "list[tuple[int, memoryview]]":
        """What is in it. Raises `ValueError` for what is no frame."""
        found: list[tuple[int, memoryview]] = []
        view = memoryview(data)
        while view:
            if not self._kind:
                view = self._begin(view)
                if self._kind == END:
                    found.append((END, view[:0]))
                    return found
                continue
            part, view = view[: self._left], view[self._left :]
            self._left -= len(part)
            if self._kind == DATA:
                found.append((DATA, part))
            else:
                self._small += bytes(part)
                if not self._left:
                    found.append((HEARD, memoryview(self._small)))
            if not self._left:
                self._kind = 0
        return found

    def _begin(self, view: memoryview) -> memoryview:
        missing = _HEADER.size - len(self._head)
        self._head += bytes(view[:missing])
        if len(self._head) == _HEADER.size:
            self._kind, self._left = _HEADER.unpack(self._head)
            self._head, self._small = b"", b""
            well_formed = {
                DATA: 0 < self._left <= _LONGEST_FRAME,
                HEARD: self._left == _COUNT.size,
                END: self._left == 0,
            }
            if not well_formed.get(self._kind, False):
                raise ValueError("no frame")
        return view[missing:]
