"""One side's mailbox of a session, over the web. It has the shape that pairing asks for: `post` and `next`."""

import base64
import binascii
import time
from collections import deque
from uuid import UUID

from app.domain.records import Record, Utc
from app.sync.errors import NoServiceError, TooOldError
from app.sync.http import Http

_LONGEST_WAIT = 25.0
_PAUSE = 0.5


class _NewLetter(Record):
    body: str


class _Letter(Record):
    id: int
    at: Utc
    author: str
    body: str


class _Letters(Record):
    letters: tuple[_Letter, ...]


class HttpMailbox:
    """What this side says and what the other side said, in order. One reader at a time; each has a place of its own."""

    def __init__(self, http: Http, session: UUID) -> None:
        self._http = http
        self._path = f"/v1/sessions/{session}/mail"
        self._after = 0
        self._waiting: deque[_Letter] = deque()
        self._author: str | None = None

    @property
    def author(self) -> str | None:
        """Who wrote what `next` returned last, by the name that the service vouches for."""
        return self._author

    def post(self, body: bytes) -> None:
        """Say something to the other side: 16 KiB at most. Raises `SyncError`; it may have arrived nevertheless."""
        self._http.ask("POST", self._path, body=_NewLetter(body=base64.b64encode(body).decode()))

    def next(self, timeout: float) -> bytes | None:
        """What the other side said next, or None where it said nothing for `timeout` seconds.

        A dropped connection is bridged as long as the time allows. Raises `SyncError`.
        """
        deadline = time.monotonic() + timeout
        while not self._waiting:
            self._fetch_patiently(deadline)
            if not self._waiting and time.monotonic() >= deadline:
                return None
        letter = self._waiting.popleft()
        self._author = letter.author
        return self._decoded(letter)

    def _fetch_patiently(self, deadline: float) -> None:
        try:
            self._fetch(min(max(deadline - time.monotonic(), 0), _LONGEST_WAIT))
        except NoServiceError:
            if self._http.is_closed or deadline - time.monotonic() < _PAUSE:
                raise
            time.sleep(_PAUSE)

    def _fetch(self, wait: float) -> None:
        query = f"?after={self._after}&wait={wait:.3f}"
        found = self._http.ask_for(_Letters, "GET", self._path + query, wait=wait)
        self._waiting.extend(found.letters)
        if found.letters:
            self._after = found.letters[-1].id

    def _decoded(self, letter: _Letter) -> bytes:
        try:
            return base64.b64decode(letter.body, validate=True)
        except (binascii.Error, ValueError) as error:
            raise TooOldError(self._http.url) from error
