"""A session with a technician in it, to which the customer invites others: real relay, hosting process, keys."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.domain.consent import ColleagueGrant, Grants, TerminalGrant
from app.remote.customer.host import Activity, CodeShown, ColleagueCode, TechnicianJoined
from app.remote.pairing.technician import AnswerLimits
from app.remote.relay.relay import Relay
from app.remote.technician.session import TechnicianSession
from app.remote.technician.shell import Shell
from app.remote.technician.watching import WatchedSession, watch
from app.remote.verify import verify
from tests.remote.chain import soon, terminal
from tests.remote.customer.test_host import Meeting, meeting
from tests.remote.test_session import Heard

assert sys.platform != "win32"


def invitation(name: str = "Bo", *, may_type: bool = False, minutes: float = 10) -> ColleagueGrant:
    """What the customer allows a colleague, for some minutes from now."""
    return ColleagueGrant(name=name, may_type=may_type, until=soon(minutes))


class Room:
    """A session with Anna in it and a shell on, to which the customer invites others."""

    def __init__(self, met: Meeting) -> None:
        self.met = met
        self.anna: TechnicianSession = met.join(met.next(CodeShown).code)
        met.next(TechnicianJoined)
        self.heard = Heard()
        self.shell: Shell = self.anna.shell(80, 24, self.heard)
        self.heard.wait_for(rb"[#$%>] ")
        self._terminal = TerminalGrant(until=soon())

    def grant(self, *colleagues: ColleagueGrant) -> None:
        """The terminal, and these colleagues."""
        self.met.hosted.set_grants(Grants(grants=(self._terminal, *colleagues)))

    def code(self, *colleagues: ColleagueGrant) -> str:
        """Invite them, and read the code for the first."""
        self.grant(*colleagues)
        shown = self.met.next(ColleagueCode)
        assert shown.name == colleagues[0].name
        return shown.code

    def comes(
        self, code: str, name: str = "Bo", heard: Heard | None = None, limits: AnswerLimits | None = None
    ) -> WatchedSession:
        """A colleague comes in by this code."""
        return watch(
            session=self.met.session,
            case=self.met.case,
            colleague=name,
            code=code,
            mailbox=self.met.post.technician(),
            door=lambda key: self.met.relay.admit_technician(self.met.session, key),
            on_output=heard or Heard(),
            limits=limits,
        )

    def did(self, kind: str) -> Activity:
        """The next line of the audit of this kind."""
        while (activity := self.met.next(Activity)).kind != kind:
            pass
        return activity

    def audit(self) -> list[dict[str, Any]]:
        """What stands in the audit, after the end."""
        ended = self.met.hosted.stop()
        assert verify(ended.audit).complete
        lines = [json.loads(line) for line in ended.audit.read_text().splitlines()]
        return [line for line in lines if "kind" in line]


@contextmanager
def room(relay: Relay, folder: Path) -> Iterator[Room]:
    """Anna is in."""
    with meeting(relay, folder, terminal()) as met:
        yield Room(met)


def other_than(code: str) -> str:
    """A wrong code."""
    return f"{(int(code) + 1) % 10**8:08}"
