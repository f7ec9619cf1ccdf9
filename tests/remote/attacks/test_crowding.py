"""A technician who opens all there is to open leaves enough to end it: by Stop and by the clock."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import paramiko
import pytest

from app.domain.consent import Grants, TerminalGrant
from app.domain.events import EndReason
from app.remote.customer import control
from app.remote.customer.entrance import MOST_WAYS
from app.remote.customer.server import MOST_CHANNELS
from app.remote.errors import LinkError
from app.remote.relay.relay import Relay
from app.remote.seals import USER
from app.remote.technician.road import Road
from app.remote.transport import MIB, HardenedTransport, inner_transport, log_in
from tests.remote.chain import PATIENCE, Hosted, hosted, soon, terminal


@pytest.fixture
def crowded(relay: Relay, tmp_path: Path) -> Iterator[Hosted]:
    """Every connection that may be had, with as many shells on it as it takes, and secrets that nobody asked for."""
    with hosted(relay, tmp_path, terminal()) as host, _road(host) as road, ExitStack() as open_ones:
        shells: list[paramiko.Channel] = []
        for _ in range(MOST_WAYS + 1):
            try:
                transport = inner_transport(road.open(), "crowd", MIB)
                open_ones.callback(transport.shut)
                log_in(transport, host_key=host.host_key, user=USER, key=host.key)
            except LinkError:
                break
            shells += _filled(transport)
        assert 50 <= len(shells) <= 64
        for _ in range(200):
            host.child.say(control.Secret(run=1, text="nobody asked"))
        yield host


def test_stop_ends_it_all_in_order(crowded: Hosted) -> None:
    over = crowded.stop()
    assert (over.reason, over.left) == (EndReason.CUSTOMER_STOPPED, 0)


def test_the_clock_ends_it_all_in_order(crowded: Hosted) -> None:
    crowded.child.say(control.NewGrants(grants=Grants(grants=(TerminalGrant(until=soon(0.01)),))))
    over = crowded.wait_for(control.Over)
    assert (over.reason, over.left) == (EndReason.EXPIRED, 0)


@contextmanager
def _road(host: Hosted) -> Iterator[Road]:
    road = Road(host.session, host.key, host.host_key, host.door)
    try:
        yield road
    finally:
        road.close()


def _filled(transport: HardenedTransport) -> list[paramiko.Channel]:
    """Shells on terminals, until no more are let in."""
    shells: list[paramiko.Channel] = []
    while len(shells) <= MOST_CHANNELS:
        try:
            shells.append(transport.open_session(timeout=PATIENCE))
            shells[-1].get_pty()
            shells[-1].exec_command("trap '' HUP TERM; setsid sleep 1000 & sleep 1000")
        except paramiko.SSHException:
            return shells
    raise AssertionError("there was no end to it")
