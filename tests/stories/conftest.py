"""A shop for every story, or a village."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.flows.conftest import Town
from tests.stories.shop import Shop
from tests.stories.street import Street, keyring_of
from tests.stories.village import Village


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


@pytest.fixture
def village(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Village]:
    """A village with a service and nobody in it yet."""
    with ExitStack() as cleaning:
        yield Village(Town(tmp_path, cleaning), monkeypatch, capsys)
