"""Stop, again and again, against processes that would rather stay. `BISTAND_STOPS=200` makes as many of them."""

import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from app.remote.relay.relay import Relay
from tests.remote.chain import hosted, terminal

assert sys.platform == "linux"

STOPS = int(os.environ.get("BISTAND_STOPS", "6"))
_STUBBORN = (
    "nohup {marker} >/dev/null 2>&1 &",
    "setsid {marker} >/dev/null 2>&1 &",
    "( ( {marker} >/dev/null 2>&1 & ) & );",
    "(trap '' HUP TERM INT; setsid nohup {marker}) >/dev/null 2>&1 &",
    "sh -c 'while :; do {marker} & sleep 0.03; done' >/dev/null 2>&1 &",
    "setsid sh -c 'trap \"\" HUP TERM; while :; do setsid {marker} & sleep 0.05; done' >/dev/null 2>&1 &",
)


def _alive(marker: str) -> int:
    return sum(
        marker in " ".join(one.info["cmdline"] or ()) and one.info["status"] != psutil.STATUS_ZOMBIE
        for one in psutil.process_iter(["cmdline", "status"])
    )


@pytest.mark.timeout(60 + 3 * STOPS)
def test_no_process_survives_a_stop_and_each_is_over_within_a_second(relay: Relay, tmp_path: Path) -> None:
    took = []
    for number in range(STOPS):
        marker = f"sleep 98{os.getpid()}{number}"
        folder = tmp_path / str(number)
        folder.mkdir()
        with hosted(relay, folder, terminal()) as host:
            session = host.join()
            session.run(f"{_STUBBORN[number % len(_STUBBORN)].format(marker=marker)} sleep 0.15")
            assert _alive(marker), "the process did not come up"
            began = time.monotonic()
            over = host.stop()
            took.append(time.monotonic() - began)
            assert over.left == 0
            assert not _alive(marker)
            session.end()
    took.sort()
    p99 = took[min(len(took) - 1, int(0.99 * len(took)))]
    sys.stdout.write(f"{STOPS} stops: median {took[len(took) // 2]:.3f} s, p99 {p99:.3f} s, longest {took[-1]:.3f} s\n")
    assert p99 < 1.0
