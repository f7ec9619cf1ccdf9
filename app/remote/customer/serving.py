"""One hosted session: waits at the relay, serves the technicians it may, and ends everything it started.

Lives in the hosting process. The gate is asked by the servers, the work is done on threads of its own, and
`stop` is the one way out, whoever asks for it and for whatever reason; the first reason counts.
"""

# ruff: noqa: E402 - the platform comes first, so that mypy passes over the rest on Windows

import sys

assert sys.platform != "win32"  # noqa: S101 - no session is hosted on Windows yet

import logging
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

from app.domain.consent import FilesGrant, FilesWish, Grants, Wish
from app.domain.events import EndReason
from app.domain.relay import Door
from app.remote.customer import control
from app.remote.customer.entrance import Entrance
from app.remote.customer.guests import Guests
from app.remote.customer.journal import Journal
from app.remote.customer.post import Post
from app.remote.customer.processes import kill_all_below
from app.remote.customer.visit import Visit
from app.remote.customer.voice import Voice
from app.remote.customer.works import Works
from app.remote.errors import GrantError, RemoteError, TooManyRefusedError
from app.remote.gate import Gate, Request, Verb
from app.remote.keys import new_key, public_text
from app.remote.seals import SEAL_EVERY_SECONDS, State, Wanting
from app.remote.way.way import Way
from app.system.clock import UnstoppedClock

_log = logging.getLogger(__name__)

KILL_SECONDS = 0.4
SEAL_SECONDS = 0.5
_MOST_WISHES = 4
_COLLEAGUES_WAYS = 2  # so that nobody who looks on takes the technician's own
_MOST_STRANGERS_NOTED = 100
_GOODBYE_SECONDS = 0.7  # counted from Stop: colleagues may hear why
_TICK = 0.2


