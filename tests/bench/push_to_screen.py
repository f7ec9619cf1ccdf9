"""`push_to_screen`: from the writing at one desk until a thousand others have it, through one service.

The light desks are real HTTP connections of devices of their own, in one program, which read each answer and keep
nothing (a thousand real stores would measure this machine's disk). Two real desks beside them, each with its store and
its sync loop, are measured whole.
"""

import statistics

from tests.bench.many_desks import Office, office
from tests.bench.row import Row

DESKS = 1000
_NOTES = 10
_PAUSE = 0.5
_LIMIT = 0.25


def measure() -> Row:
    """One service on SQLite."""
    with office(DESKS) as desks:
        return row("push_to_screen", desks, "one service on SQLite")


def row(name: str, desks: Office, where: str) -> Row:
    """The row for these desks, who all wait."""
    peer = statistics.median(desks.services[0].round_trip(100))
    spent = sum(service.on_processor() for service in desks.services)
    light, real = desks.write(_NOTES, _PAUSE, each_alone=True)
    each = (sum(service.on_processor() for service in desks.services) - spent) / _NOTES
    p95 = quantile(light, 0.95)
    note = (
        f"{DESKS} devices wait, each on a connection of its own; {where}. A real desk writes a note, {_NOTES} times, "
        "each once all wait again; the time counts from before the writing until a desk has read the answer as JSON: "
        f"p50 {told(light, 0.5)}, p95 {told(light, 0.95)}, the last {told(light, 1)}. At two real desks, until it is "
        f"in their store: p50 {told(real, 0.5)}, the slowest {told(real, 1)}. The services take {each:.2f} s of a core "
        "for each note, all desks' next questions with it. Services, database, writer and desks share this machine. "
        "The peer is a bare `GET /healthz` at the same service on a kept connection, median."
    )
    return Row(name, 1000 * p95, 1000 * peer, "ms", p95 / peer, f"p95 under {1000 * _LIMIT:g} ms", p95 < _LIMIT, note)


def quantile(seconds: list[float], part: float) -> float:
    """So many of them took no longer."""
    ordered = sorted(seconds)
    return ordered[min(int(part * len(ordered)), len(ordered) - 1)]


def told(seconds: list[float], part: float) -> str:
    """The same in words."""
    return f"{1000 * quantile(seconds, part):.0f} ms"
