"""Blobs to and from the service, by the core of tus 1.0 and by ranges: what got through is not sent again.

Progress is how many bytes are over, and how many there are in all. What it raises ends the transfer; the
next try goes on from there.
"""

import hashlib
import re
import time

from app.domain.progress import Counted, uncounted
from app.sync.errors import NoServiceError, ServiceRefusedError, TooOldError, UnderWayError
from app.sync.http import Http
from app.sync.ports import LocalStore

_PIECE = 4 * 1024 * 1024
_PIECE_DOWN = 1024 * 1024  # each is kept once it is whole: where the line breaks, no more than this comes again
_LARGEST = 1024 * 1024 * 1024  # what a service may set as its bound
_RESTARTS = 4
_PART, _NOT_THERE, _MOVED, _BUSY, _SPOILT = 206, 404, 409, 423, 460
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


def fetch_blob(http: Http, store: LocalStore, sha256: str, progress: Counted = uncounted) -> bool:
    """Have the store hold the content, from where an earlier try ended, whichever program made it.

    False: the service has none for this device (yet). Raises `SyncError`.
    """
    try:
        _fetch_rest(http, store, sha256, progress)
    except ServiceRefusedError as error:
        if error.status != _NOT_THERE:
            raise
        store.drop_blob(sha256)
        return False
    return True


def _fetch_rest(http: Http, store: LocalStore, sha256: str, progress: Counted) -> None:
    done, size = store.part_of_blob(sha256)
    while done != size:
        piece, size = _piece(http, sha256, done)
        if len(piece) == size:  # all of it at once
            if hashlib.sha256(piece).hexdigest() != sha256:
                raise TooOldError(http.url)
            store.receive_blob(piece)
            progress(size, size)
            return
        done = store.add_to_blob(sha256, done, piece, size)
        progress(done, size)
    if not store.finish_blob(sha256):
        raise TooOldError(http.url)


def _piece(http: Http, sha256: str, done: int) -> tuple[bytes, int]:
    """What comes after so many bytes, or all of it, whatever was asked for. With it, how long the whole is."""
    wanted = {"Range": f"bytes={done}-{done + _PIECE_DOWN - 1}"}
    answer = http.ask("GET", f"/v1/blobs/{sha256}", headers=wanted)
    if answer.status != _PART:
        return answer.content, len(answer.content)
    told = _CONTENT_RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    size = int(told[2]) if told is not None else 0
    if size > _LARGEST:
        raise TooOldError(http.url)
    if told is None or int(told[1]) != done or not 0 < len(answer.content) <= size - done:
        raise NoServiceError(http.url, "its answer was cut short")
    return answer.content, size


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
