"""Restarts that are due."""

import time
from pathlib import Path

import psutil
import pytest

from app.diagnostics.checks.uptime import UptimeCheck, newer_kernel_installed
from app.domain.finding import Level


def _install(folder: Path, *kernels: str) -> Path:
    for kernel in kernels:
        (folder / kernel).mkdir(parents=True)
    return folder


def test_updates_that_wait_for_a_restart_are_a_notice(tmp_path: Path) -> None:
    mark = tmp_path / "reboot-required"
    mark.touch()
    outcome = UptimeCheck(marks=(mark,), kernels=tmp_path).run()
    assert outcome.level is Level.NOTICE
    assert outcome.sentence == "This computer waits for a restart to finish its updates."


@pytest.mark.parametrize(
    ("hours", "level", "sentence"),
    [
        (5, Level.OK, "This computer was restarted within the last day."),
        (25, Level.OK, "This computer was restarted 1 day ago."),
        (24 * 3, Level.OK, "This computer was restarted 3 days ago."),
        (24 * 45, Level.NOTICE, "This computer has not been restarted for 45 days."),
    ],
)
def test_a_restart_long_ago_is_a_notice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, hours: int, level: Level, sentence: str
) -> None:
    monkeypatch.setattr(psutil, "boot_time", lambda: time.time() - 3600 * hours - 1)
    outcome = UptimeCheck(marks=(), kernels=tmp_path).run()
    assert (outcome.level, outcome.sentence) == (level, sentence)
    assert outcome.evidence[0].value == hours


def test_a_newer_kernel_is_noticed_by_number_not_by_letter(tmp_path: Path) -> None:
    folder = _install(tmp_path, "6.1.0-9-amd64", "6.1.0-13-amd64")
    assert newer_kernel_installed(folder, "6.1.0-9-amd64")
    assert not newer_kernel_installed(folder, "6.1.0-13-amd64")


def test_a_kernel_of_another_flavour_is_not_newer(tmp_path: Path) -> None:
    folder = _install(tmp_path, "6.1.0-9-amd64", "6.8.0-1-rt-amd64")
    assert not newer_kernel_installed(folder, "6.1.0-9-amd64")


def test_nothing_is_said_where_the_running_kernel_is_not_installed(tmp_path: Path) -> None:
    assert not newer_kernel_installed(_install(tmp_path, "6.1.0-9-amd64"), "5.0.0-1-amd64")
    assert not newer_kernel_installed(tmp_path / "none", "5.0.0-1-amd64")
