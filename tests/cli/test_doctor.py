"""`bistand doctor --rebuild`: what it prints, where all is well and where something beside the log was wrong."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app.cli import doctor, main
from app.flows.party import Party
from app.store.connection import connect
from app.store.key import store_key
from app.system.paths import Home
from app.system.secrets import MemorySecrets
from app.wiring import build_party
from tests.store.parts import open_case


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str]:
    """A store with one case in it, and its key; the command opens just this one."""
    secrets = MemorySecrets()

    @contextmanager
    def opened() -> Iterator[Party]:
        with closing(build_party(Home(tmp_path), secrets, None)) as party:
            yield party

    with opened() as party:
        open_case(party.store, "The printer prints nothing")
    monkeypatch.setattr(doctor, "open_party", opened)
    return tmp_path / "store.db", store_key(secrets)


def test_where_nothing_differs_it_says_so(home: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["doctor", "--rebuild"]) == 0
    assert capsys.readouterr().out == "Read 1 events of 1 cases. All that is kept beside them was as it should be.\n"


def test_what_differed_is_mended_and_told(home: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    with closing(connect(*home)) as connection:
        connection.execute("UPDATE case_row SET title = 'for\x1bged'")
        connection.execute("DELETE FROM passage")
    assert main.main(["doctor", "--rebuild"]) == 0
    said = capsys.readouterr().out
    assert "list: title for�ged → title The printer prints nothing" in said
    assert "search:" in said
    assert main.main(["doctor", "--rebuild", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"cases": 1, "events": 1, "differences": []}
