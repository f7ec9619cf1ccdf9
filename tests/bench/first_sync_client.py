"""A device that reads a whole log for the first time, as a program of its own.

    python -m tests.bench.first_sync_client URL CODE FOLDER

It enrols, makes an encrypted store in FOLDER, and prints as JSON how many events came, in how many seconds, and the
most memory it had (MB). Also the processor's time, as user and system seconds.
"""

import json
import resource
import sys
import time
from pathlib import Path

from app.store.store import Store
from app.sync.client import ServiceClient
from app.sync.synchroniser import Synchroniser
from app.system.clock import SystemClock, new_id
from app.system.garbage import collect_seldom

KEY = "5e" * 32


def main(url: str, code: str, folder: str) -> None:
    """Do it, and tell."""
    collect_seldom()  # as every program of ours does
    device = new_id()
    token = ServiceClient(url, token=lambda: None).enrol(code, device).token
    client = ServiceClient(url, token=lambda: token)
    store = Store(Path(folder) / "store.db", KEY, device=device, clock=SystemClock())
    received = 0
    began = time.perf_counter()
    synchroniser = Synchroniser(store, client)

    def tell(step: object) -> None:
        nonlocal received
        received += step.received  # type: ignore[attr-defined]

    synchroniser.pull(tell)
    seconds = time.perf_counter() - began
    store.close()
    client.close()
    used = resource.getrusage(resource.RUSAGE_SELF)
    told = {"events": received, "seconds": seconds, "peak": used.ru_maxrss * 1024 / 1e6}
    print(json.dumps(told | {"user": used.ru_utime, "system": used.ru_stime}))


if __name__ == "__main__":
    main(*sys.argv[1:])
