"""Bistand's own folder: private, movable, and one identity even when two programs start at once."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.system import settings
from app.system.errors import HomeError
from app.system.paths import Home, home, private_folder, replace_file, replacing, write_new
from app.system.settings import Settings


def test_a_home_is_closed_to_others(home: Path) -> None:
    from app.system.paths import home as open_home

    here = open_home()
    here.identity()
    settings.save(here, Settings(provider="http://127.0.0.1:1"))
    assert here.folder == home
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in home.iterdir() if path.is_file())


def test_without_a_name_the_home_is_where_programs_keep_their_data(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("BISTAND_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert home().folder == tmp_path / "bistand"


def test_programs_that_start_at_once_agree_on_one_identity(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from app.system.paths import Home; "
        "print(Home(Path(sys.argv[1])).identity())"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert len({process.communicate(timeout=30)[0] for process in started}) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["identity"]


def test_a_damaged_identity_is_not_silently_made_anew(tmp_path: Path) -> None:
    (tmp_path / "identity").write_text("half")
    with pytest.raises(HomeError, match="backup"):
        Home(tmp_path).identity()


def test_a_home_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HomeError, match="BISTAND_HOME"):
        private_folder(tmp_path / "file" / "home")


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "target"
    write_new(target, b"first")
    with pytest.raises(FileExistsError):
        write_new(target, b"second")
    assert target.read_bytes() == b"first"
    replace_file(target, b"third")
    assert target.read_bytes() == b"third"
    assert list(tmp_path.iterdir()) == [target]


def test_settings_come_back_as_they_were_kept(tmp_path: Path) -> None:
    here = Home(tmp_path)
    assert settings.load(here) == Settings()
    kept = Settings(provider="https://help.example", provider_name="Example IT")
    settings.save(here, kept)
    assert settings.load(here) == kept


def test_damaged_settings_are_a_clear_error_and_stay_where_they_are(tmp_path: Path) -> None:
    here = Home(tmp_path)
    here.settings.write_text("{half")
    with pytest.raises(HomeError, match="enrol this device again"):
        settings.load(here)
    assert here.settings.read_text() == "{half"


def test_a_file_that_is_written_piece_by_piece_is_whole_or_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "all [1]*.jsonl"
    path.write_text("older")
    left = tmp_path / f".{path.name}.0190a000.part"
    other = tmp_path / ".all 1x.jsonl.0190a000.part"
    for one in (left, other):
        one.write_text("half")
    with pytest.raises(KeyboardInterrupt), replacing(path):
        raise KeyboardInterrupt
    assert (path.read_text(), sorted(tmp_path.iterdir())) == ("older", [other, path])
    with replacing(path) as file:
        file.write(b"whole")
    assert path.read_text() == "whole"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(tmp_path.iterdir()) == [other, path]
