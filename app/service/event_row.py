"""An event as a row of the log."""

from typing import Any
from uuid import UUID

from app.domain.events import Event, is_for_customer


def row_of(event: Event, version: int, owner: UUID | None) -> dict[str, Any]:
    """The values of the table `events`. `owner` is the customer whose case it is."""
    return {
        "version": version,
        "id": event.id,
        "device": event.device,
        "device_seq": event.device_seq,
        "stream_id": event.stream_id,
        "kind": event.kind,
        "owner": owner,
        "customer_visible": is_for_customer(event),
        "event": event.model_dump_json(),
    }
