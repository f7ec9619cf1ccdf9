"""A problem that returned, and what shall keep it from doing so again (rule 11)."""

from datetime import date
from typing import Literal
from uuid import UUID

from app.domain.records import LongText, Record, Remark, ShortText


class CaseCameBack(Record):
    """This case is an earlier one again. Work on it is rework from now on, linked to that one."""

    kind: Literal["case_came_back"] = "case_came_back"
    earlier: UUID


class FixPlanned(Record):
    """What shall solve it for good: `owner`, named as the shop knows them, sees to it until that day."""

    kind: Literal["fix_planned"] = "fix_planned"
    text: LongText
    owner: ShortText
    due: date


class FixDone(Record):
    """The permanent fix is in place."""

    kind: Literal["fix_done"] = "fix_done"
    fix: UUID
    text: Remark = ""
