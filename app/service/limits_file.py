"""Limits from the owner's file: TOML, checked whole before anything starts."""

import re
import tomllib
from pathlib import Path

from pydantic import ValidationError

from app.service.errors import LimitsFileError
from app.service.settings import Limits


def read_limits(file: Path) -> Limits:
    """The limits that the file sets, and the usual ones for the rest. Raises `LimitsFileError`."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise LimitsFileError(file, f"it cannot be read ({error.strerror})") from error
    except UnicodeError as error:
        raise LimitsFileError(file, "it is no text in UTF-8") from error
    try:
        return Limits.model_validate(tomllib.loads(text), strict=True)
    except tomllib.TOMLDecodeError as error:
        raise LimitsFileError(file, f"it is no TOML: {error}") from error
    except ValidationError as error:
        raise LimitsFileError(file, _what_is_wrong(error, text)) from error


def _what_is_wrong(error: ValidationError, text: str) -> str:
    """The first thing that is wrong, with its line."""
    first = error.errors()[0]
    name = str(first["loc"][0])
    where = f"line {_line_of(name, text)}: “{name[:40]}”"
    if first["type"] == "extra_forbidden":
        return f"{where} is no limit; there are {', '.join(sorted(Limits.model_fields))}"
    if first["type"].startswith("byte_size"):
        return f"{where} is a size, in bytes or as in “64 MiB”"
    words = str(first["msg"]).removeprefix("Input should be ")
    return f"{where} must be {words}"


def _line_of(name: str, text: str) -> int:
    """Where the name is set, counted from 1. A table's name counts as one."""
    setting = re.compile(rf"""\s*\[*\s*["']?{re.escape(name)}["']?\s*[\].=]""")
    return next((number for number, line in enumerate(text.splitlines(), 1) if setting.match(line)), 1)
