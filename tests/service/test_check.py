"""The check finds what is wrong, and says where; each fault is made by hand here."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update

from app.service.check import check
from app.service.database import Database
from app.service.settings import ServiceSettings
from app.service.tables import uploads
from tests.service.filled import Filled, filled
from tests.service.parts import Shop

Harm = Callable[[Filled], None]


@pytest.fixture
def full(shop: Shop) -> Filled:
    """A shop that runs and has something of everything."""
    return filled(shop)


def sql(statement: str) -> Harm:
    """A statement by somebody who should not have."""

    def harm(full: Filled) -> None:
        database = Database(full.shop.settings)
        with database.write() as connection:
            connection.execute(text(statement))
        database.close()

    return harm


def blob(what: Callable[[Path], object]) -> Harm:
    """Something that happens to the file of a recording."""

    def harm(full: Filled) -> None:
        sha256 = full.blobs["recording"]
        what(full.shop.settings.blobs / sha256[:2] / sha256)

    return harm


def lay_old_file(full: Filled) -> None:
    """A file that nobody names, of a month ago."""
    sha256 = full.bo.upload(b"nobody wants it")
    month_ago = datetime.now(UTC) - timedelta(days=30)
    database = Database(full.shop.settings)
    with database.write() as connection:
        connection.execute(update(uploads).where(uploads.c.sha256 == sha256).values(at=month_ago))
    database.close()


def lay_new_file(full: Filled) -> None:
    """A file that nobody names yet."""
    full.bo.upload(b"somebody will name it")


def open_to_others(full: Filled) -> None:
    """A file of the service that others may read."""
    settings = full.shop.settings
    file = settings.erasures if settings.db else settings.data / "service.db"
    file.touch()
    file.chmod(0o644)


HARMS: list[tuple[Harm, str]] = [
    (blob(lambda path: path.write_bytes(b"asciicast of Kin" * 9)), "is damaged"),
    (blob(lambda path: path.write_bytes(b"a")), "has 1 bytes"),
    (blob(Path.unlink), "is not there"),
    (sql("UPDATE uploads SET size = size + 1"), "bytes instead of"),
    (sql("DELETE FROM uploads"), "was never taken in whole"),
    (sql("UPDATE log SET version = version + 5"), "and the log counts"),
    (sql("UPDATE events SET event = '{}' WHERE version = 3"), "version 3 cannot be read"),
    (sql("UPDATE events SET device_seq = device_seq + 1000 WHERE version = 2"), "version 2 is not the one"),
    (sql("UPDATE events SET kind = 'later' WHERE version = 4"), "version 4 is not the one"),
    (sql("UPDATE events SET version = 900 WHERE version = 1"), "No event has version 1;"),
    (sql("DELETE FROM blob_names"), "names are not all known"),
    (lay_old_file, "no event names it"),
    (open_to_others, "chmod 600"),
]


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_what_is_whole_is_said_to_be_so_and_each_fault_is_found(full: Filled) -> None:
    settings = full.shop.settings
    lay_new_file(full)
    found = check(settings, read_blobs=True)
    assert found.faults == ()
    assert (found.cases, found.blobs) == (2, 5)
    for harm, sentence in HARMS:
        before = check(settings, read_blobs=True).faults
        assert not any(sentence in fault for fault in before), sentence
        harm(full)
        after = check(settings, read_blobs=True).faults
        assert any(sentence in fault for fault in after), (sentence, after)


def test_a_damaged_database_file_is_found(tmp_path: Path) -> None:
    shop = Shop(tmp_path).start()
    kim = shop.customer("Kim")
    for _ in range(40):
        kim.open_case("A word " * 300)
    shop.close()
    settings: ServiceSettings = shop.settings
    file = settings.data / "service.db"
    content = bytearray(file.read_bytes())
    at = content.index(b"A word ") - 4000
    content[at : at + 3000] = bytes(3000)
    file.write_bytes(content)
    assert any("damaged" in fault or "cannot be read" in fault for fault in check(settings).faults)
