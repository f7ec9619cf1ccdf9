"""How one service is run: where its data lies and what its limits are."""

from pathlib import Path

from pydantic import ByteSize, Field

from app.domain.records import Record

MEBIBYTE = 1024 * 1024
GIBIBYTE = 1024 * MEBIBYTE


class Limits(Record):
    """What the owner may set in the file that `bistand serve --limits` names. Sizes are in bytes, times in seconds,
    rates as their names say.

    Bounds are for one device each, save those of enrolments (for one address), `max_requests` (for all), and
    `unnamed_of_customer` and `unnamed_of_staff` (for one person: files that no event names yet). They lie well above
    what a desk does that reads a whole log for the first time. `min_free` is what uploads leave of the data folder's
    disk.
    """

    max_body: ByteSize = Field(default=ByteSize(8 * MEBIBYTE), ge=1024)
    max_blob: ByteSize = Field(default=ByteSize(64 * MEBIBYTE), ge=1, le=GIBIBYTE)  # a device holds one in memory
    unnamed_of_customer: ByteSize = Field(default=ByteSize(512 * MEBIBYTE), ge=1)
    unnamed_of_staff: ByteSize = Field(default=ByteSize(4 * GIBIBYTE), ge=1)
    min_free: ByteSize = Field(default=ByteSize(256 * MEBIBYTE), ge=0)
    enrolments_per_minute: int = Field(default=60, ge=1)
    mails_per_minute: int = Field(default=240, ge=1)
    requests_per_minute: int = Field(default=6000, ge=1)
    bytes_per_hour: ByteSize = Field(default=ByteSize(4 * GIBIBYTE), ge=1)
    waiting_per_device: int = Field(default=32, ge=1)
    max_requests: int = Field(default=4000, ge=1)
    body_patience: float = Field(default=30.0, gt=0)


class ServiceSettings(Limits):
    """What the owner decides.

    `data` is the folder of uploads under way and, where `db` (a SQLAlchemy URL) is not given, of the SQLite database.
    `blobs_at` is an S3 bucket, `s3://BUCKET[/PREFIX]`, at `blobs_endpoint` or at Amazon's own; without it whole blobs
    lie in the data folder, too. `metrics_token_hash` opens /metrics; without it nobody may read that.
    """

    data: Path
    db: str | None = Field(default=None, repr=False)  # there may be a password in it
    blobs_at: str | None = None
    blobs_endpoint: str | None = None
    metrics_token_hash: str | None = None

    @property
    def database_url(self) -> str:
        """Where the log lies, as a SQLAlchemy URL."""
        return self.db or f"sqlite:///{self.data.absolute() / 'service.db'}"

    @property
    def blobs(self) -> Path:
        """The folder of whole blobs, unless they lie elsewhere."""
        return self.data / "blobs"

    @property
    def parts(self) -> Path:
        """The folder of uploads under way."""
        return self.blobs / "parts"

    @property
    def erasures(self) -> Path:
        """The list of who was erased."""
        return self.data / "erasures.jsonl"
