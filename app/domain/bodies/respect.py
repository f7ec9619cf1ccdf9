"""Respect runs both ways (rule 14)."""

from typing import Literal

from app.domain.records import LongText, Record, Remark


class LineCrossed(Record):
    """A technician was treated as nobody should be. Only the owner reads it; `follow_up` is what they are asked for."""

    kind: Literal["line_crossed"] = "line_crossed"
    text: LongText
    follow_up: Remark = ""
