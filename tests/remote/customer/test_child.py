"""The hosting process, held by the customer's app: whatever is said to it as it goes, its end is an orderly one."""

import os
import signal
import threading
from pathlib import Path
from uuid import uuid4

from app.domain.consent import Grants
from app.remote.customer import control
from app.remote.customer.child import Child


def test_what_it_did_not_hear_any_more_keeps_nobody_from_seeing_its_end(tmp_path: Path) -> None:
    began, may_go_on, gone = threading.Event(), threading.Event(), threading.Event()

    def hear(_: control.FromHost) -> None:
        began.set()
        may_go_on.wait(20)

    child = Child(hear, gone.set)
    child.start()
    child.say(
        control.Begin(
            session=uuid4(), case=uuid4(), parent=os.getpid(), customer="Kim", folder=str(tmp_path), grants=Grants()
        )
    )
    assert began.wait(20)  # the thread that reads is held up: it does not see the end yet
    os.kill(child.pid, signal.SIGKILL)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # all its threads are gone; its parent has still to see it
    child.say(control.Pause(paused=True))
    may_go_on.set()
    assert child.join(20)
    assert gone.is_set()
