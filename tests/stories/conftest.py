"""A shop for every story."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.shop import Shop


@pytest.fixture
def shop(tmp_path: Path, secret_service: dict[str, str]) -> Iterator[Shop]:
    """An open shop with nobody in it yet."""
    with Shop(tmp_path, secret_service) as opened:
        yield opened
