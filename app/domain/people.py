"""Who does things: the roles and the authors of events."""

from enum import StrEnum
from uuid import UUID

from app.domain.records import Record, ShortText


class Role(StrEnum):
    """What a person is to the shop; a further relay is a party of its own kind, with rights to its own routes alone."""

    OWNER = "owner"
    TECHNICIAN = "technician"
    CUSTOMER = "customer"
    RELAY = "relay"


class Author(Record):
    """Who made an event, by the name that people know them by."""

    role: Role
    id: UUID
    name: ShortText

    @property
    def is_staff(self) -> bool:
        """Whether this is somebody of the shop, who may read internal notes."""
        return self.role in (Role.OWNER, Role.TECHNICIAN)
