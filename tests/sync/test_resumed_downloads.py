"""A download that was cut goes on at its offset, also in another program, and nothing torn is ever under its name."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from app.service.database import Database
from app.service.tables import uploads
from app.store.store import Store
from app.sync.errors import TooOldError
from app.sync.http import Answer, Http
from app.sync.synchroniser import Synchroniser
from tests.kills import Point, arm, must_die, needs_fork, start
from tests.service.kills.parts import Home, technician
from tests.service.parts import Shop
from tests.sync.parts import Devices
from tests.sync.test_transfers import CONTENT, MEBIBYTE, report, sha


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ranges that programs of this process ask for."""
    ranges: list[str] = []
    answer = Http.answer

    def noted(self: Http, *arguments: Any, **options: Any) -> Answer:
        ranges.extend(value for name, value in (options.get("headers") or {}).items() if name == "Range")
        return answer(self, *arguments, **options)

    monkeypatch.setattr(Http, "answer", noted)
    return ranges


@pytest.fixture
def home(devices: Devices, shop: Shop, tmp_path: Path) -> Home:
    """A technician's, for whom there is a large file to fetch."""
    kim = devices.customer("Kim")
    report(kim, kim.open_case(), CONTENT)
    kim.sync.once()
    return technician(shop, tmp_path, "Sanne")


def sync_until_killed(home: Home, point: Point) -> None:
    """A program that syncs, in a process of its own."""
    arm(point)
    with home.opened() as device:
        device.sync.once()


@needs_fork
def test_after_a_kill_the_next_program_asks_only_for_what_is_not_here(home: Home, asked: list[str]) -> None:
    point = Point("the third piece is kept", "after", "app.store.store:Store.add_to_blob", 3)
    must_die(start(sync_until_killed, home, point), point)
    with home.opened() as sanne:
        assert sanne.store.blob(sha(CONTENT)) is None
        assert sanne.store.blobs_missing() == (sha(CONTENT),)
        assert sanne.store.part_of_blob(sha(CONTENT)) == (3 * MEBIBYTE, len(CONTENT))
        sanne.sync.once()
        assert [int(each[len("bytes=") :].split("-")[0]) for each in asked] == [n * MEBIBYTE for n in range(3, 10)]
        assert sanne.store.blob(sha(CONTENT)) == CONTENT
        assert sanne.store.blobs_missing() == ()
        assert sanne.store.part_of_blob(sha(CONTENT)) == (len(CONTENT), len(CONTENT))  # it is whole, and kept once
        sanne.store.check()


class Stopping:
    """A store whose program is stopped once so many pieces are kept."""

    def __init__(self, store: Store, pieces: int) -> None:
        self._store, self._left = store, pieces

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def add_to_blob(self, sha256: str, start: int, piece: bytes, size: int) -> int:
        """Keep it, or stop."""
        if self._left == 0:
            raise KeyboardInterrupt
        self._left -= 1
        return self._store.add_to_blob(sha256, start, piece, size)


def test_what_is_not_what_its_name_says_is_never_kept_and_the_next_try_begins_anew(home: Home, shop: Shop) -> None:
    (file,) = [path for path in shop.settings.blobs.rglob("*") if path.is_file()]
    with home.opened() as sanne:
        with pytest.raises(KeyboardInterrupt):
            Synchroniser(Stopping(sanne.store, 2), sanne.client).once()
        file.write_bytes(CONTENT[:-1] + b"?")
        with pytest.raises(TooOldError):
            sanne.sync.once()
        assert sanne.store.blob(sha(CONTENT)) is None
        assert sanne.store.part_of_blob(sha(CONTENT)) == (0, None)
        file.write_bytes(CONTENT)
        sanne.sync.once()
        assert sanne.store.blob(sha(CONTENT)) == CONTENT


def test_two_programs_that_fetch_the_same_file_at_once_both_end_with_it(home: Home) -> None:
    with home.opened() as one, home.opened() as other, ThreadPoolExecutor(2) as pool:
        both = [pool.submit(device.sync.once) for device in (one, other)]
        for each in both:
            each.result(30)
        assert one.store.blob(sha(CONTENT)) == other.store.blob(sha(CONTENT)) == CONTENT
        assert one.store.blobs_missing() == ()


def test_what_has_come_of_a_file_that_the_service_no_longer_has_is_let_go(home: Home, shop: Shop) -> None:
    with home.opened() as sanne:
        with pytest.raises(KeyboardInterrupt):
            Synchroniser(Stopping(sanne.store, 2), sanne.client).once()
        _lose(shop)
        sanne.sync.once()
        assert sanne.store.part_of_blob(sha(CONTENT)) == (0, None)


def _lose(shop: Shop) -> None:
    """Have the service know of no file any more."""
    database = Database(shop.settings)
    with database.write() as connection:
        connection.execute(delete(uploads))
    database.close()
