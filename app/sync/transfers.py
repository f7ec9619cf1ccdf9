"""Blobs to and from the service, by the core of tus 1.0: what got through before a drop is not sent again."""

import hashlib
from collections.abc import Callable

from app.domain.progress import uncounted
from app.sync.errors import NoServiceError, ServiceRefusedError, TooOldError
from app.sync.http import Http

_PIECE = 4 * 1024 * 1024
_RESTARTS = 3
_TUS = {"Tus-Resumable": "1.0.0"}


def send_blob(http: Http, content: bytes, on_progress: Callable[[int, int], None] = uncounted) -> None:
    """Bring the content to the service, from where an earlier try ended. Raises `SyncError`.

    `on_progress` is told before each piece how many bytes are there, of how many; what it raises ends it.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    for restart in range(_RESTARTS):
        try:
            _send_rest(http, sha256, content, on_progress)
            return
        except ServiceRefusedError as error:
            # Its offset is another one than it told, or what lay there was spoilt and is dropped: ask again.
            if error.status not in (409, 460) or restart == _RESTARTS - 1:
                raise


def fetch_blob(http: Http, sha256: str) -> bytes | None:
    """The content, or None where the service has none for this device (yet). Raises `SyncError`."""
    try:
        content = http.ask("GET", f"/v1/blobs/{sha256}").content
    except ServiceRefusedError as error:
        if error.status == 404:
            return None
        raise
    if hashlib.sha256(content).hexdigest() != sha256:
        raise TooOldError(http.url)
    return content


def _send_rest(http: Http, sha256: str, content: bytes, on_progress: Callable[[int, int], None]) -> None:
    offset, is_whole = _offset(http, sha256)
    while not is_whole:
        on_progress(offset, len(content))
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


def _offset(http: Http, sha256: str) -> tuple[int, bool]:
    """How much the service holds, and whether that is all of it, verified."""
    headers = http.ask("HEAD", f"/v1/blobs/{sha256}", headers=_TUS).headers
    try:
        return int(headers["Upload-Offset"]), "Upload-Length" in headers
    except (KeyError, ValueError) as error:
        raise NoServiceError(http.url, "its answer was cut short") from error
