"""A command that lists or charges does not tell half of it because a first sync was cut off."""

import pytest

from app import wiring
from app.cli import main, progress
from tests.cli.test_progress import Capture, interrupted_at, used_by
from tests.flows.conftest import Town, town
from tests.store.test_following import shop_log

__all__ = ["town"]


def test_what_a_first_sync_left_is_finished_before_a_command_lists(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    for name in ("_PATIENCE", "_REWRITTEN_EVERY", "_TOLD_EVERY"):
        monkeypatch.setattr(progress, name, 0.0)
    monkeypatch.setattr("app.store.following._AT_ONCE", 4)
    anna = town.somebody("Anna")
    anna.store.receive(list(shop_log(3)), "e:9", more=True)
    with used_by(wiring, anna, monkeypatch):
        assert interrupted_at(1, lambda: main.main(["cases"]), monkeypatch) == 130
        assert anna.store.to_follow() == 5
        assert "Stopped. What is done stays done" in capsys.readouterr().err
        assert main.main(["cases"]) == 0
    printed = capsys.readouterr()
    assert [f"Help {number}" in printed.out for number in range(3)] == [True] * 3
    doing = "Bringing lists and search up to date"
    assert printed.err == f"{doing}: 4 of 5 (80 %)\n{doing}: 5 of 5 (100 %)\n"
