"""A service that can be killed, and a technician who follows all that happens there."""

from collections.abc import Iterator

import pytest

from tests.service.kills.parts import Service, technician
from tests.sync.parts import Device


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, db_once: str | None) -> Iterator[Service]:
    """A service that runs, on either database. Whoever has it killed starts it again."""
    service = Service(tmp_path_factory.mktemp("kills"), db_once)
    yield service
    service.close()


@pytest.fixture(scope="module")
def sanne(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Device]:
    """A technician."""
    with technician(service, tmp_path_factory.mktemp("sanne"), "Sanne").opened() as device:
        yield device
