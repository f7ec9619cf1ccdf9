"""Which part of a content a request wants: one range of bytes, as RFC 9110 writes it."""

import re

from app.service.problems import Problem

_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")


def wanted_range(untrusted_header: str | None, size: int) -> tuple[int, int] | None:
    """Where the part begins and where it ends (exclusive); None where all is wanted, or what is asked for is not known.

    Raises a 416 problem where there is no such part.
    """
    read = _RANGE.fullmatch(untrusted_header or "")
    if read is None or not any(read.groups()) or not size:
        return None
    first, last = read.groups()
    if not first:
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(int(last) + 1, size) if last else size
    if last and first and int(last) < int(first):
        return None  # this is no range
    if start >= stop:
        sentence = f"There are only {size:,} bytes."
        raise Problem(416, sentence, kind="range", headers={"Content-Range": f"bytes */{size}"})
    return start, stop
