"""Many light desks in a program of their own, told what to do by lines of JSON."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench.row import CannotMeasureError

_PATIENCE = 120.0
_ROOT = Path(__file__).parents[2]


class LightDesks:
    """The program of `desk_clients.py`: many desks that wait for news, and tell what came."""

    def __init__(self, cursor: str, services: list[dict[str, Any]]) -> None:
        began = time.monotonic()
        pipe = subprocess.PIPE
        command = [sys.executable, "-m", "tests.bench.desk_clients"]
        self._program = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=_ROOT)
        self._say(json.dumps({"cursor": cursor, "services": services}))
        self._told()
        self.linked = time.monotonic() - began

    def told(self) -> dict[str, Any]:
        """What arrived since the last time."""
        self._say("")
        return self._told()

    def close(self) -> None:
        """End it."""
        self._program.kill()
        self._program.communicate(timeout=_PATIENCE)

    def _say(self, line: str) -> None:
        assert self._program.stdin is not None
        self._program.stdin.write(f"{line}\n")
        self._program.stdin.flush()

    def _told(self) -> dict[str, Any]:
        assert self._program.stdout is not None
        line = self._program.stdout.readline()
        if not line:
            raise CannotMeasureError("the light desks' program ended early")
        told: dict[str, Any] = json.loads(line)
        return told
