"""The system's tools are asked with a limit, and nothing of them outlives it."""

import sys
import time
from pathlib import Path

import psutil
import pytest

from app.diagnostics.errors import ToolError
from app.diagnostics.tools import ask


def test_a_tool_is_asked_in_english() -> None:
    assert ask([sys.executable, "-c", "import os; print(os.environ['LC_ALL'])"], limit_seconds=20) == "C\n"


def test_a_missing_tool_is_a_clear_error() -> None:
    with pytest.raises(ToolError, match="no-such-tool cannot be run"):
        ask(["no-such-tool"], limit_seconds=1)


def test_a_failing_tool_is_a_clear_error() -> None:
    with pytest.raises(ToolError, match="ended with 3"):
        ask(["sh", "-c", "exit 3"], limit_seconds=20)


def test_a_hanging_tool_is_killed_with_all_it_started(tmp_path: Path) -> None:
    note = tmp_path / "child"
    began = time.monotonic()
    with pytest.raises(ToolError, match=r"sh had not answered after 0\.3 s"):
        ask(["sh", "-c", f"sleep 60 & echo $! > {note}; wait"], limit_seconds=0.3)
    assert time.monotonic() - began < 20
    child = int(note.read_text())
    deadline = time.monotonic() + 5
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.01)
