"""What nobody needs is collected after a week, and never what an event names, whoever comes between."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.events import DiagnosticsShared
from app.service import orphans
from app.service.blob_choice import open_store
from app.service.blob_files import BlobFolder
from app.service.blob_parts import Parts
from app.service.database import Database
from app.service.errors import BlobStoreError
from app.service.orphans import Collected, Orphans
from app.service.tables import removals
from tests.service.buckets import BucketServer
from tests.service.parts import NotedRelay, Person, Shop, collect_orphans

NOTHING = Collected()


def named(sha256: str) -> DiagnosticsShared:
    """Something that names the blob."""
    return DiagnosticsShared(findings=(), redactions=0, report=sha256)


def collect(shop: Shop) -> Collected:
    """Collect, by the shop's clock."""
    return collect_orphans(shop.settings, shop.clock)


@contextmanager
def collector(shop: Shop, store: BlobFolder | None = None) -> Iterator[Orphans]:
    """A collector of its own on the shop's database."""
    database = Database(shop.settings)
    try:
        yield Orphans(database, store or open_store(shop.settings), Parts(shop.settings.parts), shop.clock)
    finally:
        database.close()


def content(person: Person, sha256: str) -> bytes | None:
    """What the service gives, or None where it says that there is nothing."""
    answer = person.http.get(f"/v1/blobs/{sha256}")
    assert answer.status_code in (200, 404)
    return answer.content if answer.status_code == 200 else None


def test_a_blob_that_no_event_names_goes_after_a_week_by_the_services_clock(shop: Shop) -> None:
    kim, sanne = shop.customer("Kim"), shop.technician("Sanne")
    case_id = kim.open_case()
    kept, gone = kim.upload(b"kept"), kim.upload(b"gone")
    kim.push(kim.event(case_id, named(kept)))
    for path in shop.settings.blobs.rglob("*"):
        os.utime(path, (0, 0))  # what the files say does not count
    shop.clock.advance(days=6, hours=23)
    assert collect(shop) == NOTHING
    shop.clock.advance(hours=2)
    assert collect(shop) == Collected(blobs=1, bytes=4)
    assert (content(kim, kept), content(kim, gone), content(sanne, gone)) == (b"kept", None, None)
    assert [blob.sha256 for blob in open_store(shop.settings).listing()] == [kept]
    assert collect(shop) == NOTHING
    assert kim.offset(gone) == 0
    assert kim.upload(b"gone") == gone
    assert "version" in kim.push(kim.event(case_id, named(gone)))[0]
    shop.clock.advance(days=30)
    assert collect(shop) == NOTHING


def test_an_upload_that_never_ended_goes_after_a_week_without_a_word(shop: Shop) -> None:
    kim = shop.customer("Kim")
    kim.patch("ab" * 32, b"x", 0, 10)
    kim.patch("cd" * 32, b"x", 0, 10)
    shop.clock.advance(days=6)
    kim.patch("cd" * 32, b"y", 1, 10)
    shop.clock.advance(days=2)
    assert collect(shop) == Collected(parts=1)
    assert (kim.offset("ab" * 32), kim.offset("cd" * 32)) == (0, 2)
    assert kim.patch("ab" * 32, b"x", 0, 10).status_code == 204


def test_a_part_that_the_database_does_not_know_begins_its_week_when_it_is_seen(shop: Shop) -> None:
    kim = shop.customer("Kim")
    parts = Parts(shop.settings.parts)
    parts.append("ab" * 32, kim.me.id, b"left by an earlier program")
    os.utime(parts.path("ab" * 32, kim.me.id), (0, 0))
    shop.clock.advance(days=30)
    assert collect(shop) == NOTHING
    shop.clock.advance(days=6)
    assert collect(shop) == NOTHING
    shop.clock.advance(days=2)
    assert collect(shop) == Collected(parts=1)


def test_what_came_into_the_store_and_was_never_noted_goes_with_its_upload(shop: Shop) -> None:
    kim = shop.customer("Kim")
    sha256 = kim.upload(b"as if the service was killed just then")
    shop.clock.advance(days=8)
    collect(shop)
    kim.patch(sha256, b"", 0, 38)
    folder = BlobFolder(shop.settings.blobs)
    left = shop.settings.data / "left"
    left.write_bytes(b"as if the service was killed just then")
    folder.keep(sha256, left)
    shop.clock.advance(days=8)
    assert collect(shop) == Collected(parts=1)
    assert list(folder.listing()) == []


def test_whoever_asks_for_a_file_of_theirs_has_another_week_to_name_it(shop: Shop) -> None:
    kim = shop.customer("Kim")
    case_id, sha256 = kim.open_case(), kim.upload(b"a report")
    shop.clock.advance(days=6)
    assert kim.offset(sha256) == 8
    shop.clock.advance(days=6)
    assert collect(shop) == NOTHING
    assert "version" in kim.push(kim.event(case_id, named(sha256)))[0]


def test_a_clock_set_forward_amid_an_upload_loses_nothing(shop: Shop) -> None:
    kim = shop.customer("Kim")
    whole = b"0123456789"
    sha256 = kim.upload(whole)
    shop.clock.advance(days=8)
    collect(shop)
    kim.patch(sha256, whole[:5], 0, 10)
    service = shop.app.state.service
    keep = service.store.keep

    def while_it_is_kept(name: str, file: Path) -> None:
        keep(name, file)
        shop.clock.advance(days=8)
        collect(shop)

    object.__setattr__(service, "store", Between(shop.settings.blobs, on_keep=while_it_is_kept))
    answer = kim.patch(sha256, whole[5:], 5, 10)
    assert (answer.status_code, answer.json()["type"]) == (503, "collected")
    object.__setattr__(service, "store", BlobFolder(shop.settings.blobs))
    assert kim.offset(sha256) == 0
    kim.upload(whole)
    assert content(kim, sha256) == whole


