"""A file that goes to the disk as it grows."""

import os
from pathlib import Path

import pytest

from app.remote.technician.settling import Settling

MUCH = 64 * 1024 * 1024


def _end_amid_it(settling: Settling) -> None:
    with settling:
        settling.wrote(MUCH)
        raise ValueError("no more")


def _go_on_elsewhere(settling: Settling, number: int, elsewhere: int) -> None:
    """Write much to what no disk takes; once that has failed, it would succeed."""
    with settling:
        settling.wrote(MUCH)
        settling._thread.join()
        os.dup2(elsewhere, number)


def test_what_the_disk_refused_on_the_way_is_told_at_the_end(tmp_path: Path) -> None:
    """The system tells such an error once: to whoever asks first, here the thread."""
    reading, number = os.pipe()
    with (tmp_path / "file").open("wb") as file, pytest.raises(OSError, match="Invalid argument"):
        _go_on_elsewhere(Settling(number), number, file.fileno())
    os.close(reading)
    os.close(number)


def test_what_ends_the_writing_is_what_is_told() -> None:
    reading, number = os.pipe()
    settling = Settling(number)
    with pytest.raises(ValueError, match="no more"):
        _end_amid_it(settling)
    assert not settling._thread.is_alive()
    os.close(reading)
    os.close(number)


def test_little_is_asked_of_the_disk_once_at_the_end(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb", buffering=0) as file, Settling(file.fileno()) as settling:
        settling.wrote(file.write(b"little"))
        assert not settling._due.is_set()
    assert not settling._thread.is_alive()
