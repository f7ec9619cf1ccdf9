"""One row of the benchmarks: our figure, a peer's measured in the same run, and what we aim at; or figures alone."""

from collections.abc import Callable
from dataclasses import dataclass


class CannotMeasureError(Exception):
    """A row cannot be measured on this machine. The text says what is missing."""


@dataclass(frozen=True, slots=True)
class Row:
    """`ours` and `peer` are in `unit`; `ratio` is ours to the peer's; `note` says how it was measured.

    Where the aim is missed, the note says why.
    """

    name: str
    ours: float
    peer: float
    unit: str
    ratio: float
    aim: str
    holds: bool
    note: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure that has no peer: what it is of, how much, in which unit ("" for a number of things)."""

    what: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures that were measured together and have no peer; `note` says how."""

    name: str
    figures: tuple[Figure, ...]
    note: str


Measure = Callable[[], Row | tuple[Row, ...] | Measured]


def at_most(name: str, ours: float, peer: float, unit: str, limit: float, note: str) -> Row:
    """A row where less is better: ours may be at most `limit` times the peer's."""
    ratio = ours / peer
    return Row(name, ours, peer, unit, ratio, f"at most {limit:g}x", ratio <= limit, note)


def at_least(name: str, ours: float, peer: float, unit: str, limit: float, note: str) -> Row:
    """A row where more is better: ours must be at least `limit` times the peer's."""
    ratio = ours / peer
    return Row(name, ours, peer, unit, ratio, f"at least {limit:g}x", ratio >= limit, note)
