"""The service for its tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.parts import NotedRelay, Shop


@pytest.fixture
def relay() -> NotedRelay:
    """A relay that notes what it is asked."""
    return NotedRelay()


@pytest.fixture(scope="module")
def shop_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A service for tests that do not mind what others left in it."""
    shop = Shop(tmp_path_factory.mktemp("shop"), NotedRelay(), enrolments_per_minute=6000).start()
    yield shop
    shop.close()


@pytest.fixture
def shop(tmp_path: Path, relay: NotedRelay) -> Iterator[Shop]:
    """A service that runs."""
    shop = Shop(tmp_path, relay).start()
    yield shop
    shop.close()
