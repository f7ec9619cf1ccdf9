"""How memory is judged."""

import pytest

from app.diagnostics.checks.memory import MemoryCheck, MemoryState, judge
from app.domain.finding import Level

GB = 1_000_000_000


@pytest.mark.parametrize(
    ("available", "moved", "level", "sentence"),
    [
        (6 * GB, 0.0, Level.OK, "There is enough memory: 6.0 GB is free."),
        (int(0.6 * GB), 0.0, Level.NOTICE, "This computer is short of memory: 600 MB is left."),
        (int(0.1 * GB), 0.0, Level.PROBLEM, "This computer has run out of memory: 100 MB is left."),
        (6 * GB, 5e7, Level.NOTICE, "This computer is slow because it uses its disk in place of memory."),
    ],
)
def test_little_memory_is_a_notice_and_next_to_none_a_problem(
    available: int, moved: float, level: Level, sentence: str
) -> None:
    outcome = judge(MemoryState(total=8 * GB, available=available, swap_total=GB, swap_used=0, moved=moved))
    assert (outcome.level, outcome.sentence) == (level, sentence)
    assert {fact.name: fact.unit for fact in outcome.evidence}["available"] == "GB"


def test_this_machine_has_memory() -> None:
    facts = {fact.name: fact.value for fact in MemoryCheck().run().evidence}
    assert isinstance(facts["memory"], float)
    assert facts["memory"] > 0.1
