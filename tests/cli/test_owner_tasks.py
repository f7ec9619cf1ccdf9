"""The owner's tasks as they are typed: what they print, what they ask, and how they end."""

import json
from pathlib import Path
from uuid import uuid4

import pytest

from app.cli.main import main
from app.service import admin
from app.service.app import create_app
from app.service.settings import ServiceSettings


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A service with two technicians."""
    settings = ServiceSettings(data=tmp_path / "service")
    admin.init(settings, "The Shop")
    for name in ("Sanne", "Bo"):
        admin.add_technician(settings, name)
    return settings.data


def test_backup_restore_and_check_tell_facts(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "backup.tar"
    assert main(["admin", "backup", str(file), "--data", str(data), "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["file"], made["people"], made["missing"]) == (str(file), 2, [])
    assert main(["admin", "backup", str(file), "--data", str(data)]) == 1
    assert "no backup is ever written over" in capsys.readouterr().err
    assert main(["admin", "restore", str(file), "--data", str(data)]) == 1
    assert "--replace" in capsys.readouterr().err
    service = create_app(ServiceSettings(data=data), None).state.service
    assert main(["admin", "restore", str(file), "--data", str(data), "--replace"]) == 1
    assert "A service runs" in capsys.readouterr().err
    service.database.close()
    assert main(["admin", "restore", str(file), "--data", str(data), "--replace", "--json"]) == 0
    back = json.loads(capsys.readouterr().out)
    assert Path(back["kept"]).exists()
    assert main(["admin", "check", "--data", str(data), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["whole"] is True
    (data / "service.db").chmod(0o644)
    assert main(["admin", "check", "--data", str(data)]) == 1
    assert "chmod 600" in capsys.readouterr().out


def test_erasing_wants_a_yes(data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    command = ["admin", "erase", "Sanne", "--data", str(data)]
    assert main(command) == 2  # nobody can be asked
    assert "--yes" in capsys.readouterr().err
    for said, done in (("no\n", 1), ("\n", 1), ("yes\n", 0)):
        monkeypatch.setattr("sys.stdin", _Typed(said))
        assert main(command) == done
        told = capsys.readouterr()
        assert "for good? Type yes" in told.err
        assert ("Sanne is erased" in told.out) is (done == 0)
    assert main([*command, "--yes"]) == 1
    assert "Nobody here goes by “Sanne”" in capsys.readouterr().err
    assert main(["admin", "erase", "Bo", "--data", str(data), "--yes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["erased"] is True


def test_where_more_than_one_fits_they_are_listed(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = ServiceSettings(data=data)
    admin.revoke(settings, "Bo")
    admin.add_technician(settings, "Bo")
    assert main(["admin", "erase", "bo", "--data", str(data), "--yes"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert "out since" in lines[1]
    person = lines[2].split()[0]
    place = data.parent / "for Bo"
    assert main(["admin", "export-person", person, "--to", str(place), "--data", str(data)]) == 0
    assert "Bo" in (place / "README.txt").read_text(encoding="utf-8")
    assert main(["admin", "export-person", str(uuid4()), "--to", str(place), "--data", str(data)]) == 1


class _Typed:
    """A terminal where somebody types this."""

    def __init__(self, text: str) -> None:
        self._text = text

    def isatty(self) -> bool:
        """It is one."""
        return True

    def readline(self) -> str:
        """What was typed."""
        return self._text
