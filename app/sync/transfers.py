"""Blobs to and from the service, by the core of tus 1.0 and by ranges: what got through is not sent again.

Progress is how many bytes are over, and how many there are in all. What it raises ends the transfer; the
next try goes on from there.
"""

import hashlib
import re
import time
from dataclasses import dataclass, field
from io import SEEK_END, BytesIO

from app.domain.progress import Counted, uncounted
from app.sync.errors import NoServiceError, ServiceRefusedError, TooOldError, UnderWayError
from app.sync.http import Answer, Http

_PIECE = 4 * 1024 * 1024
_RESTARTS = 4
_PART, _MOVED, _BUSY, _SPOILT = 206, 409, 423, 460
_BUSY_SECONDS = 0.5
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,15})-[0-9]{1,15}/([0-9]{1,15})")
_TUS = {"Tus-Resumable": "1.0.0"}


def send_blob(http: Http, content: bytes, progress: Counted = uncounted) -> bool:
    """Bring the content to the service, from where an earlier try ended. False: it has it. Raises `SyncError`.

    Raises `UnderWayError` where somebody else is sending the same: they go on.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    for left in reversed(range(_RESTARTS)):
        try:
            return _send_rest(http, sha256, content, progress)
        except ServiceRefusedError as error:
            # Its offset is another one than it told, what lay there was spoilt and is dropped, or a piece is still
            # being written: of another program, or of a try of ours that was cut off a moment ago. Ask again.
            if error.status not in (_MOVED, _BUSY, _SPOILT) or (error.status == _SPOILT and not left):
                raise
            if error.status == _BUSY and left:
                time.sleep(_BUSY_SECONDS)
    raise UnderWayError


def is_there(http: Http, sha256: str) -> bool:
    """Whether the service holds the whole blob, for this device to name. Raises `SyncError`."""
    return _offset(http, sha256)[1]


@dataclass
class Downloads:
    """Blobs that come, one after the other. What came of one that was cut is kept for the next try, in memory alone.

    For one thread at a time.
    """

    _of: str = ""
    _content: BytesIO = field(default_factory=BytesIO, repr=False)

    def fetch(self, http: Http, sha256: str, progress: Counted = uncounted) -> bytes | None:
        """The content, or None where the service has none for this device (yet). Raises `SyncError`."""
        if self._of != sha256:
            self._of, self._content = sha256, BytesIO()
        try:
            self._fetch_rest(http, progress)
        except ServiceRefusedError as error:
            if error.status == 404:
                return None
            raise
        content, self._of, self._content = self._content.getvalue(), "", BytesIO()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise TooOldError(http.url)
        return content

    def _fetch_rest(self, http: Http, progress: Counted) -> None:
        done, total = self._content.seek(0, SEEK_END), -1
        while done != total:
            wanted = {"Range": f"bytes={done}-{done + _PIECE - 1}"}
            answer = http.ask("GET", f"/v1/blobs/{self._of}", headers=wanted)
            total = self._take(http, answer, done)
            done = self._content.tell()
            progress(done, total)

    def _take(self, http: Http, answer: Answer, done: int) -> int:
        """Add what came. Returns how long the whole is."""
        if answer.status != _PART:  # all of it, whatever was asked for
            self._content = BytesIO()
            return self._content.write(answer.content)
        told = _CONTENT_RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        total = int(told[2]) if told is not None else 0
        if told is None or int(told[1]) != done or not 0 < len(answer.content) <= total - done:
            raise NoServiceError(http.url, "its answer was cut short")
        self._content.write(answer.content)
        return total


def _send_rest(http: Http, sha256: str, content: bytes, progress: Counted) -> bool:
    offset, was_whole = _offset(http, sha256)
    is_whole = was_whole
    progress(min(offset, len(content)), len(content))
    while not is_whole:
        piece = content[offset : offset + _PIECE]
        headers = {
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(offset),
            "Upload-Length": str(len(content)),
            **_TUS,
        }
        http.ask("PATCH", f"/v1/blobs/{sha256}", body=piece, headers=headers)
        offset += len(piece)
        is_whole = offset >= len(content)
        progress(offset, len(content))
    return not was_whole


def _offset(http: Http, sha256: str) -> tuple[int, bool]:
    """How much the service holds, and whether that is all of it, verified."""
    headers = http.ask("HEAD", f"/v1/blobs/{sha256}", headers=_TUS).headers
    try:
        return int(headers["Upload-Offset"]), "Upload-Length" in headers
    except (KeyError, ValueError) as error:
        raise NoServiceError(http.url, "its answer was cut short") from error
