"""Who is on call when (rule 4)."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.domain.records import Record, ShortText, Utc


class ShiftPlanned(Record):
    """The technician is on call from `start` to just before `end`.

    `source` names the event of a calendar file, and which of its occurrences; another of the same takes its place.
    """

    kind: Literal["shift_planned"] = "shift_planned"
    technician: UUID
    name: ShortText
    start: Utc
    end: Utc
    source: Annotated[str, Field(max_length=400)] = ""


class ShiftRemoved(Record):
    """The shift that the event `shift` planned is not."""

    kind: Literal["shift_removed"] = "shift_removed"
    shift: UUID
