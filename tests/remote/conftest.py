"""One real relay for all tests of this room that need one."""

from collections.abc import Iterator

import pytest

from app.remote.relay.relay import Relay


@pytest.fixture(scope="session")
def relay() -> Iterator[Relay]:
    """A relay on this machine, closed in the end."""
    running = Relay(None)
    running.start()
    try:
        yield running
    finally:
        running.close()
