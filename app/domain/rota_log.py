"""The rota as it was planned and changed: the fold of its events. A shop has one."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from app.domain import events as ev
from app.domain.people import Role
from app.domain.rota import Shift

ROTA = UUID("b3f6c1de-0d1a-4f0e-8f64-3f0a7a5c9e10")
"""The id of the shop's rota, the same on every device."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A shift that stands. `id` is that of the event which planned it."""

    id: UUID
    shift: Shift
    source: str


@dataclass(frozen=True, slots=True)
class Rota:
    """All shifts that stand, made by a fold alone, in the order in which they were planned."""

    id: UUID
    planned: tuple[Planned, ...] = ()
    erased: tuple[ev.PersonErased, ...] = ()
    changed_at: datetime | None = None
    timeline: tuple[ev.Event, ...] = field(default=(), repr=False)

    @property
    def is_begun(self) -> bool:
        """An empty rota is one, too."""
        return True

    @property
    def shifts(self) -> tuple[Shift, ...]:
        """The shifts alone, the earliest first."""
        return tuple(sorted((each.shift for each in self.planned), key=lambda shift: (shift.start, shift.end)))


def change(rota: Rota, event: ev.Event) -> Rota:
    """What the event does to the rota. A kind that is not known leaves it as it was."""
    match event.body:
        case ev.ShiftPlanned(start=start, end=end) as body if start < end:
            shift = Shift(technician=body.technician, name=body.name, start=start, end=end)
            others = tuple(each for each in rota.planned if not body.source or each.source != body.source)
            return replace(rota, planned=(*others, Planned(event.id, shift, body.source)))
        case ev.ShiftRemoved(shift=gone):
            return replace(rota, planned=tuple(each for each in rota.planned if each.id != gone))
        case ev.PersonErased() as body if event.author.role is Role.OWNER:
            return replace(rota, erased=(*rota.erased, body))
        case _:
            return rota
