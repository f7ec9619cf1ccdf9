"""The busiest programs: by name, and by name alone."""

import subprocess
import sys

from app.diagnostics.checks.busiest import BusiestCheck, Program, judge
from app.domain.finding import Level

GB = 1_000_000_000


def test_one_program_that_takes_all_is_named() -> None:
    outcome = judge([Program("scanner", 97.0, GB), Program("mail", 1.0, GB)], 8 * GB)
    assert outcome.level is Level.NOTICE
    assert outcome.sentence == "One program keeps this computer busy: scanner."


def test_one_program_that_takes_the_memory_is_named() -> None:
    outcome = judge([Program("browser", 5.0, 7 * GB), Program("mail", 1.0, GB)], 8 * GB)
    assert outcome.sentence == "One program takes most of the memory: browser."


def test_the_most_are_listed_first_with_units() -> None:
    outcome = judge([Program(f"p{number}", number, number * GB // 10) for number in range(9)], 8 * GB)
    assert outcome.level is Level.OK
    assert [(fact.name, fact.value, fact.unit) for fact in outcome.evidence][:2] == [
        ("p8 processor", 8.0, "%"),
        ("p7 processor", 7.0, "%"),
    ]
    assert ("p8 memory", 0.8, "GB") in [(fact.name, fact.value, fact.unit) for fact in outcome.evidence]
    assert len(outcome.evidence) == 10


def test_no_processes_to_be_seen_is_unknown() -> None:
    assert judge([], 8 * GB).level is Level.UNKNOWN


def test_a_secret_on_a_command_line_never_shows() -> None:
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass", "--password=hunter2-secret"])
    try:
        outcome = BusiestCheck().run()
    finally:
        busy.kill()
        busy.wait()
    assert outcome.evidence
    assert "hunter2" not in outcome.model_dump_json()
