"""What the shop and its customers agreed, as its owner wrote it."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.domain.agreement import Terms
from app.domain.records import Record


class AgreementWritten(Record):
    """The terms from now on. `based_on` names the earlier editions that the writer had before them; none at first."""

    kind: Literal["agreement_written"] = "agreement_written"
    terms: Terms
    based_on: Annotated[tuple[UUID, ...], Field(max_length=20)] = ()
