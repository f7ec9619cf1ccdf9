"""Names from the customer's machine never decide where a file lands."""

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.remote.errors import TransferError
from app.remote.technician.names import local_name, local_path


@given(st.text(max_size=300))
def test_a_name_is_one_harmless_component_on_every_system(untrusted: str) -> None:
    try:
        name = local_name(untrusted)
    except TransferError:
        return
    assert PurePosixPath(name).name == name
    assert PureWindowsPath(name).name == name
    assert not PureWindowsPath(name).drive
    assert name not in ("", ".", "..")
    assert not name.startswith(".")
    assert all(letter.isprintable() or letter == " " or ord(letter) > 127 for letter in name)


@pytest.mark.parametrize(
    ("remote", "local"),
    [
        ("/var/log/syslog", "syslog"),
        ("../../.bashrc", "bashrc"),
        ("C:\\Users\\x\\report.pdf", "report.pdf"),
        ("/x/con.txt", "_con.txt"),
        ("/x/a\x1b[2Jb", "a[2Jb"),
        ("/x/name. . ", "name"),
        ("/x/rechnung für Jürgen.pdf", "rechnung für Jürgen.pdf"),
        ("/x/evil\u202egnp.exe", "evilgnp.exe"),
    ],
)
def test_known_tricks(remote: str, local: str) -> None:
    assert local_name(remote) == local


@pytest.mark.parametrize("remote", ["", "/", "..", "/x/...", "/x/\x00", "/x/ . "])
def test_a_name_of_nothing_is_refused(remote: str) -> None:
    with pytest.raises(TransferError):
        local_name(remote)


def test_a_wanted_file_name_is_taken_as_it_is(tmp_path: Path) -> None:
    assert local_path("/etc/passwd", tmp_path / "copy") == tmp_path / "copy"
    assert local_path("/etc/passwd", tmp_path) == tmp_path / "passwd"
