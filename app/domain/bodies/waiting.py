"""Whom a case waits for, and that it goes on."""

from enum import StrEnum
from typing import Literal

from app.domain.records import LongText, Record, Remark


class Awaited(StrEnum):
    """Who has to do something before the case can go on."""

    CUSTOMER = "customer"
    VENDOR = "vendor"
    COLLEAGUE = "colleague"


class CaseWaits(Record):
    """Nothing can be done until somebody else has done something. The customer reads the reason (rule 9)."""

    kind: Literal["case_waits"] = "case_waits"
    awaited: Awaited
    reason: LongText


class CaseResumed(Record):
    """The technician goes on with a case that waited."""

    kind: Literal["case_resumed"] = "case_resumed"
    text: Remark = ""
