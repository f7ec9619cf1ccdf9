"""A service and devices for the tests of sync."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.parts import NotedRelay, Shop
from tests.sync.parts import Devices


@pytest.fixture
def relay() -> NotedRelay:
    """A relay that notes what it is asked."""
    return NotedRelay()


@pytest.fixture
def shop(tmp_path: Path, relay: NotedRelay) -> Iterator[Shop]:
    """A service that runs."""
    shop = Shop(tmp_path, relay).start()
    yield shop
    shop.close()


@pytest.fixture
def devices(shop: Shop, tmp_path: Path) -> Iterator[Devices]:
    """Devices of the service's people."""
    devices = Devices(shop, tmp_path)
    yield devices
    devices.close()
