"""One real relay for all tests of this room that need one."""

from collections.abc import Iterator

import pytest

from app.remote.relay.relay import Relay
from app.remote.technician import road


@pytest.fixture(scope="session")
def relay() -> Iterator[Relay]:
    """A relay on this machine, closed in the end."""
    running = Relay(None)
    running.start()
    try:
        yield running
    finally:
        running.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Technicians do not wait for a customer who is not there yet: whoever is not let in is told at once."""
    monkeypatch.setattr(road, "_COMING_SECONDS", 0.0)
