"""The owner's limits: read from a file, refused whole where one is wrong, and told on the page as they are."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.domain.errors import UsageError
from app.service.errors import LimitsFileError
from app.service.limits_file import read_limits
from app.service.settings import GIBIBYTE, MEBIBYTE, Limits

PAGE = Path(__file__).parents[2] / "docs" / "operating.md"


def limits(folder: Path, text: str) -> Limits:
    """What is read of this text."""
    file = folder / "limits.toml"
    file.write_text(text, encoding="utf-8")
    return read_limits(file)


def test_what_is_set_is_taken_and_the_rest_stays_as_usual(tmp_path: Path) -> None:
    text = '# small shop\nmax_blob = "16 MiB"\nmax_body = 4096\nrequests_per_minute = 600\nbody_patience = 5\n'
    read = limits(tmp_path, text)
    assert (read.max_blob, read.max_body, read.requests_per_minute, read.body_patience) == (
        16 * MEBIBYTE,
        4096,
        600,
        5.0,
    )
    assert read.max_requests == Limits().max_requests
    assert limits(tmp_path, "") == Limits()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('max_body = 4096\nmax_blobs = "1 MiB"\n', r"line 2: “max_blobs” is no limit; there are body_patience, bytes_"),
        ("\n\nmax_requests = 0\n", r"line 3: “max_requests” must be greater than or equal to 1"),
        ('max_requests = "many"\n', r"line 1: “max_requests” must be a valid integer"),
        ("max_requests = true\n", r"line 1: “max_requests” must be a valid integer"),
        ("max_requests = 1.5\n", r"line 1: “max_requests” must be a valid integer"),
        ('max_blob = "64 bananas"\n', r"line 1: “max_blob” is a size, in bytes or as in “64 MiB”"),
        ("max_blob = -1\n", r"line 1: “max_blob” is a size"),
        ("max_blob = true\n", r"line 1: “max_blob” is a size"),
        ('max_blob = "2 GiB"\n', r"line 1: “max_blob” must be less than or equal to 1073741824"),
        ("body_patience = nan\n", r"line 1: “body_patience” must be a finite number"),
        ("body_patience = 0\n", r"line 1: “body_patience” must be greater than 0"),
        ("max_requests = 5\n[limits]\nx = 1\n", r"line 2: “limits” is no limit"),
        ('data = "/elsewhere"\n', r"line 1: “data” is no limit"),
        ("max_requests = 5\nmax_requests = 6\n", r"it is no TOML: .*line 2"),
        ("max_requests: 5\n", r"it is no TOML: .*line 1"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(LimitsFileError, match=said) as refused:
        limits(tmp_path, text)
    assert isinstance(refused.value, UsageError)
    assert "limits.toml" in str(refused.value)


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(LimitsFileError, match="cannot be read"):
        read_limits(tmp_path / "none.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(LimitsFileError, match="no text in UTF-8"):
        read_limits(tmp_path / "binary.toml")


def test_the_service_does_not_start_on_a_file_that_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "limits.toml").write_text("max_request = 1\n", encoding="utf-8")
    words = ["serve", "--no-relay", "--data", str(tmp_path / "data"), "--limits", str(tmp_path / "limits.toml")]
    done = subprocess.run([sys.executable, "-m", "app.cli.main", *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "line 1: “max_request” is no limit" in done.stderr
    assert not (tmp_path / "data").exists()


def test_the_page_tells_every_limit_with_its_default() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("\n## Limits\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    told = {row[3].strip("`"): row[1] for row in rows if len(row) == 4 and row[3].startswith("`")}
    assert set(told) == set(Limits.model_fields)
    for name, value in Limits():
        assert re.match(_written(name, value) + r"\b", told[name]), (name, told[name], value)


def _written(name: str, value: float) -> str:
    """How the page writes a default."""
    kind = str(Limits.model_fields[name].annotation)
    if "ByteSize" not in kind:
        return f"{value:,g}"
    return f"{value // GIBIBYTE} GiB" if value >= GIBIBYTE else f"{value // MEBIBYTE} MiB"
