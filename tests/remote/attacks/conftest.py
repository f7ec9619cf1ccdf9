"""The disk and the customer's end that the attacks over SFTP are made on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.remote.attacks.sftp_client import Customer, customer
from tests.remote.attacks.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A disk with secrets."""
    return World(tmp_path)


@pytest.fixture
def end(world: World) -> Iterator[Customer]:
    """The customer's end, with two folders granted; whatever was tried, all else is as it was, and threads end."""
    with customer({world.granted: True, world.reading: False}, (world.home, world.bare)) as one:
        yield one
    assert world.untouched()
