"""A technician who was granted next to nothing cannot fill the customer's disk with what is refused."""

from pathlib import Path

import paramiko
import pytest

from app.domain.events import EndReason
from app.remote.customer import control, journal
from app.remote.relay.relay import Relay
from app.remote.seals import USER
from app.remote.technician.road import Road
from app.remote.transport import MIB, inner_transport, log_in
from tests.remote.chain import PATIENCE, files, hosted


def test_asking_without_end_for_what_is_refused_ends_the_session(relay: Relay, tmp_path: Path) -> None:
    with hosted(relay, tmp_path, files(tmp_path)) as host:
        road = Road(host.session, host.key, host.host_key, host.door)
        transport = inner_transport(road.open(), "flooder", MIB)
        asked = 0
        try:
            log_in(transport, host_key=host.host_key, user=USER, key=host.key)
            while transport.is_active() and asked < 2 * journal._MOST_REFUSED:
                with pytest.raises((paramiko.SSHException, EOFError)):
                    transport.open_channel("direct-tcpip", ("127.0.0.1", 22), ("127.0.0.1", 1), timeout=PATIENCE)
                asked += 1
        finally:
            transport.shut()
            road.close()
        over = host.wait_for(control.Over)
        assert over.reason is EndReason.FAULT
        assert "too often" in over.why
        assert over.head.lines < journal._MOST_REFUSED + 50
        assert journal._MOST_REFUSED <= asked < 2 * journal._MOST_REFUSED
        assert Path(over.audit).stat().st_size < 2 * MIB
