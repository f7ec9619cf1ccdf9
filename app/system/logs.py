"""A program's log as JSON, one object a line, for whoever collects it. What went wrong is told, not what was in it.

An error's own text is left out: it may hold what somebody wrote, a code, or a row of the database. Its type, its code
where it has one, and the lines of ours that it came through say where to look.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

_OURS = "app"
_MOST_LINES = 30
_CODES = ("errno", "sqlite_errorname", "sqlstate")


class JsonLines(logging.Formatter):
    """Makes a line of each record: `at`, `level`, `logger`, `message`, the record's `facts`, and `error`."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            told["error"] = _told(error)
        return json.dumps(told, ensure_ascii=False, default=str)


def log_as_json(level: str, stream: TextIO | None = None) -> None:
    """Have the whole program log so, on stderr. `level` is for Bistand's own; others tell warnings at least.

    Libraries may not say more: at their finer levels they tell of what passes through them.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(_OURS).setLevel(level)
    logging.captureWarnings(True)


def _told(error: BaseException) -> dict[str, Any]:
    origin = getattr(error, "orig", None)  # SQLAlchemy wraps what the database's own driver raised
    inner = origin if isinstance(origin, BaseException) else error
    codes = {name: str(getattr(inner, name)) for name in _CODES if getattr(inner, name, None) is not None}
    told: dict[str, Any] = {"type": type(inner).__name__, **codes, "where": _where(error.__traceback__)}
    if error.__cause__ is not None and error.__cause__ is not origin:
        told["cause"] = type(error.__cause__).__name__
    return told


def _where(trace: TracebackType | None) -> list[str]:
    """The frames, innermost last: file, line and function, and no line of source."""
    frames = traceback.extract_tb(trace)[-_MOST_LINES:]
    return [f"{'/'.join(Path(frame.filename).parts[-3:])}:{frame.lineno} {frame.name}" for frame in frames]
