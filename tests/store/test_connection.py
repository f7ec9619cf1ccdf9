"""What was being read when a transaction ended stands in nobody's way, however long somebody holds on to it."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.everything import Everything, KeptEvent
from app.store.store import Store
from tests.store.parts import add_note, open_case, opened

NOTES = 10


@pytest.fixture
def begun(store: Store) -> list[Iterator[KeptEvent]]:
    """A case with notes, and a reading of it that was broken off at the first event."""
    case_id, held = open_case(store), []
    for number in range(NOTES):
        add_note(store, case_id, f"Note {number}")

    def break_off(everything: Everything) -> None:
        held.append(everything.events)
        next(everything.events)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.read_all(break_off)
    return held


def test_the_next_who_reads_the_same_gets_everything_once_whenever_the_last_is_thrown_away(
    store: Store, begun: list[Iterator[KeptEvent]]
) -> None:
    def read(everything: Everything) -> list[str]:
        first = [next(everything.events).json for _ in range(3)]
        begun.clear()
        gc.collect()
        return first + [event.json for event in everything.events]

    texts = store.read_all(read)
    assert len(texts) == len(set(texts)) == 1 + NOTES


def test_what_another_program_wrote_since_is_seen(store: Store, path: Path) -> None:
    case_id, held = open_case(store), []
    add_note(store, case_id, "Before")

    def begin(everything: Everything) -> None:
        next(everything.events)
        held.append(everything.events)

    store.read_all(begin)
    with opened(path) as other:
        written = add_note(other, case_id, "From elsewhere")
    assert store.case(case_id).timeline[-1] == written
    assert add_note(store, case_id, "After it").device_seq == written.device_seq + 1
    with pytest.raises(Exception, match="closed cursor"):
        next(held[0])
