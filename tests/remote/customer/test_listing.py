"""A folder that is listed is let go of, also by whoever forgets it."""

import gc
import os
import sys
import warnings
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("no session is hosted on Windows yet", allow_module_level=True)

from app.remote.customer.listing import Listing


def listed(folder: Path) -> Listing:
    """A listing that has begun."""
    (folder / "a file").touch()
    listing = Listing(os.open(folder, os.O_RDONLY), hidden=lambda _: False, still=lambda: True)
    assert [each.filename for each in listing._get_next_files()] == ["a file"]
    return listing


def is_open(descriptor: int) -> bool:
    """Whether it is."""
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def test_a_closed_listing_holds_nothing_and_can_be_closed_again(tmp_path: Path) -> None:
    listing = listed(tmp_path)
    descriptor = listing.fileno()
    listing.close()
    assert not is_open(descriptor)
    assert listing.fileno() == -1
    listing.close()


def test_a_forgotten_listing_holds_nothing_either(tmp_path: Path) -> None:
    listing = listed(tmp_path)
    descriptor = listing.fileno()
    listing.itself = listing  # type: ignore[attr-defined]  # as the account of an error holds what it was about
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        del listing
        gc.collect()
    assert not is_open(descriptor)
    assert [str(each.message) for each in told if "scandir" in str(each.message)] == []
