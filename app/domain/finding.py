"""What a diagnostic check found, with its evidence."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.domain.records import LongText, Record, ShortText


class Level(StrEnum):
    """How bad a finding is. `unknown` is an honest answer: the check could not tell."""

    OK = "ok"
    NOTICE = "notice"
    PROBLEM = "problem"
    UNKNOWN = "unknown"


class Evidence(Record):
    """One measured fact behind a finding. `unit` is empty where the value has none."""

    name: ShortText
    value: str | int | float | bool
    unit: str = ""


class Finding(Record):
    """What one check ended with: a level, one plain sentence, and the evidence for it."""

    check: ShortText
    level: Level
    sentence: Annotated[LongText, Field(max_length=500)]
    evidence: tuple[Evidence, ...] = ()
    seconds: Annotated[float, Field(ge=0)]
