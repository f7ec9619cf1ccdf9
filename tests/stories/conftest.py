"""A shop for every story, or a village."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.flows.conftest import Town
from tests.stories.shop import Shop
from tests.stories.village import Village


@pytest.fixture
def shop(tmp_path: Path, secret_service: dict[str, str]) -> Iterator[Shop]:
    """An open shop with nobody in it yet."""
    with Shop(tmp_path, secret_service) as opened:
        yield opened


@pytest.fixture
def village(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Village]:
    """A village with a service and nobody in it yet."""
    with ExitStack() as cleaning:
        yield Village(Town(tmp_path, cleaning), monkeypatch, capsys)
