"""Garbage is looked for less often in a whole program, and still found."""

import subprocess
import sys

_PROGRAM = """
import gc, weakref
from app.system.garbage import collect_seldom

class Ring:
    pass

collect_seldom()
collect_seldom()
assert gc.isenabled() and gc.get_threshold()[0] > 700
frozen = gc.get_freeze_count()
assert frozen > 1000
ring = Ring()
ring.itself = ring
seen = weakref.ref(ring)
del ring
held = [[] for _ in range(250_000)]
assert seen() is None, "a circle that was made afterwards is never found"
"""


def test_what_goes_round_in_circles_is_found_by_itself() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
