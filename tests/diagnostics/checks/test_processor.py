"""The processor over a short sampling."""

from collections.abc import Callable, Iterator

import psutil
import pytest

from app.diagnostics.checks import processor
from app.diagnostics.checks.processor import ProcessorCheck
from app.domain.finding import Level


def _samples(*samples: tuple[float, float]) -> Callable[[], tuple[float, float]]:
    told: Iterator[tuple[float, float]] = iter(samples)
    return lambda: next(told)


@pytest.mark.parametrize(
    ("after", "load", "level", "sentence"),
    [
        ((12.0, 102.0), 0.1, Level.NOTICE, "This computer is working as hard as it can right now (100 % in use)."),
        ((10.5, 102.0), 0.1, Level.OK, "This computer has power to spare (25 % in use)."),
        ((10.5, 102.0), 999.0, Level.NOTICE, "This computer has had more to do than it can manage for a while."),
        ((10.0, 100.0), 0.1, Level.OK, "This computer has power to spare (0 % in use)."),
    ],
)
def test_a_busy_processor_is_a_notice(
    monkeypatch: pytest.MonkeyPatch, after: tuple[float, float], load: float, level: Level, sentence: str
) -> None:
    monkeypatch.setattr(processor, "_used", _samples((10.0, 100.0), after))
    monkeypatch.setattr(psutil, "getloadavg", lambda: (load, load, load))
    outcome = ProcessorCheck().run()
    assert (outcome.level, outcome.sentence) == (level, sentence)


def test_this_machine_has_a_processor() -> None:
    facts = {fact.name: (fact.value, fact.unit) for fact in ProcessorCheck().run().evidence}
    assert facts["in use"][1] == "%"
    assert facts["cores"][0]
