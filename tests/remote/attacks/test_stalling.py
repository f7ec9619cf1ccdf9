"""A technician who takes nothing, or stops in the middle of a key exchange, holds up nothing that must end."""

# ruff: noqa: E402 - the platform comes first

import sys

assert sys.platform != "win32"
import os
import random
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import paramiko
import psutil
import pytest

from app.domain.consent import Grants, TerminalGrant
from app.domain.events import EndReason
from app.remote.customer import control
from app.remote.relay.relay import Relay
from app.remote.seals import USER
from app.remote.technician.road import Road
from app.remote.transport import MIB, inner_transport, log_in
from tests.remote.attacks.attacker import say
from tests.remote.attacks.ssh_corpus import kexinit
from tests.remote.chain import PATIENCE, Hosted, hosted


class Staller:
    """A technician who starts commands that say a lot, and from some moment on reads nothing more."""

    def __init__(self, host: Hosted, marker: str) -> None:
        self._stuck, self._let_go = threading.Event(), threading.Event()
        self._road = Road(host.session, host.key, host.host_key, host.door)
        self.transport = inner_transport(self._road.open(), "staller", 64 * MIB)
        log_in(self.transport, host_key=host.host_key, user=USER, key=host.key)
        self._channels = [self.transport.open_session(timeout=PATIENCE) for _ in range(2)]
        for channel in self._channels:
            channel.exec_command(f"echo; {marker} & exec yes")
            assert channel.recv(1)

    def take_nothing(self) -> None:
        """Leave everything that comes on its way."""
        read = self.transport.packetizer.read_message

        def later() -> tuple[int, paramiko.Message]:
            self._stuck.set()
            self._let_go.wait(60)
            return read()

        self.transport.packetizer.read_message = later  # type: ignore[method-assign]  # for this one object
        assert self._stuck.wait(PATIENCE)

    def stop_amid_a_key_exchange(self) -> None:
        """Begin one, and say no more: until it is over the other side may not send either."""
        self.take_nothing()
        assert say(self.transport, kexinit(random.Random(1)))

    def close(self) -> None:
        """Let go."""
        self._let_go.set()
        self.transport.shut()
        self._road.close()


def _alive(marker: str) -> bool:
    return any(
        marker in " ".join(process.info["cmdline"] or ()) and process.info["status"] != psutil.STATUS_ZOMBIE
        for process in psutil.process_iter(["cmdline", "status"])
    )


@pytest.mark.parametrize("trick", [Staller.take_nothing, Staller.stop_amid_a_key_exchange])
def test_a_session_that_runs_out_ends_whatever_the_technician_takes(
    relay: Relay, tmp_path: Path, trick: Callable[[Staller], None]
) -> None:
    marker = f"sleep 983{os.getpid()}"
    until = datetime.now(UTC) + timedelta(seconds=3)
    with (
        hosted(relay, tmp_path, Grants(grants=(TerminalGrant(until=until),))) as host,
        closing(Staller(host, marker)) as one,
    ):
        assert _alive(marker)
        trick(one)
        over = host.wait_for(control.Over)
        late = (datetime.now(UTC) - until).total_seconds()
        assert (over.reason, over.left) == (EndReason.EXPIRED, 0)
        assert late < 2.5
        assert not _alive(marker)


@pytest.mark.parametrize("trick", [Staller.take_nothing, Staller.stop_amid_a_key_exchange])
def test_stop_stops_whatever_the_technician_takes(
    relay: Relay, tmp_path: Path, trick: Callable[[Staller], None]
) -> None:
    marker = f"sleep 982{os.getpid()}"
    until = datetime.now(UTC) + timedelta(seconds=60)
    with (
        hosted(relay, tmp_path, Grants(grants=(TerminalGrant(until=until),))) as host,
        closing(Staller(host, marker)) as one,
    ):
        trick(one)
        time.sleep(0.5)  # until what stands between the two is full
        began = time.monotonic()
        host.child.say(control.Stop(reason=EndReason.CUSTOMER_STOPPED))
        over = host.wait_for(control.Over)
        assert time.monotonic() - began < 2.0
        assert (over.reason, over.left) == (EndReason.CUSTOMER_STOPPED, 0)
        assert not _alive(marker)
