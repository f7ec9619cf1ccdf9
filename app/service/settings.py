"""How one service is run: where its data lies and what its limits are."""

from pathlib import Path

from pydantic import Field

from app.domain.records import Record

MEBIBYTE = 1024 * 1024


class ServiceSettings(Record):
    """What the owner decides. Sizes are in bytes, rates per minute.

    `data` is the folder of blobs and, where `db` (a SQLAlchemy URL) is not given, of the SQLite database.
    """

    data: Path
    db: str | None = Field(default=None, repr=False)  # there may be a password in it
    max_body: int = Field(default=8 * MEBIBYTE, ge=1024)
    max_blob: int = Field(default=64 * MEBIBYTE, ge=1)
    enrolments_per_minute: int = Field(default=60, ge=1)
    mails_per_minute: int = Field(default=240, ge=1)

    @property
    def database_url(self) -> str:
        """Where the log lies, as a SQLAlchemy URL."""
        return self.db or f"sqlite:///{self.data.absolute() / 'service.db'}"

    @property
    def blobs(self) -> Path:
        """The folder of blobs."""
        return self.data / "blobs"
