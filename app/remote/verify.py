"""Checks a finished audit: `bistand verify FILE`. Needs nothing but the file.

A file that merely ends early (the machine lost power, the other end was gone) is reported as not complete; one that was
changed is refused with the line that shows it. The keys are those that the file names: whoever wants to know that they
are the session's own compares `opening` and `seal` with the case's log.
"""

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.domain.events import AuditHead
from app.remote.audit_lines import MAX_LINE_BYTES, MAX_LINES, Chain, Opening
from app.remote.errors import AuditBrokenError, AuditError

_BEGINNINGS = (b'{"at":"', b'{"seal":{')


@dataclass(frozen=True, slots=True)
class Verified:
    """An audit whose lines all hold.

    `lines` counts the chain's lines, `head` is the last one's SHA-256 (hex). `seal` is the newest seal, over
    `seal.lines` of them. `complete` says that both ends signed for every line. `torn` says that the file ends in a
    piece of a line, as after a power cut.
    """

    opening: Opening
    lines: int
    head: str
    seal: AuditHead | None
    complete: bool
    torn: bool


def verify(source: Path | bytes) -> Verified:
    """Check the audit in this file, or in memory.

    Raises `AuditBrokenError` with the first bad line, `AuditError` where it cannot be read.
    """
    chain = Chain()
    try:
        with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
            torn = _read(file, chain)
    except OSError as error:
        raise AuditError(f"Cannot read {source!s}: {error.strerror}.") from error
    if chain.opening is None:
        raise AuditBrokenError(1, "there is no whole line in this file.")
    return Verified(
        opening=chain.opening,
        lines=chain.lines,
        head=chain.head,
        seal=chain.seal,
        complete=chain.is_sealed and not torn,
        torn=torn,
    )


def _read(file: BinaryIO, chain: Chain) -> bool:
    """Feed the chain all whole lines; True where a piece of one is left over."""
    while line := file.readline(MAX_LINE_BYTES + 2):
        if not line.endswith(b"\n"):
            _check_torn(chain, line)
            return True
        if chain.file_lines >= 2 * MAX_LINES:
            raise AuditBrokenError(chain.file_lines + 1, f"an audit has at most {MAX_LINES} lines.")
        chain.extend(line[:-1])
    return False


def _check_torn(chain: Chain, piece: bytes) -> None:
    """A piece is what a power cut leaves: the beginning of a line and no more. Anything else was put there."""
    number = chain.file_lines + 1
    if len(piece) > MAX_LINE_BYTES:
        raise AuditBrokenError(number, f"it is longer than {MAX_LINE_BYTES} bytes.")
    if not any(piece.startswith(beginning) or beginning.startswith(piece) for beginning in _BEGINNINGS):
        raise AuditBrokenError(number, "it is not JSON.")
    try:
        json.JSONDecoder().raw_decode(piece.decode(errors="replace"))
    except ValueError:
        return
    except RecursionError as error:
        raise AuditBrokenError(number, "it is not JSON.") from error
    try:
        chain.extend(piece)  # whole but for its newline
    except AuditBrokenError as error:
        raise AuditBrokenError(number, "something follows the end of the line.") from error
