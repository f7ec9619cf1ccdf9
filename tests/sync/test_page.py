"""A page from a service that may be hostile: every event is checked, and kept in the letters that were checked."""

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.events import Event
from app.sync.page import Page, read, unread
from tests.store.parts import foreign, note

EVENT = foreign(UUID(int=7), note("Kører igen"))


def page(*events: str, **more: Any) -> bytes:
    """A page with these events, as the service writes it."""
    told = ",".join(f'{{"version":{number},"stamp":"s","event":{event}}}' for number, event in enumerate(events, 1))
    rest = "".join(f",{json.dumps(name)}:{json.dumps(value)}" for name, value in more.items())
    return f'{{"events":[{told}],"cursor":"c"{rest}}}'.encode()


def told(content: bytes) -> Page:
    """The page, read."""
    return read(unread(content))


def test_an_event_is_an_entry_with_its_own_letters() -> None:
    whole = told(page(EVENT.model_dump_json(), more=True, newest=9))
    (entry,) = whole.events
    assert (whole.more, whole.newest, whole.cursor, list(whole.versions)) == (True, 9, "c", [1])
    assert (entry.json, entry.version, entry.stamp, entry.unsent) == (EVENT.model_dump_json(), 1, "s", False)
    assert (entry.id, entry.stream_id, entry.device) == (EVENT.id.bytes, EVENT.stream_id.bytes, EVENT.device.bytes)
    assert (entry.stream, entry.kind, entry.device_seq) == ("case", "note_added", 1)


def test_letters_written_in_another_way_are_kept_as_all_others_are() -> None:
    hidden = EVENT.model_dump_json().replace(str(EVENT.id), "".join(f"\\u{ord(one):04x}" for one in str(EVENT.id)))
    (entry,) = told(page(hidden)).events
    assert str(EVENT.id) in entry.json
    assert Event.model_validate_json(entry.json) == EVENT


_WRONG = {
    "no event": '{"new":1}',
    "a field too many": EVENT.model_dump_json()[:-1] + ',"more":1}',
    "no number": EVENT.model_dump_json().replace('"device_seq":1', '"device_seq":NaN'),
    "no number in what nobody knows": EVENT.model_dump_json().replace('"note_added"', '"future","x":NaN'),
    "deep": '{"a":' * 5000 + "1" + "}" * 5000,
    "half a letter": EVENT.model_dump_json().replace("igen", "\\ud800"),
    "nothing": "null",
}


@pytest.mark.parametrize("event", _WRONG.values(), ids=_WRONG)
def test_one_event_that_is_none_makes_the_page_none(event: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        told(page(EVENT.model_dump_json(), event))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"[" * 100_000,
        page().replace(b'"cursor"', b'"elsewhere"'),
        page(newest=-1),
        page(newest=2**70),
        page(strange=1),
        page(more=True),
        page("{}").replace(b'"version":1', b'"version":0'),
        page("{}").replace(b'"version":1', b'"version":1180591620717411303424'),
        page("{}").replace(b'"version":1', b'"version":true'),
        page("{}").replace(b'"stamp":"s"', b'"stamp":"' + b"s" * 101 + b'"'),
        page(EVENT.model_dump_json()).replace("ø".encode(), b"\xff"),
    ],
    ids=range(13),
)
def test_what_is_no_page_is_a_value_error(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        told(content)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_page_or_a_value_error(content: bytes) -> None:
    try:
        told(content)
    except ValueError:
        return
    assert json.loads(content)["cursor"] is not None