@dataclass(frozen=True, slots=True)
class Between(BlobFolder):
    """The folder, with something that happens just before it removes, or in place of its keeping."""

    before_removing: Callable[[], object] = lambda: None
    on_keep: Callable[[str, Path], None] | None = None

    def keep(self, sha256: str, file: Path) -> None:
        """Do what was given."""
        if self.on_keep is not None:
            self.on_keep(sha256, file)

    def remove(self, sha256: str) -> None:
        """Do what was given, then remove."""
        self.before_removing()
        BlobFolder.remove(self, sha256)


def test_an_upload_that_begins_while_the_same_is_removed_is_kept(shop: Shop) -> None:
    kim = shop.customer("Kim")
    case_id, sha256 = kim.open_case(), kim.upload(b"wanted again")
    shop.clock.advance(days=8)
    with ThreadPoolExecutor(1) as pool:
        again = []

        def send_it() -> None:
            again.append(pool.submit(kim.upload, b"wanted again"))
            threading.Event().wait(0.3)  # it must not come through before the file is gone; where it waits differs

        with collector(shop, Between(shop.settings.blobs, before_removing=send_it)) as collecting:
            assert collecting.collect().blobs == 1
        assert again[0].result(20) == sha256
    assert content(kim, sha256) == b"wanted again"
    assert collect(shop) == NOTHING
    assert "version" in kim.push(kim.event(case_id, named(sha256)))[0]


def test_a_removal_that_was_cut_off_is_ended_by_the_next_and_forgotten_where_it_is_wanted(shop: Shop) -> None:
    kim = shop.customer("Kim")
    wanted, gone = kim.upload(b"wanted again"), kim.upload(b"gone")
    shop.clock.advance(days=8)

    def fail() -> None:
        raise BlobStoreError("the store went away")

    with (
        collector(shop, Between(shop.settings.blobs, before_removing=fail)) as collecting,
        pytest.raises(BlobStoreError, match="went away"),
    ):
        collecting.collect()
    assert content(kim, wanted) is None
    kim.upload(b"wanted again")
    assert gone in {blob.sha256 for blob in open_store(shop.settings).listing()}
    collect(shop)
    assert {blob.sha256 for blob in open_store(shop.settings).listing()} == {wanted}
    assert (content(kim, wanted), content(kim, gone)) == (b"wanted again", None)
    with collector(shop) as collecting, collecting.database.read() as connection:
        assert connection.execute(select(removals)).all() == []


def test_pushes_and_collectors_at_once_never_leave_an_event_without_its_blob(shop: Shop) -> None:
    kim = shop.customer("Kim")
    case_id = kim.open_case()
    texts = [f"report {number}".encode() for number in range(24)]
    blobs = [kim.upload(text) for text in texts]
    shop.clock.advance(days=8)
    pushed_some, stop = threading.Event(), threading.Event()

    def push_all() -> list[str]:
        accepted = []
        for number, sha256 in enumerate(blobs):
            if "version" in kim.push(kim.event(case_id, named(sha256)))[0]:
                accepted.append(sha256)
            if number == 3:
                pushed_some.set()
        return accepted

    def collect_on() -> int:
        with collector(shop) as collecting:
            count = 0
            pushed_some.wait(20)
            while not stop.is_set():
                count += collecting.collect().blobs
            return count + collecting.collect().blobs

    with ThreadPoolExecutor(3) as pool:
        collecting = [pool.submit(collect_on) for _ in range(2)]
        accepted = pool.submit(push_all).result(60)
        stop.set()
        count = sum(each.result(20) for each in collecting)
    assert len(accepted) >= 4
    assert len(accepted) + count == len(blobs)  # each is named or collected, and not both
    for sha256, text in zip(blobs, texts, strict=True):
        assert content(kim, sha256) == (text if sha256 in accepted else None)


def test_a_running_service_collects_by_itself(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    kim = shop.customer("Kim")
    sha256 = kim.upload(b"gone")
    shop.clock.advance(days=8)
    shop.stop()
    monkeypatch.setattr(orphans, "FIRST_SECONDS", 0.01)
    monkeypatch.setattr(orphans, "EVERY_SECONDS", 0.05)
    shop.start()
    pause = threading.Event()
    assert any(content(kim, sha256) is None or pause.wait(0.02) for _ in range(300))


def test_a_bucket_is_collected_too(tmp_path: Path, buckets: BucketServer) -> None:
    shop = Shop(tmp_path, NotedRelay(), blobs_at=buckets.bucket(), blobs_endpoint=buckets.endpoint).start()
    try:
        kim = shop.customer("Kim")
        case_id, kept = kim.open_case(), kim.upload(b"kept")
        kim.upload(b"gone")
        kim.push(kim.event(case_id, named(kept)))
        shop.clock.advance(days=8)
        buckets.stop()
        try:
            with pytest.raises(BlobStoreError, match="does not answer"):
                collect(shop)
        finally:
            buckets.start()
        collect(shop)
        assert [blob.sha256 for blob in open_store(shop.settings).listing()] == [kept]
    finally:
        shop.close()
