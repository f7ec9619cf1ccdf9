"""A session as the two apps hold it: paired by code over a mailbox, then used and ended by either."""

import json
import os
import queue
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import pytest
from paramiko import Channel

from app.domain.consent import FilesGrant, Grants
from app.domain.events import EndReason
from app.domain.relay import Door
from app.remote.customer import host
from app.remote.customer.host import (
    CodeBurned,
    CodeShown,
    Ended,
    HostedSession,
    HostEvent,
    Output,
    Refused,
    TechnicianJoined,
)
from app.remote.errors import HostingError, RefusedByCustomerError, RemoteError, WrongCodeError
from app.remote.keys import new_key, public_text
from app.remote.link import technician_link
from app.remote.pairing.code import Code
from app.remote.pairing.steps import Subject
from app.remote.pairing.technician import pair
from app.remote.relay.relay import Relay
from app.remote.technician.joining import join
from app.remote.technician.session import TechnicianSession
from app.remote.verify import verify
from app.system.clock import SystemClock, new_id
from tests.remote.chain import PATIENCE, hosted, soon, terminal
from tests.remote.pairing.mailboxes import Post

assert sys.platform != "win32"

_T = TypeVar("_T")
ORIGIN = ("127.0.0.1", 0)


class Meeting:
    """Customer and technician of one session."""

    def __init__(self, relay: Relay, folder: Path, grants: Grants, never: tuple[Path, ...] = ()) -> None:
        self.relay = relay
        self.session, self.case = new_id(), new_id()
        self.post = Post()
        self._events: queue.Queue[HostEvent] = queue.Queue()
        self.take: Callable[[HostEvent], None] = self._events.put
        self.customer_folder, self.technician_folder = folder / "customer", folder / "technician"
        for made in (self.customer_folder, self.technician_folder):
            made.mkdir()
        self.hosted = HostedSession(
            session=self.session,
            case=self.case,
            customer="Møller",
            grants=grants,
            mailbox=self.post.customer,
            door=lambda key: relay.admit_customer(self.session, key),
            folder=self.customer_folder,
            never=never,
            on_event=self._take,
            clock=SystemClock(),
        )

    def _take(self, event: HostEvent) -> None:
        self.take(event)

    def next(self, kind: type[_T]) -> _T:
        while not isinstance(event := self._events.get(timeout=PATIENCE), kind):
            pass
        return event

    def join(self, code: str, door: Callable[[str], Door] | None = None) -> TechnicianSession:
        return join(
            session=self.session,
            case=self.case,
            technician="Anna",
            code=code,
            mailbox=self.post.technician(),
            door=door or (lambda key: self.relay.admit_technician(self.session, key)),
            folder=self.technician_folder,
            clock=SystemClock(),
        )


@contextmanager
def meeting(relay: Relay, folder: Path, grants: Grants) -> Iterator[Meeting]:
    met = Meeting(relay, folder, grants)
    with closing(met.hosted):
        met.hosted.start()
        yield met
    relay.expel(met.session)


def test_the_customer_reads_out_a_code_and_the_technician_is_in(relay: Relay, tmp_path: Path, home: Path) -> None:
    with meeting(relay, tmp_path, terminal()) as met:
        session = met.join(met.next(CodeShown).code)
        joined = met.next(TechnicianJoined)
        assert joined.name == "Anna"
        assert joined.relay.startswith("127.0.0.1:")
        assert session.run("echo hello").stdout == "hello\n"
        assert met.next(Output).data == b"hello\n"
        ended = session.end()
        told = met.next(Ended)
        assert told.reason is ended.reason is EndReason.TECHNICIAN_LEFT
        assert told.audit_head == ended.audit_head
        assert verify(told.audit).complete
        assert told.commands == 1
        assert not told.forced
        assert met.hosted.stop() == told


def test_a_technician_who_comes_sooner_than_the_customer_waits_for_them(
    relay: Relay, tmp_path: Path, home: Path
) -> None:
    met = Meeting(relay, tmp_path, terminal())

    def held_up(key: str) -> Door:
        os.kill(met.hosted._child.pid, signal.SIGSTOP)
        return relay.admit_customer(met.session, key)

    met.hosted._door = held_up
    ways = []

    def door(key: str) -> Door:
        ways.append(relay.admit_technician(met.session, key))
        if len(ways) == 2:  # the first time nobody was there
            os.kill(met.hosted._child.pid, signal.SIGCONT)
        return ways[-1]

    with closing(met.hosted):
        met.hosted.start()
        session = met.join(met.next(CodeShown).code, door)
        assert session.run("echo hello").stdout == "hello\n"
        session.end()
    relay.expel(met.session)


def test_a_wrong_code_burns_it_and_the_next_one_works(relay: Relay, tmp_path: Path, home: Path) -> None:
    with meeting(relay, tmp_path, terminal()) as met:
        code = met.next(CodeShown).code
        wrong = f"{(int(code) + 1) % 10**8:08}"
        with pytest.raises(WrongCodeError):
            met.join(wrong)
        assert met.next(CodeBurned).left == 2
        with pytest.raises(WrongCodeError):
            met.join(code)
        fresh = met.next(CodeShown).code
        while fresh == code:
            fresh = met.next(CodeShown).code
        met.next(CodeBurned)
        session = met.join(met.next(CodeShown).code)
        assert session.run("true").exit_status == 0
        session.end()


