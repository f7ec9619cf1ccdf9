"""Reads the small files in which a system describes itself."""

from pathlib import Path

_MOST_BYTES = 1_000_000


def first_line(path: Path) -> str:
    """The first line without its blanks, or nothing where the file is missing or closed to us."""
    lines = read(path).splitlines()
    return lines[0].strip() if lines else ""


def read(path: Path) -> str:
    """The text, at most a megabyte of it, or nothing where the file is missing or closed to us."""
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES).decode(errors="replace").replace("\0", "")
    except OSError:
        return ""