class Serving:
    """The session, from its keys to its end. Raises `GrantError`, `RecordingError`, `AuditError`, `OSError` when made.

    All methods may be called from any thread; only `wait` waits.
    """

    def __init__(self, begin: control.Begin, voice: Voice) -> None:
        self._host_key = new_key()
        self._link_key = new_key()
        self._voice = voice
        self._clock = UnstoppedClock()
        self._gate = Gate(begin.grants, self._clock)
        self._journal = Journal(
            begin,
            self._host_key,
            voice,
            self._clock,
            on_fault=self._failed,
            on_leave=self._left,
            on_wish=self._wished,
        )
        never = tuple(Path(folder) for folder in (*begin.never, begin.folder))
        folders = begin.grants.folders(self._clock.now())
        self._works = Works(self._gate, folders, never, self._journal, voice, on_fault=self._failed)
        self._entrance = Entrance(
            begin.session,
            self._host_key,
            self._came,
            self._reach_changed,
            self._sent_away,
            begin.lost_seconds,
        )
        self._post = Post(
            self._link_key,
            on_arrival=self._entrance.arrived,
            on_waiting=lambda: voice.say(control.Listening()),
            want_door=lambda: voice.say(control.DoorWanted()),
        )
        self._lock = threading.Lock()
        self._reason: EndReason | None = None
        self._over = threading.Event()
        self._guests = Guests(self._gate, self._journal.note)
        self._reached = self._was_reached = False
        self._strangers = 0
        self._wishes: dict[int, Wanting] = {}
        self._relay = ""
        self._changed = threading.Event()
        self._started_at = 0.0
        threading.Thread(target=self._watch, name="expiry", daemon=True).start()

    @property
    def host_key(self) -> str:
        """The public key that the technician's client must find here."""
        return public_text(self._host_key)

    @property
    def link_key(self) -> str:
        """The public key that the relay must let in."""
        return public_text(self._link_key)

    def listen(self, door: Door) -> None:
        """Go to the relay and wait there for the technician, on a thread of its own."""
        self._relay = door.host
        self._post.listen(door)

    def no_door(self, *, over: bool) -> None:
        """The app found no door. `over`: it never will."""
        if over:
            self.stop(EndReason.CONNECTION_LOST, "the service says that the session is over")
        else:
            self._post.no_door()

    def pair(self, technician: str, key: str) -> None:
        """Let exactly this technician in: the first one whose session it is, later ones as invited colleagues."""
        guest = self._guests.invite(technician, key) if self._reason is None else None
        if guest is None:
            return
        with suppress(RemoteError):  # the session ends then by itself
            if guest.is_colleague:
                self._journal.note("colleague", technician, key=key)
                self._entrance.admit(key, _COLLEAGUES_WAYS)
            else:
                self._journal.open(technician, key, self._relay, self._gate.grants)
                self._entrance.admit(key)

    def set_grants(self, grants: Grants, asked: int | None = None) -> None:
        """From now on these count. What is not granted any more is closed at once. `asked` is the wish they answer.

        One that cannot be served is told of, and counts as not granted. It must not keep another from being taken back.
        """
        failed = self._works.open_folders(grants.folders(self._clock.now()))
        served = Grants(grants=tuple(grant for grant in grants.grants if grant not in failed))
        self._gate.replace(served)
        self._changed.set()
        self._journal.grants(served)
        if failed:
            self._refuse(failed)
        answered = self._wishes.pop(asked, None) if asked is not None else None
        wish = answered.wish if answered is not None else None
        self._tell(asked, granted=not any(_is_for(wish, grant) for grant in failed))
        self._close_denied()

    def _refuse(self, failed: dict[FilesGrant, GrantError]) -> None:
        """Say that these cannot be served, and why."""
        for grant, error in failed.items():
            with suppress(RemoteError):
                self._journal.note("grant_failed", grant.folder, why=str(error))
        self._voice.say(control.Refused(why=" ".join(map(str, failed.values())), grants=tuple(failed)))

    def decline(self, asked: int) -> None:
        """The customer does not want to grant this."""
        if self._wishes.pop(asked, None) is None:
            return
        with suppress(RemoteError):
            self._journal.note("declined", "")
        self._tell(asked, granted=False)

    def pause(self, paused: bool) -> None:
        """Freeze every channel, or let them go on."""
        if self._gate.paused is paused or self._reason is not None:
            return
        self._gate.pause(paused)
        with suppress(RemoteError):
            self._journal.note("paused" if paused else "resumed", "")
        self._tell()

    def type_secret(self, run: int, text: str) -> None:
        """Type this for the customer where the echo is off. What it was is kept nowhere."""
        self._works.type_secret(run, text)

    def stop_soon(self, reason: EndReason, why: str = "") -> None:
        """As `stop`, on a thread of its own."""
        threading.Thread(target=self.stop, args=(reason, why), name="stopping", daemon=True).start()

    def stop(self, reason: EndReason, why: str = "") -> None:
        """End it all: no more requests, every process killed, the audit sealed by both, every channel closed."""
        with self._lock:
            if self._reason is not None:
                return
            self._reason = reason
        try:
            self._end(reason, why)
        except BaseException:  # this process ends now all the same, and all that it started
            kill_all_below(os.getpid(), KILL_SECONDS)
            raise
        finally:
            self._over.set()

    def _end(self, reason: EndReason, why: str) -> None:
        began = time.monotonic()
        self._gate.replace(Grants())
        self._works.refuse()
        kill_all_below(os.getpid(), 0.0)  # once around, before any thread here is busy with hanging up
        self._gate.pause(False)  # what was held finds nothing granted any more
        self._changed.set()
        self._works.end()
        for visit in self._guests.visits:
            visit.server.close_channels(lambda request: request.verb is not Verb.AUDIT, reason)
        left = kill_all_below(os.getpid(), KILL_SECONDS)
        seconds = time.monotonic() - self._started_at if self._started_at else 0.0
        over = self._journal.end(reason, why, seconds, left, SEAL_SECONDS if self._reached else 0.0)
        for visit in self._guests.visits:
            visit.await_leaving(_GOODBYE_SECONDS - (time.monotonic() - began))
            visit.close()
        self._entrance.close()
        self._post.close()
        self._voice.say(over)

    def wait(self) -> None:
        """Until it has ended, by whomever."""
        self._over.wait()

    def _came(self, way: Way, key: str) -> None:
        """A new way, on a thread of its own: let its technician log in, and stay while they are in."""
        guest = self._guests.of(key)
        if guest is None or self._reason is not None:
            way.close()
            return
        visit = Visit(way, guest, self._host_key, self._gate, self._works, self._journal.note)
        if not visit.log_in() or not self._enter(visit):
            visit.close()
            return
        visit.attend()
        self._gone(visit)

    def _sent_away(self) -> None:
        """A stranger came. Noted, but not for ever: a flood of them must not fill the disk."""
        with self._lock:
            self._strangers += 1
            if self._strangers > _MOST_STRANGERS_NOTED:
                return
        with suppress(RemoteError):
            self._journal.note("refused", "coming in", why="not the paired technician")

    def _enter(self, visit: Visit) -> bool:
        """Count this visit; the first one is what the session stands and falls with."""
        with self._lock:
            if self._reason is not None or not self._guests.enter(visit):
                return False
            first = visit is self._guests.first
            if first:
                self._started_at = time.monotonic()
        if first:
            self._voice.say(control.Entered())
            self._reach_changed()
        return True

    def _gone(self, visit: Visit) -> None:
        gone = self._guests.leave(visit)
        if gone is not None:
            self._entrance.dismiss(gone.key)
        visit.server.close_channels(lambda _: True)
        if visit is self._guests.first:
            why = "the technician's end hung up" if visit.left_in_order else "the technician's connection was lost"
            self.stop(EndReason.CONNECTION_LOST, why)

    def _reach_changed(self) -> None:
        """A way rests, or is carried again."""
        with self._lock:
            first = self._guests.first
            reached = first is not None and first.is_reached
            if first is None or reached is self._reached:
                return
            self._reached = reached
            again, self._was_reached = self._was_reached, True
        self._voice.say(control.Reached(reached=reached))
        if again:
            with suppress(RemoteError):
                self._journal.note("technician_back" if reached else "technician_lost", "")

    def _wished(self, wanting: Wanting) -> None:
        """The technician would like something: the customer is asked, and nobody else can answer."""
        if self._reason is not None:
            return
        if len(self._wishes) >= _MOST_WISHES or wanting.number in self._wishes:
            self._tell(wanting.number, granted=False)
            return
        with suppress(RemoteError):
            self._journal.asked(wanting)
            self._wishes[wanting.number] = wanting
            self._voice.say(
                control.Asked(number=wanting.number, wish=wanting.wish, minutes=wanting.minutes, why=wanting.why)
            )

    def _tell(self, answered: int | None = None, *, granted: bool = False) -> None:
        self._journal.tell(
            State(grants=self._gate.grants, paused=self._gate.paused, answered=answered, granted=granted)
        )

    def _watch(self) -> None:
        """End the session when the last grant runs out; close what has run out before; have the audit sealed."""
        sealed_at = time.monotonic()
        while self._reason is None:
            left = self._gate.seconds_left()
            if left <= 0:
                self.stop(EndReason.EXPIRED)
                return
            self._changed.wait(min(left, 1.0))
            self._changed.clear()
            self._close_denied()
            if self._reached and time.monotonic() - sealed_at > SEAL_EVERY_SECONDS:
                self._journal.seal(SEAL_SECONDS)
                sealed_at = time.monotonic()

    def _close_denied(self) -> None:
        """Close what is not granted any more, and end what shells have started once they are not."""
        if self._reason is not None:
            return
        closed = [visit.server.close_channels(self._is_denied) for visit in self._guests.visits]
        for guest in self._guests.dismiss():
            self._entrance.dismiss(guest.key)
        if any(closed):
            kill_all_below(os.getpid(), KILL_SECONDS)

    def _is_denied(self, request: Request) -> bool:
        """Whether something that was let in must go. The audit goes on to the very end."""
        return request.verb is not Verb.AUDIT and not self._gate.stands(request)

    def _failed(self, error: RemoteError) -> None:
        reason = EndReason.FAULT if isinstance(error, TooManyRefusedError) else EndReason.RECORDING_FAILED
        self.stop_soon(reason, str(error))

    def _left(self, reason: EndReason) -> None:
        self.stop_soon(reason)


def _is_for(wish: Wish | None, grant: FilesGrant) -> bool:
    """Whether the grant is what was wished for."""
    return isinstance(wish, FilesWish) and (wish.folder, wish.write) == (grant.folder, grant.write)