def test_what_cannot_be_served_is_told_and_all_else_holds(relay: Relay, tmp_path: Path, home: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "file").write_text("here")
    with meeting(relay, tmp_path, terminal()) as met:
        session = met.join(met.next(CodeShown).code)
        met.next(TechnicianJoined)
        ours, gone, fine = (
            FilesGrant(folder=str(folder), until=soon())
            for folder in (met.customer_folder, tmp_path / "nowhere", shared)
        )
        met.hosted.set_grants(Grants(grants=(ours, gone, fine)))
        refused = met.next(Refused)
        assert refused.grants == (ours, gone)
        assert "never shared" in refused.why
        assert "cannot be opened" in refused.why
        assert session.get(str(shared / "file"), tmp_path / "copy").bytes == 4
        for folder in (met.customer_folder, tmp_path / "nowhere"):
            with pytest.raises(RemoteError):
                session.get(str(folder / "file"), tmp_path / "other")
        with pytest.raises(RefusedByCustomerError):
            session.run("true")
        ended = session.end()
        noted = [json.loads(line) for line in ended.audit.read_text().splitlines()]
        failed = [line["details"]["what"] for line in noted if line.get("kind") == "grant_failed"]
        granted = [line["details"]["what"] for line in noted if line.get("kind") == "grant"]
        assert failed == [str(met.customer_folder), str(tmp_path / "nowhere")]
        assert granted[1:] == [str(shared)]


def test_stopping_before_anybody_came_is_quick_and_quiet(relay: Relay, tmp_path: Path, home: Path) -> None:
    with meeting(relay, tmp_path, terminal()) as met:
        met.next(CodeShown)
        ended = met.hosted.stop()
        assert ended.reason is EndReason.CUSTOMER_STOPPED
        assert ended.audit_head.lines == 0
        assert met.next(Ended) == ended
        assert met.hosted.stop() == ended


def test_a_process_that_does_not_answer_is_killed_and_that_is_said(relay: Relay, tmp_path: Path, home: Path) -> None:
    with meeting(relay, tmp_path, terminal()) as met:
        session = met.join(met.next(CodeShown).code)
        session.run("echo before")
        os.kill(met.hosted._child.pid, signal.SIGSTOP)
        ended = met.hosted.stop()
        assert ended.forced
        assert ended.reason is EndReason.CUSTOMER_STOPPED
        assert ended.audit_head.lines > 0
        session.end()


def test_a_folder_that_cannot_be_granted_is_a_clear_error(relay: Relay, tmp_path: Path, home: Path) -> None:
    home.mkdir()
    grants = Grants(grants=(FilesGrant(folder=str(home), until=soon()),))
    met = Meeting(relay, tmp_path, grants, never=(home,))
    with closing(met.hosted), pytest.raises(HostingError, match="never shared"):
        met.hosted.start()


def test_a_technician_who_knows_the_code_and_stays_away_does_not_hold_the_customer_up(
    relay: Relay, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "ENTER_SECONDS", 0.5)
    with meeting(relay, tmp_path, terminal()) as met:
        code = Code.parse(met.next(CodeShown).code)
        subject = Subject(session=met.session, case=met.case)
        pair(code, subject, name="Anna", key=public_text(new_key()), mailbox=met.post.technician())
        assert met.next(Ended).reason is EndReason.CONNECTION_LOST


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_whatever_the_listener_does_wrong_the_session_ends_and_its_end_is_told(
    relay: Relay, tmp_path: Path, home: Path
) -> None:
    with meeting(relay, tmp_path, terminal()) as met:
        code, take = met.next(CodeShown).code, met.take

        def fail_at_joining(event: HostEvent) -> None:
            if isinstance(event, TechnicianJoined):
                raise LookupError("a mistake of the program's own")  # noqa: TRY004 - any mistake will do
            take(event)

        met.take = fail_at_joining
        with suppress(RemoteError):
            met.join(code).end()
        assert met.next(Ended).seconds >= 0


def test_strangers_at_the_door_are_few_and_are_told_nothing(relay: Relay, tmp_path: Path) -> None:
    with hosted(relay, tmp_path, terminal()) as customer:
        customer.wait_until_paired()
        key = new_key()
        with closing(technician_link(customer.door(public_text(key)), key)) as link:
            strangers = [link.reach() for _ in range(12)]
            hung_up = [_hangs_up(stranger, 0.3) for stranger in strangers]
            assert 4 <= hung_up.count(True) < 12  # no more than eight may stand there
            waiting = strangers[hung_up.index(False)]
            hello = b'{"key":"ssh-ed25519 AAAA","nonce":"' + b"0" * 32 + b'","v":1,"way":"' + b"0" * 32 + b'"}'
            waiting.sendall(len(hello).to_bytes(2) + hello)
            assert _hangs_up(waiting, PATIENCE)


def _hangs_up(carrier: Channel, seconds: float) -> bool:
    """Whether the customer's end closes it without a word."""
    carrier.settimeout(seconds)
    try:
        said = carrier.recv(4)
    except TimeoutError:
        return False
    assert said == b""
    return True
