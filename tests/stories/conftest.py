"""A shop for every story."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.shop import Shop
from tests.stories.street import Street, keyring_of


@pytest.fixture
def shop(tmp_path: Path, secret_service: dict[str, str]) -> Iterator[Shop]:
    """An open shop with nobody in it yet."""
    with Shop(tmp_path, secret_service) as opened:
        yield opened


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory, secret_service: dict[str, str]) -> Iterator[Street]:
    """An open shop with Anna and Bo, for all stories of a run that type many small commands."""
    with keyring_of(secret_service), Street(tmp_path_factory.mktemp("street"), secret_service) as opened:
        opened.settle()
        yield opened
