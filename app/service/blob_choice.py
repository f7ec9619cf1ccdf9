"""Where whole blobs lie, as the owner chose: in the data folder, or in an S3 bucket that several machines share."""

from app.service.blob_files import BlobFolder
from app.service.blob_store import BlobStore
from app.service.settings import ServiceSettings


def open_store(settings: ServiceSettings) -> BlobStore:
    """The owner's store. Nothing is asked of it yet. Raises `BlobStoreError` where its address is none."""
    if settings.blobs_at is None:
        return BlobFolder(settings.blobs)
    from app.service.blob_bucket import open_bucket  # who has no bucket does not wait for its library

    return open_bucket(settings.blobs_at, settings.blobs_endpoint)
