"""The log as JSON: one object a line, and never what somebody wrote."""

import io
import json
import logging
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.system.logs import JsonLines

PROGRAM = """
import logging, sys, warnings
from app.system.logs import log_as_json

log_as_json(sys.argv[1])
logging.getLogger("app.service").info("told")
logging.getLogger("app.service").debug("fine")
logging.getLogger("sqlalchemy.engine").info("SELECT 'a row of somebody'")
logging.getLogger("uvicorn.error").warning("heard")
warnings.warn("old", stacklevel=1)
"""


def told(log: logging.Logger, stream: io.StringIO) -> dict[str, Any]:
    """The last line."""
    for handler in log.handlers:
        handler.flush()
    facts: dict[str, Any] = json.loads(stream.getvalue().splitlines()[-1])
    return facts


@pytest.fixture
def log() -> tuple[logging.Logger, io.StringIO]:
    """A logger that writes as the service does."""
    logger, stream = logging.Logger("app.test"), io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger.addHandler(handler)
    return logger, stream


def test_a_line_tells_when_where_and_what(log: tuple[logging.Logger, io.StringIO]) -> None:
    log[0].warning("%s said\n“no”", "it", extra={"facts": {"status": 503}})
    line = told(*log)
    assert line["at"].endswith("+00:00")
    assert (line["level"], line["logger"], line["status"]) == ("warning", "app.test", 503)
    assert line["message"] == "it said\n“no”"
    assert len(log[1].getvalue().splitlines()) == 1


def test_an_error_is_told_by_its_kind_and_place_and_not_by_its_text(log: tuple[logging.Logger, io.StringIO]) -> None:
    try:
        int("4821 7305 is the code of Kim")
    except ValueError as error:
        log[0].error("failed", exc_info=error)
    line = told(*log)
    assert line["error"]["type"] == "ValueError"
    assert line["error"]["where"][-1].endswith("test_an_error_is_told_by_its_kind_and_place_and_not_by_its_text")
    assert "4821" not in log[1].getvalue()


def test_an_error_of_the_system_or_the_database_keeps_its_code(log: tuple[logging.Logger, io.StringIO]) -> None:
    for work, code in ((_open_nothing, "errno"), (_ask_wrongly, "sqlite_errorname")):
        try:
            work()
        except (OSError, sqlite3.Error) as error:
            log[0].error("failed", exc_info=error)
        assert code in told(*log)["error"]
    assert "secret" not in log[1].getvalue()


def _open_nothing() -> None:
    with Path("/nowhere/secret").open():
        pass


def _ask_wrongly() -> None:
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("SELECT secret FROM nothing")
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("level", "messages"), [("WARNING", ["heard"]), ("INFO", ["told", "heard"]), ("DEBUG", ["told", "fine", "heard"])]
)
def test_libraries_never_tell_more_than_warnings(level: str, messages: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, level], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["message"] for line in lines[:-1]] == messages
    assert lines[-1]["logger"] == "py.warnings"
    assert done.stdout == ""
