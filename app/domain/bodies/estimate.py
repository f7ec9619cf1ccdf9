"""How long it will take, as far as anybody can tell."""

from typing import Annotated, Literal

from pydantic import Field

from app.domain.records import Record, Remark, Utc


class EstimateGiven(Record):
    """By when a case will be solved, and how many minutes of work it takes, as far as either is known (rule 9).

    Neither says that nobody can tell yet. A later one never replaces an earlier one: it says why it differs.
    """

    kind: Literal["estimate_given"] = "estimate_given"
    ready: Utc | None = None
    minutes: Annotated[int, Field(ge=1, le=100_000)] | None = None
    reason: Remark = ""
