"""The technician's copy of the audit: taken line by line, countersigned when asked, searched for checksums."""

import contextlib
import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paramiko
from pydantic import ValidationError

from app.domain.events import AuditHead, EndReason
from app.domain.records import Record
from app.remote.audit import AuditCopy
from app.remote.errors import AuditError, ConnectionLostError, RemoteError, SessionEndedError, TransferError
from app.remote.seals import Countersigned, Leaving, State, as_line, half_of, lines_from, news_of

_log = logging.getLogger(__name__)

_FILES = frozenset({"file_received", "file_sent"})
_SUMMED = frozenset({"file_written", "file_sent"})
_COMMANDS = frozenset({"command", "shell"})
_PATIENCE = 15.0
_TICK = 0.5
NOTHING = AuditHead(lines=0, head="0" * 64)


class AuditFollower:
    """Follows the customer's audit on a thread of its own. `on_end` is told once the channel is over.

    `on_end` gets the reason of the last line, or `CONNECTION_LOST` where there was none, or `FAULT` where the
    audit did not hold. `on_news` gets what holds from now on, `on_colleagues` is told when one comes in or leaves.
    `is_reached` tells whether the customer's end is there at this moment: what it says is waited for so long, but not
    while it is away. `on_port_failed` gets the `host:port` that the customer's end could not connect to, and why.
    `checksum` is for one transfer at a time.
    """

    def __init__(
        self,
        channel: paramiko.Channel,
        copy: AuditCopy,
        on_end: Callable[[EndReason], None],
        on_news: Callable[[State], None],
        on_colleagues: Callable[[], None],
        is_reached: Callable[[], bool],
        on_port_failed: Callable[[str, str], None] = lambda _place, _why: None,
    ) -> None:
        self._channel = channel
        self._copy = copy
        self._on_end = on_end
        self._on_news = on_news
        self._on_colleagues = on_colleagues
        self._is_reached = is_reached
        self._on_port_failed = on_port_failed
        self._saying = threading.Lock()
        self._news = threading.Condition()
        self._checksums: dict[tuple[str, str], str] = {}
        self._reason: EndReason | None = None
        self._over = False
        self.commands = 0
        self.files = 0
        self.colleagues: tuple[str, ...] = ()
        self._thread = threading.Thread(target=self._run, name="audit copy", daemon=True)

    @property
    def head(self) -> AuditHead:
        """The newest seal, or where the chain stands."""
        return self._copy.sealed or self._copy.head

    @property
    def path(self) -> Path:
        """This end's copy."""
        return self._copy.path

    def reason(self, otherwise: EndReason) -> EndReason:
        """Why it ended, as the last line says; `otherwise` where there was none."""
        return self._reason or otherwise

    def start(self, timeout: float) -> None:
        """Begin to follow; returns once the first line is there. Raises `SessionEndedError`."""
        self._thread.start()
        with self._news:
            self._news.wait_for(lambda: self._over or self._copy.head.lines > 0, timeout)
            if not self._copy.head.lines:
                raise SessionEndedError(self._reason or EndReason.CONNECTION_LOST)

    def say(self, message: Record) -> None:
        """Say something to the customer's end. Raises `ConnectionLostError`."""
        try:
            with self._saying:
                self._channel.sendall(as_line(message))
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise ConnectionLostError("The session is over.") from error

    def leave(self, timeout: float, goodbye: Leaving) -> None:
        """Say goodbye and wait for the last line and its seal, `timeout` seconds at most. Any thread but its own."""
        with contextlib.suppress(RemoteError):
            self.say(goodbye)
        with self._news:
            self._news.wait_for(lambda: self._over, timeout)

    def close(self) -> None:
        """Close the channel and the file; its thread ends."""
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            self._channel.close()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(2.0)
        self._copy.close()

    def checksum(self, kind: str, path: str) -> str:
        """The SHA-256 that the customer's end noted for this transfer. Raises `TransferError`, `SessionEndedError`."""
        with self._news:
            left = _PATIENCE
            while left > 0 and not (self._over or (kind, path) in self._checksums):
                self._news.wait(_TICK)
                left -= _TICK if self._is_reached() else 0.0
            found = self._checksums.pop((kind, path), None)
            if found is not None:
                return found
            if self._over:
                raise SessionEndedError(self._reason or EndReason.CONNECTION_LOST)
        raise TransferError("The customer's computer did not confirm the file. Try again.")

    def _run(self) -> None:
        try:
            for untrusted_line in lines_from(self._channel):
                self._take(untrusted_line)
        except (AuditError, ValidationError) as error:
            _log.error("The customer's audit does not hold: %s", error)
            self._reason = EndReason.FAULT
        except (OSError, EOFError, paramiko.SSHException, ConnectionLostError) as error:
            _log.debug("The audit channel ended: %s", error)
        with self._news:
            self._over = True
            self._news.notify_all()
        self._on_end(self._reason or EndReason.CONNECTION_LOST)

    def _take(self, untrusted_line: bytes) -> None:
        asked = half_of(untrusted_line)
        if asked is not None:
            self.say(Countersigned(lines=asked.half.lines, signature=self._copy.countersign(asked.half)))
            return
        news = news_of(untrusted_line)
        if news is not None:
            self._on_news(news)
            return
        self._copy.receive(untrusted_line)
        line, before = json.loads(untrusted_line), self.colleagues
        with self._news:
            if "kind" in line:
                self._learn(line["kind"], line["details"])
            self._news.notify_all()
        if self.colleagues != before:
            self._on_colleagues()
        if line.get("kind") == "port_failed":
            self._on_port_failed(str(line["details"].get("what")), str(line["details"].get("why")))

    def _learn(self, kind: str, untrusted_details: dict[str, Any]) -> None:
        self.commands += kind in _COMMANDS
        self.files += kind in _FILES
        if kind in _SUMMED:
            self._checksums[kind, str(untrusted_details.get("what"))] = str(untrusted_details.get("sha256"))
        if kind in ("colleague_came", "colleague_left"):
            self._meet(str(untrusted_details.get("what")), here=kind == "colleague_came")
        if kind == "end":
            with contextlib.suppress(ValueError):
                self._reason = EndReason(str(untrusted_details.get("reason")))

    def _meet(self, untrusted_name: str, *, here: bool) -> None:
        """A colleague came in, or is not in any more."""
        others = tuple(name for name in self.colleagues if name != untrusted_name)
        self.colleagues = (*others, untrusted_name) if here else others
