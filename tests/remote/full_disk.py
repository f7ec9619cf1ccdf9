"""A disk that is full, as a file meets it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def room_for(path: Path, more_bytes: int) -> Iterator[None]:
    """The file can grow by this much and no more. Python ignores the signal that comes with it."""
    if sys.platform == "win32":
        pytest.skip("file sizes cannot be limited here")
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + more_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
