"""What one identity remembers between runs: where its provider is, and who it is there. No secrets."""

from pathlib import Path

from pydantic import ValidationError

from app.domain.people import Author
from app.domain.records import Record
from app.system.errors import HomeError
from app.system.paths import Home, replace_file


class Settings(Record):
    """What is remembered. `provider` is the service's URL, `me` who this device is to it."""

    provider: str | None = None
    provider_name: str | None = None
    me: Author | None = None


def load(home: Home) -> Settings:
    """What was remembered, or the defaults. Raises `HomeError` where the file is damaged."""
    path: Path = home.settings
    try:
        return Settings.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return Settings()
    except (OSError, ValidationError) as error:
        raise HomeError(
            f"{path} cannot be read. Move it away and enrol this device again; nothing else is lost."
        ) from error


def save(home: Home, settings: Settings) -> None:
    """Remember this in place of what was there. Raises `HomeError`."""
    try:
        replace_file(home.settings, settings.model_dump_json(indent=2).encode())
    except OSError as error:
        raise HomeError(f"Cannot write {home.settings}: {error.strerror}.") from error
