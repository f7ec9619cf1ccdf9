"""Threads take shorter turns in a whole program of ours."""

import subprocess
import sys

_PROGRAM = """
import sys
from app.system.turns import take_short_turns
before = sys.getswitchinterval()
take_short_turns()
assert 0 < sys.getswitchinterval() < before
"""


def test_turns_are_shorter_than_pythons_own() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
