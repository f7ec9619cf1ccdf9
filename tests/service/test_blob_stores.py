"""The folder and the bucket by one contract; and what is said where a bucket is of no use."""

import hashlib
from pathlib import Path

import pytest

from app.service.blob_bucket import open_bucket
from app.service.blob_files import BlobFolder
from app.service.blob_store import BlobStore, StoredBlob
from app.service.errors import BlobStoreError, NoBlobError
from tests.service.buckets import BucketServer, only_keys


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    """An empty store."""
    if request.param == "folder":
        return BlobFolder(tmp_path / "blobs")
    buckets: BucketServer = request.getfixturevalue("buckets")
    return buckets.store(buckets.bucket())


def keep(store: BlobStore, content: bytes, folder: Path) -> str:
    """Have it kept. Returns its SHA-256."""
    sha256 = hashlib.sha256(content).hexdigest()
    file = folder / "part"
    file.write_bytes(content)
    store.keep(sha256, file)
    return sha256


def test_what_is_kept_can_be_read_and_listed(store: BlobStore, tmp_path: Path) -> None:
    store.try_out()
    assert list(store.listing()) == []
    first, second, empty = (keep(store, content, tmp_path) for content in (b"0123456789", b"other", b""))
    assert store.read(first, 0, 10) == b"0123456789"
    assert (store.read(first, 3, 4), store.read(first, 9, 1), store.read(empty, 0, 0)) == (b"3456", b"9", b"")
    assert set(store.listing()) == {StoredBlob(first, 10), StoredBlob(second, 5), StoredBlob(empty, 0)}
    store.check()


def test_what_is_kept_twice_is_there_once_and_what_is_removed_twice_is_gone(store: BlobStore, tmp_path: Path) -> None:
    store.try_out()
    sha256 = keep(store, b"the same", tmp_path)
    assert keep(store, b"the same", tmp_path) == sha256
    assert list(store.listing()) == [StoredBlob(sha256, 8)]
    for _ in range(2):
        store.remove(sha256)
        assert list(store.listing()) == []
        with pytest.raises(NoBlobError):
            store.read(sha256, 0, 8)


def test_less_than_there_should_be_is_told(store: BlobStore, tmp_path: Path) -> None:
    store.try_out()
    sha256 = keep(store, b"cut", tmp_path)
    with pytest.raises(BlobStoreError, match=r"long|short"):
        store.read(sha256, 0, 8)


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BlobStoreError, match="file"):
        BlobFolder(tmp_path / "file" / "blobs").try_out()


@pytest.mark.parametrize(
    "address", ["s3://", "bucket", "s3://Big", "s3://key:secret@bucket", "s3://b/../c", "s3://b/%"]
)
def test_an_address_that_is_none_is_told(address: str) -> None:
    with pytest.raises(BlobStoreError, match="s3://BUCKET/PREFIX, without keys"):
        open_bucket(address, None)


@pytest.mark.parametrize(
    "endpoint", ["http://example.com", "ftp://127.0.0.1", "x", "https://a:b@example.com", "http://"]
)
def test_an_endpoint_where_others_could_read_along_is_refused(endpoint: str) -> None:
    with pytest.raises(BlobStoreError, match="https://"):
        open_bucket("s3://shop", endpoint)


def test_a_bucket_that_is_not_there_is_told(buckets: BucketServer) -> None:
    store = buckets.store("s3://nobody-made-this/files")
    for attempt in (store.try_out, store.check):
        with pytest.raises(BlobStoreError, match="has no bucket “nobody-made-this”"):
            attempt()


def test_no_keys_are_told(buckets: BucketServer, monkeypatch: pytest.MonkeyPatch) -> None:
    address = buckets.bucket()
    only_keys(monkeypatch, None)
    with pytest.raises(BlobStoreError, match=r"no keys.*AWS_ACCESS_KEY_ID.*~/\.aws/credentials"):
        buckets.store(address).try_out()


def test_wrong_keys_are_told_and_not_shown(buckets: BucketServer, monkeypatch: pytest.MonkeyPatch) -> None:
    address = buckets.bucket()
    buckets.let_in_only_whom_it_knows()
    try:
        key, secret = buckets.keys
        only_keys(monkeypatch, key, secret)
        buckets.store(address).try_out()
        for wrong in ((key, "not-the-secret"), ("not-the-key", secret)):
            only_keys(monkeypatch, *wrong)
            store = buckets.store(address)
            for attempt in (store.try_out, store.check):
                with pytest.raises(BlobStoreError, match="does not let these keys work on the bucket") as refused:
                    attempt()
                assert not any(word in str(refused.value) for word in (key, secret, *wrong))
    finally:
        buckets.let_everybody_in()


def test_a_server_that_is_away_is_told(buckets: BucketServer, tmp_path: Path) -> None:
    store = buckets.store(buckets.bucket())
    sha256 = keep(store, b"kept", tmp_path)
    buckets.stop()
    try:
        for attempt in (store.try_out, store.check, lambda: store.read(sha256, 0, 4), lambda: store.remove(sha256)):
            with pytest.raises(BlobStoreError, match=r"127\.0\.0\.1.* does not answer"):
                attempt()
    finally:
        buckets.start()
    assert store.read(sha256, 0, 4) == b"kept"
