"""A case goes from one technician to another: offered with its context, and moved once it is accepted (rule 12)."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.domain.records import LongText, Record, ShortText


class HandoverOffered(Record):
    """Whoever has the case offers it to a colleague, named as the shop knows them. It stays where it is for now."""

    kind: Literal["handover_offered"] = "handover_offered"
    to: ShortText
    tried: LongText
    assumed: Annotated[str, Field(max_length=20_000)] = ""
    next: LongText


class HandoverAccepted(Record):
    """The colleague takes the case over. The author is the colleague."""

    kind: Literal["handover_accepted"] = "handover_accepted"
    offer: UUID


class HandoverDeclined(Record):
    """The colleague does not take it, and says why."""

    kind: Literal["handover_declined"] = "handover_declined"
    offer: UUID
    reason: LongText


class HandoverWithdrawn(Record):
    """Whoever offered it keeps the case."""

    kind: Literal["handover_withdrawn"] = "handover_withdrawn"
    offer: UUID
