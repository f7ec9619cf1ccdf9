"""A session as the two apps hold it: paired by code over a mailbox, then used and ended by either."""

import os
import queue
import signal
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from app.domain.consent import FilesGrant, Grants
from app.domain.events import EndReason
from app.remote.customer.host import (
    CodeBurned,
    CodeShown,
    Ended,
    HostedSession,
    HostEvent,
    Output,
    TechnicianJoined,
)
from app.remote.errors import HostingError, WrongCodeError
from app.remote.relay.relay import Relay
from app.remote.technician.session import TechnicianSession, join
from app.remote.verify import verify
from app.system.clock import SystemClock, new_id
from tests.remote.chain import PATIENCE, soon, terminal
from tests.remote.pairing.mailboxes import Post

assert sys.platform != "win32"

_T = TypeVar("_T")


class Meeting:
    """Customer and technician of one session."""

    def __init__(self, relay: Relay, folder: Path, grants: Grants) -> None:
        self.relay = relay
        self.session, self.case = new_id(), new_id()
        self.post = Post()
        self._events: queue.Queue[HostEvent] = queue.Queue()
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
            on_event=self._events.put,
            clock=SystemClock(),
        )

    def next(self, kind: type[_T]) -> _T:
        while not isinstance(event := self._events.get(timeout=PATIENCE), kind):
            pass
        return event

    def join(self, code: str) -> TechnicianSession:
        return join(
            session=self.session,
            case=self.case,
            technician="Anna",
            code=code,
            mailbox=self.post.technician(),
            door=lambda key: self.relay.admit_technician(self.session, key),
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
    met = Meeting(relay, tmp_path, grants)
    with closing(met.hosted), pytest.raises(HostingError, match="never shared"):
        met.hosted.start()
