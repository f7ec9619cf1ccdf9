"""The key of the store: made once, kept in the keyring, never in a file."""

import secrets as randomness
from contextlib import nullcontext
from pathlib import Path

from app.store.lock import held
from app.system.errors import HomeError
from app.system.secrets import Secrets

_NAME = "store key"
_BYTES = 32
_WAIT_SECONDS = 20


def store_key(secrets: Secrets, folder: Path | None = None) -> str:
    """The key as 64 hexadecimal digits; made where there is none yet.

    `folder` is the home: two programs that start there at once then agree on one key. Raises `NoKeyringError`,
    `HomeError`.
    """
    found = secrets.get(_NAME)
    if found is not None:
        return found
    try:
        with held(folder / "store.lock", _WAIT_SECONDS) if folder else nullcontext():
            return secrets.get(_NAME) or _made(secrets)
    except OSError as error:
        raise HomeError(f"Cannot write to {folder}: {error.strerror or error}.") from error


def _made(secrets: Secrets) -> str:
    key = randomness.token_hex(_BYTES)
    secrets.set(_NAME, key)
    return key
