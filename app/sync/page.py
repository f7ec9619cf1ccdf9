"""A page of the service's log: first taken apart, so that the next one can be asked for, then read event by event.

Each event is kept in the very letters that were checked, so it is cut out of the page and checked by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta, Raw, Struct
from pydantic import TypeAdapter
from pydantic_core import from_json, to_json

from app.domain.entry import Entry, entry_of
from app.domain.events import Event

_HIGHEST = 2**63 - 1


class Told(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """An event in its place in the log, and the service's stamp on it."""

    version: Annotated[int, Meta(ge=1, le=_HIGHEST)]
    event: Raw
    stamp: Annotated[str, Meta(max_length=100)] = ""


class Unread(Struct, frozen=True, forbid_unknown_fields=True):
    """Events that nobody has looked at, in order, how far they reach, and whether there are more at once.

    `newest` is the log's last version, where the service tells it to this device.
    """

    events: tuple[Told, ...]
    cursor: str
    more: bool = False
    newest: Annotated[int, Meta(ge=0, le=_HIGHEST)] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The same with its events checked."""

    events: Sequence[Entry]
    versions: Sequence[int]
    cursor: str
    more: bool
    newest: int | None


_taken_apart = msgspec.json.Decoder(Unread).decode
_checked = TypeAdapter(Event).validator.validate_json


def unread(untrusted: bytes) -> Unread:
    """Take the page apart. Raises `ValueError` where it is none."""
    try:
        page = _taken_apart(untrusted)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(f"no page of a log: {error}") from error
    if page.more and not page.events:
        raise ValueError("no page of a log: it could go on like this for ever")
    return page


def read(page: Unread) -> Page:
    """Check each event. Raises `ValueError` where one of them is none."""
    versions = [told.version for told in page.events]
    return Page([_entry(told) for told in page.events], versions, page.cursor, page.more, page.newest)


def _entry(told: Told) -> Entry:
    text = _letters(told.event)
    return entry_of(_checked(text), text, told.version, told.stamp)


def _letters(untrusted: Raw) -> str:
    """The event's JSON, each letter written in one way: the store looks for ids and names in it."""
    text = str(untrusted, "utf-8")
    return to_json(from_json(text, allow_inf_nan=False)).decode() if "\\u" in text else text
