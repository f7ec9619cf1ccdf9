"""Keeps a device and the service the same all the time: what is written goes out at once, what is new comes in at once.

Two threads, since a request that waits for news must not hold up what is to be sent: one pushes when it is
nudged, the other holds the long poll.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from random import SystemRandom

from app.domain.errors import BistandError
from app.domain.progress import Progress
from app.sync.client import LONGEST_WAIT
from app.sync.errors import (
    AnotherLogError,
    NoServiceError,
    ServiceRefusedError,
    SyncError,
    SyncStoppedError,
    UnauthorisedError,
)
from app.sync.synchroniser import Synchroniser, SyncResult
from app.system.clock import Clock, SystemClock

_log = logging.getLogger(__name__)
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0
BREATH = 0.05
"""Between two questions where the first was answered at once, in seconds."""
_LONGEST_ASKED = 600.0
"""How long a service may ask to be left alone, in seconds."""
_TELLING = 0.1
"""How long after telling of progress the next is told, in seconds."""
_ASKS_TO_WAIT = (429, 503)


class Trouble(StrEnum):
    """What keeps this device and the service apart. The gravest stands first."""

    SHUT_OUT = "shut out"
    OFFLINE = "offline"
    BUSY = "busy"
    READING_ANEW = "reading anew"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class SyncState:
    """How this device and the service stand, at a moment (UTC).

    `pending` counts what waits to be sent; `refused` what the service refused and nobody has decided about. `error` is
    a sentence for people, or None; `trouble` says of what kind it is. `synced_at` is when both were last the same, as
    far as the loop has seen. `progress` is set while something takes more than a moment. `stopped` tells that the
    person had the work stopped; `read_anew_at` when the service's log was found to be another one. `again_at` is set
    where the service asks to be left alone until then.
    """

    online: bool
    pending: int
    refused: int
    at: datetime
    error: str | None = None
    trouble: Trouble | None = None
    synced_at: datetime | None = None
    progress: Progress | None = None
    stopped: bool = False
    read_anew_at: datetime | None = None
    again_at: datetime | None = None


class SyncLoop:
    """A service object. `on_state` is called on one of its threads, one call at a time, after every change."""

    def __init__(
        self, synchroniser: Synchroniser, on_state: Callable[[SyncState], None], clock: Clock | None = None
    ) -> None:
        self._client = synchroniser.client.twin()  # connections of its own, that closing can cut
        self._pusher = Synchroniser(synchroniser.store, self._client, partial(self._reported, "push"))
        self._puller = replace(self._pusher, report=partial(self._reported, "pull"))  # with the same locks
        self._on_state = on_state
        self._clock = clock or SystemClock()
        self._stopping = threading.Event()
        self._nudged = threading.Event()
        self._is_left = False  # whether another program was sending a file that is to go
        self._telling = threading.RLock()
        self._errors: dict[str, Exception | None] = {}
        self._awake = threading.Event()
        self._awake.set()
        self._progress: dict[str, Progress] = {}
        self._told_progress = 0.0
        self._synced_at: datetime | None = None
        self._read_anew_at: datetime | None = None
        self._again_at: datetime | None = None
        self._last: SyncState | None = None
        self._threads = [
            threading.Thread(target=self._push_always, name="sync push", daemon=True),
            threading.Thread(target=self._pull_always, name="sync pull", daemon=True),
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def nudge(self) -> None:
        """Something was written: send it now."""
        self._nudged.set()

    def rest(self) -> None:
        """Stop what is under way at its next step, and do nothing more until `go_on`. What was done stays done."""
        self._awake.clear()
        self._tell_now()

    def go_on(self) -> None:
        """Go on where `rest` stopped it."""
        self._awake.set()
        self._nudged.set()
        self._tell_now()

    def close(self) -> None:
        """Stop, also amid a long poll, and return once both threads are gone. Closing twice is fine."""
        self._stopping.set()
        self._awake.set()
        self._nudged.set()
        self._client.close()
        for thread in self._threads:
            if thread.is_alive() and thread is not threading.current_thread():
                thread.join()

    def _push_always(self) -> None:
        pauses = Pauses()
        while True:
            self._awake.wait()
            self._nudged.clear()
            if self._stopping.is_set():  # looked at after the clearing: closing sets it before it nudges
                return
            error = self._try("push", self._push)
            if error is None and not self._is_left:
                self._nudged.wait()
                pauses = Pauses()
            elif error is None or error.retry_after is None:
                self._nudged.wait(pauses.next())
            else:
                self._stopping.wait(pauses.asked(error.retry_after))  # also where something is written meanwhile

    def _pull_always(self) -> None:
        pauses = Pauses()
        wait = 0.0
        while self._awake.wait() and not self._stopping.is_set():
            began = time.monotonic()
            error = self._try("pull", partial(self._pull, wait))
            if error is None:
                pauses, wait = Pauses(), LONGEST_WAIT
                if time.monotonic() - began < 1:
                    self._stopping.wait(BREATH)  # a service that never lets wait is not asked in a frenzy
            else:
                wait = 0.0
                asked = error.retry_after
                self._stopping.wait(pauses.next() if asked is None else pauses.asked(asked))

    def _push(self) -> None:
        self._is_left = not self._pusher.push(self._moved)

    def _pull(self, wait: float) -> None:
        """Once it is done, what waited can go: the service is back, or has been given what it had lost."""
        self._puller.pull(self._moved, wait)
        store = self._puller.store
        if wait == 0 or store.outbox(1) or store.blobs_to_send():
            self.nudge()

    def _try(self, task: str, work: Callable[[], None]) -> "_Failure | None":
        """Do it, and tell how it went. A failure where it is to be tried again later."""
        try:
            work()
        except SyncStoppedError:
            self._end_of_work(task)
            self._tell_now()
            return None
        except AnotherLogError as error:
            self._read_anew_at = self._clock.now()
            self._tell(task, error)
            return _Failure()
        except BistandError as error:
            asked = error.retry_after if isinstance(error, SyncError) else None
            self._again_at = None if asked is None else self._clock.now() + timedelta(seconds=asked)
            self._tell(task, error)
            return _Failure(error.retry_after if isinstance(error, SyncError) else None)
        except Exception as error:  # noqa: BLE001 - a thread that dies would end sync without a word
            _log.exception("sync: %s failed", task)
            self._tell(task, error)
            return _Failure()
        self._tell(task, None)
        return None

    def _moved(self, _step: SyncResult) -> None:
        with self._telling:
            self._emit(always=True)

    def _reported(self, task: str, progress: Progress) -> None:
        """On the thread that does it: end it where the person wants that, else tell how far it has come."""
        if self._stopping.is_set() or not self._awake.is_set():
            raise SyncStoppedError
        with self._telling:
            self._progress[task] = progress
            if time.monotonic() - self._told_progress >= _TELLING:
                self._told_progress = time.monotonic()
                self._emit(always=False)

    def _end_of_work(self, task: str) -> None:
        with self._telling:
            self._progress.pop(task, None)

    def _tell(self, task: str, error: Exception | None) -> None:
        self._end_of_work(task)
        if self._stopping.is_set():
            return  # the connections were cut on purpose
        with self._telling:
            self._errors[task] = error
            if len(self._errors) == len(self._threads) and not any(self._errors.values()) and not self._is_left:
                self._synced_at = self._clock.now()
            self._emit(always=False)

    def _tell_now(self) -> None:
        with self._telling:
            if not self._stopping.is_set():
                self._emit(always=False)

    def _emit(self, *, always: bool) -> None:
        """Call the listener, where something differs or `always`. What it does wrong must not end the loop."""
        try:
            state = self._state()
            last, self._last = self._last, state
            if always or last is None or _is_news(last, state):
                self._on_state(state)
        except Exception:  # noqa: BLE001 - whatever a window does
            _log.exception("sync: telling the state failed")

    def _state(self) -> SyncState:
        errors = sorted(filter(None, self._errors.values()), key=lambda error: list(Trouble).index(_trouble(error)))
        standing = self._pusher.store.standing()
        return SyncState(
            online=bool(self._errors) and not any(isinstance(error, NoServiceError) for error in errors),
            pending=standing.events,
            refused=standing.refused,
            at=self._clock.now(),
            error=str(errors[0]) if errors else None,
            trouble=_trouble(errors[0]) if errors else None,
            synced_at=self._synced_at,
            progress=next(iter(self._progress.values()), None),
            stopped=not self._awake.is_set(),
            read_anew_at=self._read_anew_at,
            again_at=self._again_at if errors else None,
        )


@dataclass(frozen=True, slots=True)
class _Failure:
    """It is to be tried again: after so many seconds, where the service asks for that."""

    retry_after: float | None = None


def _is_news(last: SyncState, state: SyncState) -> bool:
    """Whether something differs that is worth a word. That both are the same still is not."""
    known = last.synced_at is not None and state.synced_at is not None
    return replace(state, at=last.at, synced_at=last.synced_at if known else state.synced_at) != last


def _trouble(error: Exception) -> Trouble:
    match error:
        case UnauthorisedError():
            return Trouble.SHUT_OUT
        case NoServiceError():
            return Trouble.OFFLINE
        case SyncError() if error.retry_after is not None:
            return Trouble.BUSY
        case ServiceRefusedError() if error.status in _ASKS_TO_WAIT:
            return Trouble.BUSY
        case AnotherLogError():
            return Trouble.READING_ANEW
        case _:
            return Trouble.FAULT


class Pauses:
    """Ever longer pauses, each with chance in it, so that a service that comes back is not met by all at once."""

    def __init__(self) -> None:
        self._pause = _FIRST_PAUSE
        self._random = SystemRandom()

    def next(self) -> float:
        """The next pause, in seconds."""
        pause = self._pause
        self._pause = min(pause * 2, _LONGEST_PAUSE)
        return pause * self._random.uniform(0.5, 1.0)

    def asked(self, seconds: float) -> float:
        """The pause that the service asks for, within bounds, and somewhat more, so that not all come back at once."""
        return min(max(seconds, self.next()), _LONGEST_ASKED) * self._random.uniform(1.0, 1.25)
