"""The service for its tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.parts import NotedRelay, Shop


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
