"""A device that reads a whole log for the first time, as a program of its own.

    python -m tests.bench.first_sync_client URL CODE FOLDER

It enrols, makes an encrypted store in FOLDER, and prints as JSON how many events came, after how many seconds all were
in its log and the newest cases in the list, after how many lists and search had all, and the most memory it had (MB).
Also the processor's time until the log was here, as user and system seconds.
"""

import json
import resource
import sys
import time
from pathlib import Path

from app.domain.progress import Progress, Work
from app.store.store import Store
from app.sync.client import ServiceClient
from app.sync.synchroniser import Synchroniser, SyncResult
from app.system.clock import SystemClock, new_id
from app.system.garbage import collect_seldom
from app.system.turns import take_short_turns

KEY = "5e" * 32


def main(url: str, code: str, folder: str) -> None:
    """Do it, and tell."""
    collect_seldom()  # as every program of ours does
    take_short_turns()
    device = new_id()
    token = ServiceClient(url, token=lambda: None).enrol(code, device).token
    client = ServiceClient(url, token=lambda: token)
    store = Store(Path(folder) / "store.db", KEY, device=device, clock=SystemClock())
    received = 0
    told: dict[str, float] = {}
    began = time.perf_counter()

    def tell(step: SyncResult) -> None:
        nonlocal received
        received += step.received

    def report(step: Progress) -> None:
        if step.what is Work.FETCH and step.done == step.total:
            used = resource.getrusage(resource.RUSAGE_SELF)
            told.update(seconds=time.perf_counter() - began, user=used.ru_utime, system=used.ru_stime)
        elif step.what is Work.FOLLOW:
            told.setdefault("listed", time.perf_counter() - began)

    Synchroniser(store, client, report).pull(tell)
    told["whole"] = time.perf_counter() - began
    store.close()
    client.close()
    told["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(json.dumps({"events": received, **told}))


if __name__ == "__main__":
    main(*sys.argv[1:])
