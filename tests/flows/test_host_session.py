"""What the customer's side of a session leaves in the case, also where the service or the disk fails."""

import threading
from pathlib import Path

import pytest

from app.domain.consent import FilesGrant, Grants, standing
from app.domain.events import AuditHead, EndReason
from app.flows import host_session
from app.flows.host_session import Ended, HostEvent, Refused, TechnicianJoined
from app.flows.party import Party
from app.flows.synchronise import send_soon
from app.store.errors import DiskFullError
from app.sync.errors import NoServiceError, ServiceFaultError, ServiceRefusedError
from tests.flows.conftest import Town
from tests.remote.chain import soon, terminal

JOINED = TechnicianJoined("Anna", "ssh-ed25519 T", "ssh-ed25519 C", "127.0.0.1:1")
ENDED = Ended(
    reason=EndReason.TECHNICIAN_LEFT,
    seconds=60,
    commands=1,
    files=0,
    audit_head=AuditHead(lines=0, head="0" * 64),
    audit=Path("nowhere"),
    recording=Path("nowhere"),
)


def _said(_: object) -> None:
    """Nobody listens."""


def test_a_session_that_could_not_begin_waits_for_nobody(town: Town, home: Path) -> None:
    lone, case_id = town.customer_with_case()
    session = host_session.host_session(lone, case_id, terminal(), _said)
    with pytest.raises(ServiceRefusedError, match="no relay"):
        session.start()
    session.close()
    case = lone.store.case(case_id)
    assert len(case.sessions) == 1
    assert case.waiting_session is None


def test_a_session_offered_to_nobody_waits_for_nobody(town: Town, home: Path) -> None:
    lone, case_id = town.customer_with_case()
    town.service.close()
    session = host_session.host_session(lone, case_id, terminal(), _said)
    with pytest.raises(NoServiceError):
        session.start()
    session.close()
    case = lone.store.case(case_id)
    assert case.waiting_session is None
    assert case.sessions[0].reason is EndReason.CONNECTION_LOST


def test_what_cannot_be_served_is_not_said_to_be_granted(town: Town, home: Path) -> None:
    lone, case_id = town.customer_with_case()
    gone = FilesGrant(folder="/nowhere", until=soon())
    held = terminal().grants
    told: list[tuple[HostEvent, Grants]] = []
    session = host_session.host_session(
        lone, case_id, Grants(grants=(*held, gone)), lambda event: told.append((event, session.grants))
    )
    refused = Refused("The folder /nowhere cannot be opened.", (gone,))
    session._happened(refused)
    session.close()
    assert told == [(refused, Grants(grants=held))]
    agreed = standing(lone.store.case(case_id).consents)
    assert agreed is not None
    assert agreed.grants.grants == held


def test_a_full_disk_keeps_no_event_from_the_customer(town: Town, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lone, case_id = town.customer_with_case()
    told: list[HostEvent] = []
    session = host_session.host_session(lone, case_id, terminal(), told.append)

    def full(*_: object) -> None:
        raise DiskFullError(lone.home.store)

    monkeypatch.setattr(Party, "write", full)
    for event in (JOINED, ENDED):
        session._happened(event)
    session.close()
    assert told[0] == JOINED
    assert ENDED in told
    assert any(isinstance(event, Ended) and event.reason is EndReason.RECORDING_FAILED for event in told)


def test_a_service_that_does_not_answer_holds_no_event_up(
    town: Town, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lone, case_id = town.customer_with_case()
    told: list[HostEvent] = []
    answers = threading.Event()
    monkeypatch.setattr(host_session, "send_soon", lambda _: answers.wait(20))
    session = host_session.host_session(lone, case_id, terminal(), told.append)
    session._happened(JOINED)
    session._happened(ENDED)
    assert told == [JOINED, ENDED]
    answers.set()
    session.close()
    assert lone.store.case(case_id).sessions[0].reason is EndReason.TECHNICIAN_LEFT


def test_what_a_failing_service_does_not_take_is_sent_later(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    lone, _ = town.customer_with_case()

    def fail(*_: object) -> None:
        raise ServiceFaultError(town.url, 500)

    monkeypatch.setattr("app.sync.synchroniser.Synchroniser.once", fail)
    send_soon(lone)
