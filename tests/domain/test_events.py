"""An event keeps its meaning on its way through files and wires, whoever wrote it."""

import pytest
from hypothesis import given
from pydantic import ValidationError

from app.domain import events as ev
from tests.domain import make


@given(make.events)
def test_an_event_survives_the_wire(event: ev.Event) -> None:
    assert ev.Event.model_validate_json(event.model_dump_json()) == event


def test_a_kind_from_a_newer_program_is_kept_whole() -> None:
    raw = make.event(make.note()).model_dump(mode="json")
    raw["body"] = {"kind": "hologram_shown", "depth": 3, "layers": ["a", {"b": None}]}
    event = ev.Event.model_validate(raw)
    assert isinstance(event.body, ev.UnknownBody)
    assert event.model_dump(mode="json")["body"] == raw["body"]


def test_a_known_kind_with_a_wrong_field_is_refused_not_taken_for_a_newer_one() -> None:
    raw = make.event(make.note()).model_dump(mode="json")
    raw["body"]["certainty"] = "quite"
    with pytest.raises(ValidationError) as refused:
        ev.Event.model_validate(raw)
    assert refused.value.errors()[0]["loc"] == ("body", "known", "note_added", "certainty")


@pytest.mark.parametrize("kind", sorted(ev.known_kinds()))
def test_no_known_kind_passes_for_a_newer_one(kind: str) -> None:
    with pytest.raises(ValidationError, match="this kind is known"):
        ev.UnknownBody(kind=kind)
    with pytest.raises(ValidationError):
        ev.Event.model_validate({**make.event(make.note()).model_dump(), "body": {"kind": kind, "no field of it": 1}})


@pytest.mark.parametrize("naive", ["2026-11-22T12:00:00", "yesterday", ""])
def test_a_moment_without_its_offset_is_no_moment(naive: str) -> None:
    raw = make.event(make.note()).model_dump(mode="json")
    with pytest.raises(ValidationError):
        ev.Event.model_validate({**raw, "at": naive})


@pytest.mark.parametrize(
    ("body", "visible"),
    [
        (make.note(audience="internal"), False),
        (make.note(audience="customer"), True),
        (make.work(), True),
        (make.work().model_copy(update={"work": ev.WorkKind.INTERNAL}), False),
        (ev.UnknownBody(kind="hologram_shown"), False),
        (ev.CaseTaken(), True),
    ],
)
def test_what_a_customer_may_read(body: ev.Body, visible: bool) -> None:
    assert ev.is_for_customer(make.event(body)) is visible
    assert (ev.readers_of(make.event(body)) is ev.Readers.CUSTOMER) is visible


@pytest.mark.parametrize("stream", set(ev.Stream) - {ev.Stream.CASE})
def test_what_is_about_no_case_is_for_technicians(stream: ev.Stream) -> None:
    beside = make.event(ev.UnknownBody(kind="hologram_shown")).model_copy(update={"stream": stream})
    assert ev.readers_of(beside) is ev.Readers.STAFF
