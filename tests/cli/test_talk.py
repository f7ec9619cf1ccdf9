"""What is typed wrong in the commands of the talk about a case: a sentence that helps, exit code 2, nothing opened."""

from pathlib import Path

import pytest

from app.cli.main import COMMANDS, main


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["wait", "x", "nobody", "y"], "customer"),
        (["handover", "--accept", "--withdraw"], "not allowed with"),
        (["handover", "x", "Bo", "--accept"], "stands by itself"),
        (["handover", "x", "--decline", "No", "--tried", "y"], "stands by itself"),
        (["alternatives", "x", "Which?", "--pro", "Cheap"], "--way"),
        (["alternatives", "x", "Which?", "--way", " "], "title"),
        (["choose", "x"], "--unsure"),
        (["choose", "x", "1", "--unsure"], "--unsure"),
        (["confirm", "x", "--thanks", "a", "--not-fixed", "b"], "not allowed with"),
        (["fix", "x", "A new drum", "--owner", "Bo"], "--by"),
        (["fix", "x", "A new drum", "--owner", "Bo", "--by", "soon"], "2026-12-24"),
        (["fix", "x", "--done", "--owner", "Bo"], "stand in the plan"),
        (["answer", "x", "Yes"], "--certainty"),
        (["line_crossed", "x", "y"], "no command"),
    ],
)
def test_it_is_told(home: Path, capsys: pytest.CaptureFixture[str], words: list[str], says: str) -> None:
    assert main(words) == 2
    told = capsys.readouterr()
    assert says in told.err
    assert told.out == ""
    assert not home.exists()


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert main([name, "--help"]) == 0
    assert f"bistand {name}" in capsys.readouterr().out
