"""A stream of which this program knows no kinds of its own yet: what a newer service sends is kept as it is."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.domain import events as ev


@dataclass(frozen=True, slots=True)
class Other:
    """Such a stream."""

    id: UUID
    erased: tuple[ev.PersonErased, ...] = ()
    changed_at: datetime | None = None
    timeline: tuple[ev.Event, ...] = field(default=(), repr=False)

    @property
    def is_begun(self) -> bool:
        """Any event may be its first."""
        return True


def change(other: Other, _: ev.Event) -> Other:
    """Nothing."""
    return other
