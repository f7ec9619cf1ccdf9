"""Real small disks: one that can be filled and emptied again, one that turns read-only under whoever writes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

_BLOCK = 4096


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of this size in memory, in the folder, which is made, or hidden meanwhile."""
    with _mounted(folder, "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs"):
        yield folder


@contextmanager
def failing_disk(folder: Path) -> Iterator[Path]:
    """A file system of some megabytes that `fail` can turn read-only. It stays so until it is mounted anew."""
    image = folder.with_suffix(".image")
    with image.open("wb") as file:
        file.truncate(16 * 1024 * 1024)
    made = subprocess.run(["mkfs.ext4", "-q", str(image)], check=False, capture_output=True)
    if made.returncode != 0:
        pytest.skip("there is no mkfs.ext4 here")
    with _mounted(folder, "-o", "loop,errors=remount-ro", str(image)):
        yield folder


def fail(folder: Path) -> None:
    """As the system does once a disk gave wrong answers: nothing can be written any more, whoever has files open."""
    subprocess.run(["mount", "-o", "remount,abort", str(folder)], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nothing can be written for a while. Nobody may have a file there open for writing."""
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)


@contextmanager
def filled(folder: Path, left: int = 0) -> Iterator[None]:
    """The disk is full for a while, but for so many bytes."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(_BLOCK))
    os.truncate(ballast, max(ballast.stat().st_size - left, 0))
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def _mounted(folder: Path, *what: str) -> Iterator[None]:
    if sys.platform != "linux" or os.getuid() != 0:
        pytest.skip("mounting a disk takes root on Linux")
    folder.mkdir(exist_ok=True)
    if subprocess.run(["mount", *what, str(folder)], check=False, capture_output=True).returncode != 0:
        pytest.skip("this system lets nobody mount")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
