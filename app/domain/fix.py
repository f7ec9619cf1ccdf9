"""What shall solve a problem for good: who sees to it, and until when."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from app.domain.events import Event, FixDone, FixPlanned


@dataclass(frozen=True, slots=True)
class Fix:
    """A permanent fix. `owner` is a colleague's name; `done_at` (UTC) is None until it is in place."""

    id: UUID
    text: str
    owner: str
    due: date
    done_at: datetime | None = None


def plan(fixes: tuple[Fix, ...], event: Event, body: FixPlanned) -> tuple[Fix, ...]:
    """The fixes after one more."""
    return (*fixes, Fix(event.id, body.text, body.owner, body.due))


def finish(fixes: tuple[Fix, ...], event: Event, body: FixDone) -> tuple[Fix, ...]:
    """The fixes with this one in place."""
    return tuple(replace(one, done_at=one.done_at or event.at) if one.id == body.fix else one for one in fixes)
