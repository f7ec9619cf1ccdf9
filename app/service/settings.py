"""How one service is run: where its data lies and what its limits are."""

from pathlib import Path

from pydantic import Field

from app.domain.records import Record

MEBIBYTE = 1024 * 1024
GIBIBYTE = 1024 * MEBIBYTE


class ServiceSettings(Record):
    """What the owner decides. Sizes are in bytes, times in seconds, rates as their names say.

    `data` is the folder of blobs and, where `db` (a SQLAlchemy URL) is not given, of the SQLite database. Bounds are
    for one device each, save those of enrolments (for one address) and `max_requests` (for all). They lie well above
    what a desk does that reads a whole log for the first time. `metrics_token_hash` opens /metrics; without it nobody
    may read that.
    """

    data: Path
    db: str | None = Field(default=None, repr=False)  # there may be a password in it
    max_body: int = Field(default=8 * MEBIBYTE, ge=1024)
    max_blob: int = Field(default=64 * MEBIBYTE, ge=1)
    enrolments_per_minute: int = Field(default=60, ge=1)
    mails_per_minute: int = Field(default=240, ge=1)
    requests_per_minute: int = Field(default=6000, ge=1)
    bytes_per_hour: int = Field(default=4 * GIBIBYTE, ge=1)
    waiting_per_device: int = Field(default=32, ge=1)
    max_requests: int = Field(default=4000, ge=1)
    body_patience: float = Field(default=30.0, gt=0)
    metrics_token_hash: str | None = None

    @property
    def database_url(self) -> str:
        """Where the log lies, as a SQLAlchemy URL."""
        return self.db or f"sqlite:///{self.data.absolute() / 'service.db'}"

    @property
    def blobs(self) -> Path:
        """The folder of blobs."""
        return self.data / "blobs"

    @property
    def erasures(self) -> Path:
        """The list of who was erased."""
        return self.data / "erasures.jsonl"
