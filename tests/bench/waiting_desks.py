"""`waiting_desks`: what a service takes with a thousand desks waiting, at rest, busy, and after a restart. No peer."""

import time

from tests.bench.many_desks import Office, office
from tests.bench.push_to_screen import DESKS, quantile
from tests.bench.row import Figure, Measured

_REST_SECONDS = 15.0
_A_SECOND = 5
_NOTES = 50


def measure() -> Measured:
    """Let them wait, write much, and start it anew, once as a shop does and once after it was killed."""
    with office(1) as nobody:
        empty = nobody.services[0].megabytes()
    with office(DESKS) as desks:
        service = desks.services[0]
        full = service.megabytes()
        at_rest = _share(desks, _REST_SECONDS)
        spent, began = service.on_processor(), time.monotonic()
        light, _ = desks.write(_NOTES, 1 / _A_SECOND, each_alone=False)
        busy = 100 * (service.on_processor() - spent) / (time.monotonic() - began)
        after = service.megabytes()
        stopped = _restarted(desks, outright=False)
        killed = _restarted(desks, outright=True)
    return Measured(
        "waiting_desks",
        (
            Figure("memory of the service with a handful of desks", empty, "MB"),
            Figure(f"with {DESKS} desks waiting", full, "MB"),
            Figure("and once it has been busy", after, "MB"),
            Figure(f"processor, {DESKS} waiting and nothing new", at_rest, "% of a core"),
            Figure(f"processor while {_A_SECOND} events a second come in", busy, "% of a core"),
            Figure("an event at a desk then, median", 1000 * quantile(light, 0.5), "ms"),
            Figure("and p95", 1000 * quantile(light, 0.95), "ms"),
            Figure("after a stop and a start, until all wait again", stopped, "s"),
            Figure("after a kill and a start, likewise", killed, "s"),
        ),
        f"One service on SQLite; {DESKS} devices, each on a connection of its own in one program beside it, and three "
        "real desks, all on this machine. Each event is told to all, who then ask anew. A restart counts from when the "
        "service answers again; desks come back after a pause of their own, up to a second at first.",
    )


def _share(desks: Office, seconds: float) -> float:
    before = desks.services[0].on_processor()
    time.sleep(seconds)
    return 100 * (desks.services[0].on_processor() - before) / seconds


def _restarted(desks: Office, *, outright: bool) -> float:
    """How long until all wait, once it answers again."""
    desks.services[0].stop(outright=outright)
    desks.services[0].start()
    return desks.await_waiting()
