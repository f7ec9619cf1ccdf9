"""Check that a session's audit is whole and unchanged, line by line."""

from pathlib import Path

from app.flows.errors import BadInputError
from app.remote.verify import Verified, verify

__all__ = ["Verified", "verify_audit"]


def verify_audit(path: Path) -> Verified:
    """What the file proves. Raises `BadInputError` for no file, and an error naming the first bad line."""
    if not path.is_file():
        raise BadInputError(f"There is no file {path}.")
    return verify(path)
