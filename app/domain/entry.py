"""An event as a log keeps it: beside the event itself what a log is asked for, flat, so that it is a row as it is."""

from typing import NamedTuple

from app.domain.events import Confirmed, Event


class Entry(NamedTuple):
    """One event in a log. Ids are bytes, `json` is the event, as it is checked and kept.

    `version` is None, and the entry `unsent`, until the service has confirmed the event; `stamp` is the service's mark.
    """

    id: bytes
    stream: str
    stream_id: bytes
    kind: str
    device: bytes
    device_seq: int
    version: int | None
    unsent: bool
    stamp: str
    json: str


def entry_of(event: Event, json: str, version: int | None = None, stamp: str = "") -> Entry:
    """The event's entry. `json` is the same event."""
    return Entry(
        event.id.bytes,
        event.stream.value,
        event.stream_id.bytes,
        event.body.kind,
        event.device.bytes,
        event.device_seq,
        version,
        version is None,
        stamp,
        json,
    )


def confirmed_entry(confirmed: Confirmed) -> Entry:
    """The entry of an event that the service has confirmed."""
    return entry_of(confirmed.event, confirmed.event.model_dump_json(), confirmed.version, confirmed.stamp)
