"""Nobody reads the files without the key: not the store, not what lies beside it."""

import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from app.store.opening import open_store, steps
from tests.store.parts import KEY, START, add_note, open_case, opened

_SENTENCE = "The cat slept on the router again"
_TERMINAL = "systemctl restart totally-secret.service"
_BLOB = b"asciicast of a secret session, line by line; "


@pytest.fixture
def folder(path: Path) -> Path:
    """A folder with an open store's files (store, write-ahead log) and a backup, all as they lie on the disk."""
    with opened(path) as store:
        case_id = open_case(store, _SENTENCE)
        for number in range(50):
            add_note(store, case_id, f"{_SENTENCE} and again {number}")
        store.index_terminal(case_id, case_id, START, _TERMINAL)
        store.put_blob(_BLOB * 500)
        store.set_value("name", _SENTENCE)
        copy = path.parent / "copy"
        copy.mkdir()
        for file in path.parent.iterdir():
            if file.is_file():
                shutil.copy(file, copy)
    open_store(path, KEY, (*steps(), "CREATE TABLE more (a);")).close()
    shutil.copy(path.with_suffix(f".before-{len(steps()) + 1}.db"), copy)
    return copy


def test_no_word_of_it_can_be_read_in_the_files(folder: Path) -> None:
    names = {file.name for file in folder.iterdir()}
    assert {"store.db", "store.db-wal", "store.mark", f"store.before-{len(steps()) + 1}.db"} <= names
    for file in folder.iterdir():
        content = file.read_bytes()
        for secret in (_SENTENCE, _TERMINAL, "router", "secret", "SQLite", "CREATE TABLE", KEY):
            for encoding in ("utf-8", "utf-16-le"):
                assert secret.encode(encoding) not in content, (file.name, secret)
        assert bytes.fromhex(KEY) not in content


@pytest.mark.skipif(shutil.which("strings") is None, reason="needs strings (Debian: binutils)")
def test_strings_finds_nothing(folder: Path) -> None:
    for file in folder.iterdir():
        printed = subprocess.run(["strings", "-a", str(file)], capture_output=True, text=True, check=True).stdout
        assert not any(word in printed.lower() for word in ("router", "systemctl", "asciicast", "case_opened"))


def test_it_was_all_there_to_be_found(folder: Path) -> None:
    with closing(open_store(folder / "store.db", KEY, steps())) as connection:
        assert connection.execute("SELECT count(*) FROM event").fetchone() == (51,)


def test_nothing_of_the_key_is_said_in_errors_or_on_stderr(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with opened(path):
        pass
    wrong = "c0ffee" + "ab" * 29
    with pytest.raises(Exception) as raised, opened(path, key=wrong):  # noqa: PT011 - any error will do
        pass
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("", "")
    assert wrong not in str(raised.value)
    assert KEY not in str(raised.value)
