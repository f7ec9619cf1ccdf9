"""An event as a row of the log."""

from typing import Any
from uuid import UUID

from app.domain.events import Event, Readers, readers_of

EVERY_CUSTOMER = UUID(int=2**128 - 1)
"""Whose an event is that every customer may read."""


def row_of(event: Event, version: int, owner: UUID | None) -> dict[str, Any]:
    """The values of the table `events`. `owner` is the customer whose case it is."""
    readers = readers_of(event)
    return {
        "version": version,
        "id": event.id,
        "device": event.device,
        "device_seq": event.device_seq,
        "stream": event.stream.value,
        "stream_id": event.stream_id,
        "kind": event.kind,
        "owner": EVERY_CUSTOMER if readers is Readers.EVERY_CUSTOMER else owner,
        "customer_visible": readers in (Readers.CUSTOMER, Readers.EVERY_CUSTOMER),
        "confidential": readers is Readers.OWNER,
        "event": event.model_dump_json(),
    }
