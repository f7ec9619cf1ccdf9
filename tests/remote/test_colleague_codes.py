"""How a colleague comes into a running session: by a code of their own, under their own name, while invited."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.consent import ColleagueGrant, Grants
from app.remote.customer import control
from app.remote.customer.host import CodeShown, ColleagueCode, ColleagueCodeBurned, ColleagueCodeGone, TechnicianJoined
from app.remote.errors import LinkError, NoAnswerError, NotInvitedError, WrongCodeError
from app.remote.keys import new_key, public_text
from app.remote.pairing.code import Code
from app.remote.pairing.steps import Subject
from app.remote.pairing.technician import AnswerLimits, pair
from app.remote.relay.relay import Relay
from app.remote.relay.sshd import Side
from app.remote.technician.pinned import Pinned
from app.remote.technician.watching import WatchedSession, WatchOver
from tests.remote.chain import PATIENCE, hosted, terminal
from tests.remote.colleague_room import invitation, other_than, room
from tests.remote.customer.test_host import meeting
from tests.remote.test_session import Heard

assert sys.platform != "win32"

QUICK = AnswerLimits(answer_seconds=1.0, proof_seconds=5.0)


def test_the_right_code_under_another_name_opens_nothing(relay: Relay, tmp_path: Path, home: Path) -> None:
    with room(relay, tmp_path) as there:
        code = there.code(invitation("Bo"))
        with pytest.raises(NotInvitedError, match="another name than Bo Larsen"):
            there.comes(code, "Bo Larsen")
        burned = there.met.next(ColleagueCodeBurned)
        assert (burned.name, burned.left, burned.stranger) == ("Bo", 2, "Bo Larsen")
        fresh = there.met.next(ColleagueCode).code
        with pytest.raises(WrongCodeError):
            there.comes(other_than(fresh), "Bo")
        assert there.met.next(ColleagueCodeBurned).stranger == ""
        bo = there.comes(there.met.next(ColleagueCode).code, "Bo")
        bo.close()
        kinds = [line["kind"] for line in there.audit()]
    assert kinds.count("colleague") == kinds.count("colleague_came") == 1


def test_guesses_burn_codes_until_the_customer_asks_for_more(relay: Relay, tmp_path: Path, home: Path) -> None:
    with room(relay, tmp_path) as there:
        code = there.code(invitation())
        for left in (2, 1, 0):
            with pytest.raises(WrongCodeError):
                there.comes(other_than(code))
            assert there.met.next(ColleagueCodeBurned).left == left
            if left:
                code = there.met.next(ColleagueCode).code
        with pytest.raises(WrongCodeError):
            there.comes(code)
        there.met.hosted.fresh_code()
        there.comes(there.met.next(ColleagueCode).code).close()


def test_nobody_is_paired_with_where_nobody_is_invited(relay: Relay, tmp_path: Path, home: Path) -> None:
    with room(relay, tmp_path) as there:
        with pytest.raises(NoAnswerError):
            there.comes("12345678", limits=QUICK)
        code = there.code(invitation())  # what was said before burns nothing now
        there.comes(code).close()
        there.did("colleague_left")
        there.code(invitation(may_type=True))
        there.grant()
        there.met.next(ColleagueCodeGone)
        with pytest.raises(NoAnswerError):
            there.comes(code, limits=QUICK)
        kinds = [line["kind"] for line in there.audit()]
    assert kinds.count("colleague") == 1


def test_colleagues_are_paired_one_after_the_other(relay: Relay, tmp_path: Path, home: Path) -> None:
    with room(relay, tmp_path) as there:
        heard, other = Heard(), Heard()
        code = there.code(invitation("Bo"), invitation("Cy"))
        with pytest.raises(NotInvitedError):
            there.comes(code, "Cy")
        bo = there.comes(there.met.next(ColleagueCode).code, "Bo", heard)
        shown = there.met.next(ColleagueCode)
        assert shown.name == "Cy"
        cy = there.comes(shown.code, "Cy", other)
        there.shell.write(b"echo to all\n")
        heard.wait_for(rb"[\r\n]to all\r\n")
        other.wait_for(rb"[\r\n]to all\r\n")
        there.grant(invitation("Cy"))
        assert bo.wait(PATIENCE) == WatchOver(None, taken_back=True)
        there.shell.write(b"echo to one\n")
        other.wait_for(rb"[\r\n]to one\r\n")
        assert b"to one" not in heard.said
        cy.close()


def test_each_technician_has_a_key_of_their_own_at_the_relay(relay: Relay, tmp_path: Path, home: Path) -> None:
    with room(relay, tmp_path) as there:
        before = _live(relay)
        bo = there.comes(there.code(invitation()))
        assert len(_live(relay)) == len(before) + 1
        assert set(before) < set(_live(relay))
        assert there.anna.run("true").exit_status == 0
        bo.close()


def _live(relay: Relay) -> list[str]:
    assert relay._doors is not None
    return [key for side, key in relay._doors.live() if side is Side.TECHNICIAN]


@pytest.mark.usefixtures("impatient")
def test_the_process_itself_lets_nobody_in_who_is_not_invited(relay: Relay, tmp_path: Path) -> None:
    """Even where the app, or what it believes, is mistaken."""
    with hosted(relay, tmp_path, terminal()) as host:
        anna = host.join()
        host.wait_until_paired()
        key = new_key()
        host.child.say(control.Paired(technician="Bo", key=public_text(key)))
        host.wait_for(control.Noted, lambda noted: noted.what == "refused")
        pinned = Pinned(host.session, host.case, "Bo", host.host_key, key)
        with pytest.raises(LinkError):
            WatchedSession(pinned, host.door, Heard()).connect()
        assert anna.run("true").exit_status == 0
        anna.end()


def test_the_code_of_the_first_pairing_is_worth_nothing_to_a_colleague(
    relay: Relay, tmp_path: Path, home: Path
) -> None:
    with meeting(relay, tmp_path, terminal()) as met:
        first = met.next(CodeShown).code
        anna = met.join(first)
        met.next(TechnicianJoined)
        met.hosted.set_grants(Grants(grants=(*terminal().grants, invitation())))
        code = met.next(ColleagueCode).code
        subject = Subject(session=met.session, case=met.case)
        if first != code:
            with pytest.raises(WrongCodeError):
                pair(Code.parse(first), subject, name="Bo", key=public_text(new_key()), mailbox=met.post.technician())
        anna.end()


def test_an_invitation_stands_only_until_its_end(relay: Relay, tmp_path: Path, home: Path) -> None:
    with room(relay, tmp_path) as there:
        there.grant(ColleagueGrant(name="Bo", until=datetime.now(UTC) + timedelta(seconds=4)))
        shown = there.met.next(ColleagueCode)
        assert shown.until <= datetime.now(UTC) + timedelta(seconds=4)
        there.met.next(ColleagueCodeGone)
        with pytest.raises(NoAnswerError):
            there.comes(shown.code, limits=QUICK)
