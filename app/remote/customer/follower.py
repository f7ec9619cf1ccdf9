"""The technician's end as it follows the audit: lines go there in order, signatures come back."""

import contextlib
import logging
import queue
import threading
from collections.abc import Callable

import paramiko
from pydantic import ValidationError

from app.domain.events import AuditHead, EndReason
from app.remote.seals import SAID, Countersigned, Half, Leaving, Wanting, as_line, lines_from
from app.remote.transport import close_soon

_log = logging.getLogger(__name__)

_MOST_WAITING = 10_000
_CLOSE_SECONDS = 0.1


class Follower:
    """One audit channel. `send` does not wait; one thread sends, another reads what comes back."""

    def __init__(
        self,
        channel: paramiko.Channel,
        *,
        on_leave: Callable[[EndReason], None],
        on_wish: Callable[[Wanting], None],
    ) -> None:
        self._channel = channel
        self._on_leave = on_leave
        self._on_wish = on_wish
        self._waiting: queue.Queue[bytes | None] = queue.Queue(_MOST_WAITING)
        self._answers: queue.Queue[Countersigned] = queue.Queue(4)
        self._sender = threading.Thread(target=self._send, name="audit out", daemon=True)
        self._reader = threading.Thread(target=self._read, name="audit in", daemon=True)
        self._sender.start()
        self._reader.start()

    def send(self, data: bytes) -> None:
        """Send this after all before it. A far end that takes nothing for too long is dropped."""
        try:
            self._waiting.put_nowait(data)
        except queue.Full:
            _log.warning("The technician's end does not take the audit.")
            self.close()

    def countersigned(self, half: AuditHead, seconds: float) -> str:
        """The technician's signature over this head, or nothing where none comes in time."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._answers.get_nowait()  # left over from an earlier question
        self.send(as_line(Half(half=half)))
        with contextlib.suppress(queue.Empty):
            while (answer := self._answers.get(timeout=seconds)).lines != half.lines:
                pass
            return answer.signature
        return ""

    def finish(self, seconds: float) -> None:
        """Send what waits, then close; `seconds` at most."""
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(None)
        self._sender.join(seconds)
        self.close()

    def close(self) -> None:
        """Close the channel; both threads end."""
        close_soon(self._channel, _CLOSE_SECONDS)
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(None)

    def _send(self) -> None:
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            while (data := self._waiting.get()) is not None:
                while data:
                    sent = self._channel.send(data)
                    if sent == 0:
                        return
                    data = data[sent:]

    def _read(self) -> None:
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            for untrusted_line in lines_from(self._channel):
                try:
                    said = SAID.validate_json(untrusted_line)
                except ValidationError:
                    _log.warning("The technician's end said something that makes no sense.")
                    break
                self._take(said)

    def _take(self, said: Countersigned | Wanting | Leaving) -> None:
        match said:
            case Leaving():
                self._on_leave(said.reason)
            case Wanting():
                self._on_wish(said)
            case Countersigned():
                with contextlib.suppress(queue.Full):
                    self._answers.put_nowait(said)
