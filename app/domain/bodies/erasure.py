"""What stands where a person was erased (see `app.domain.erasure`)."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.domain.people import Role
from app.domain.records import Record


class ContentErased(Record):
    """What stood here went with the person it was about (see `app.domain.erasure`). `was` is the kind that it had."""

    kind: Literal["content_erased"] = "content_erased"
    was: Annotated[str, Field(min_length=1, max_length=60)]


class PersonErased(Record):
    """The owner erased a person from this case: whoever holds a copy of it does so too (see `app.domain.erasure`).

    `named` are events of others in this case that told the person's name.
    """

    kind: Literal["person_erased"] = "person_erased"
    person: UUID
    role: Role
    named: tuple[UUID, ...] = ()
