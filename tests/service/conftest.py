"""The service for its tests, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.buckets import BucketServer, only_keys
from tests.service.parts import NotedRelay, Shop
from tests.service.postgres import Postgres, postgres_server, why_not

DATABASES = ["sqlite", "postgresql"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The one PostgreSQL of this run."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    with postgres_server() as server:
        yield server


@pytest.fixture(params=DATABASES)
def db(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """A fresh database as `--db` names it; None for SQLite in the data folder. Every test with it runs on both."""
    yield from _database(request)


@pytest.fixture(scope="module", params=DATABASES)
def db_once(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """The same for tests that do not mind what others left in it."""
    yield from _database(request)


def _database(request: pytest.FixtureRequest) -> Iterator[str | None]:
    if request.param == "sqlite":
        yield None
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.fresh()
    yield url
    server.drop(url)


@pytest.fixture(scope="session")
def bucket_server() -> Iterator[BucketServer]:
    """The one server with buckets of this run."""
    server = BucketServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def buckets(bucket_server: BucketServer, monkeypatch: pytest.MonkeyPatch) -> BucketServer:
    """The server, and keys to it in the environment."""
    only_keys(monkeypatch, *bucket_server.keys)
    return bucket_server


@pytest.fixture
def relay() -> NotedRelay:
    """A relay that notes what it is asked."""
    return NotedRelay()


@pytest.fixture(scope="module")
def shop_once(tmp_path_factory: pytest.TempPathFactory, db_once: str | None) -> Iterator[Shop]:
    """A service for tests that do not mind what others left in it."""
    shop = Shop(tmp_path_factory.mktemp("shop"), NotedRelay(), db=db_once, enrolments_per_minute=6000).start()
    yield shop
    shop.close()


@pytest.fixture
def shop(tmp_path: Path, relay: NotedRelay, db: str | None) -> Iterator[Shop]:
    """A service that runs."""
    shop = Shop(tmp_path, relay, db=db).start()
    yield shop
    shop.close()
