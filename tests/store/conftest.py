"""A store of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.store import Store
from tests.store.parts import opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the test's store lies."""
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """An empty store, closed afterwards."""
    with opened(path) as opened_store:
        yield opened_store
