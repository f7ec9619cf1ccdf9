"""Time worked."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.domain.records import Record, Utc


class WorkKind(StrEnum):
    """What a piece of work is to the agreement."""

    COVERED = "covered"
    SPECIAL = "special"
    GOODWILL = "goodwill"
    REWORK = "rework"
    INTERNAL = "internal"
    TRAVEL = "travel"


class WorkRecorded(Record):
    """Time worked, to the second as it was. What is charged for it is reckoned later, never stored here.

    `corrects` names the piece that this one takes the place of, `earlier` the case that rework mends once more.
    """

    kind: Literal["work_recorded"] = "work_recorded"
    start: Utc
    end: Utc
    work: WorkKind = WorkKind.COVERED
    text: Annotated[str, Field(max_length=2000)] = ""
    session: UUID | None = None
    corrects: UUID | None = None
    earlier: UUID | None = None
