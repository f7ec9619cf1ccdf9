"""The jail: no path, link or name leads out of what was granted."""

# ruff: noqa: E402 - the platform comes first

import sys

assert sys.platform != "win32"
import os
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.consent import FilesGrant
from app.remote.customer.jail import Jail, OutsideError, names_of, open_file
from app.remote.errors import GrantError

_UNTIL = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """`granted` with a file and links out, and beside it what must never be reached."""
    (tmp_path / "granted" / "deep").mkdir(parents=True)
    (tmp_path / "grantedx").mkdir()
    (tmp_path / "granted" / "inside.txt").write_text("inside")
    (tmp_path / "granted" / "deep" / "inside.txt").write_text("deeper")
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "grantedx" / "secret.txt").write_text("secret")
    (tmp_path / "granted" / "link.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "granted" / "out").symlink_to(tmp_path)
    (tmp_path / "granted" / "up").symlink_to("..")
    (tmp_path / "granted" / "again").symlink_to("deep")
    (tmp_path / "granted" / "home").mkdir()
    (tmp_path / "granted" / "home" / "store.db").write_text("ours")
    os.mkfifo(tmp_path / "granted" / "pipe")
    return tmp_path


@pytest.fixture
def jail(place: Path) -> Iterator[Jail]:
    """The jail over `granted`, Bistand's own `home` in it left out."""
    held = Jail((_grant(place / "granted"),), (place / "granted" / "home",))
    yield held
    held.close()


def _grant(folder: Path) -> FilesGrant:
    return FilesGrant(folder=str(folder), until=_UNTIL)


def _held_open(place: Path) -> list[str]:
    """What is open in there, in this process."""
    found = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # some other thread's, closed meanwhile
            found.append(str(descriptor.readlink()))
    return [name for name in found if name.startswith(str(place))]


def _read(jail: Jail, path: str) -> bytes:
    with jail.spot(path) as spot:
        opened = open_file(spot, os.O_RDONLY, 0)
        try:
            return os.read(opened, 100)
        finally:
            os.close(opened)


def test_files_inside_are_reached_by_full_and_by_relative_path(jail: Jail, place: Path) -> None:
    assert _read(jail, f"{place}/granted/inside.txt") == b"inside"
    assert _read(jail, "deep/inside.txt") == b"deeper"
    assert _read(jail, "deep/../inside.txt") == b"inside"


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "deep/../../secret.txt",
        "{place}/secret.txt",
        "{place}/grantedx/secret.txt",
        "/etc/passwd",
        "link.txt",
        "out/secret.txt",
        "up/secret.txt",
        "again/inside.txt",
        "home/store.db",
        "deep/../home/store.db",
        "pipe",
        "deep",
        ".",
        "inside.txt\0",
        "inside.txt/../../secret.txt",
        "/" + "a" * 5000,
    ],
)
def test_nothing_else_is_reached(jail: Jail, place: Path, path: str) -> None:
    with pytest.raises(OSError):  # noqa: PT011 - which one depends on what stands in the way
        _read(jail, path.format(place=place))


def test_a_folder_swapped_for_a_link_after_the_grant_changes_nothing(jail: Jail, place: Path) -> None:
    (place / "granted").rename(place / "moved")
    (place / "granted").symlink_to(place / "grantedx")
    assert _read(jail, f"{place}/granted/inside.txt") == b"inside"
    with pytest.raises(FileNotFoundError):
        _read(jail, f"{place}/granted/secret.txt")


def test_bistands_own_folder_is_not_granted(place: Path) -> None:
    home = place / "granted" / "home"
    (home / "recordings").mkdir()
    for folder in (home, home / "recordings"):
        with pytest.raises(GrantError, match="never shared"):
            Jail((_grant(folder),), (home,))


def test_a_folder_that_is_not_there_is_a_clear_error(place: Path) -> None:
    with pytest.raises(GrantError, match="cannot be opened"):
        Jail((_grant(place / "nowhere"),), ())


def test_what_was_open_stays_so_and_what_cannot_be_opened_is_named(place: Path) -> None:
    (place / "more").mkdir()
    (place / "more" / "inside.txt").write_bytes(b"more")
    first = Jail((_grant(place / "granted"),), ())
    (place / "granted").rename(place / "moved")
    (place / "granted").symlink_to(place / "grantedx")
    wanted = tuple(_grant(place / name) for name in ("granted", "nowhere", "more"))
    second, failed = first.renewed(wanted, ())
    first.close()
    assert tuple(failed) == wanted[1:2]
    assert "cannot be opened" in str(failed[wanted[1]])
    assert _read(second, f"{place}/granted/inside.txt") == b"inside"
    assert _read(second, f"{place}/more/inside.txt") == b"more"
    with pytest.raises(FileNotFoundError):
        _read(second, f"{place}/granted/secret.txt")
    second.close()
    assert not _held_open(place)


def test_no_descriptor_is_left_open(place: Path) -> None:
    jail = Jail((_grant(place / "granted"), _grant(place / "granted")), (place / "granted" / "home",))
    assert _held_open(place)
    for path in ("inside.txt", "deep/inside.txt", "out/secret.txt", "home/store.db", "nowhere", "../x"):
        try:
            _read(jail, path)
        except OSError:
            continue
    jail.close()
    assert not _held_open(place)


_names = st.sampled_from(
    ["..", ".", "deep", "out", "up", "link.txt", "secret.txt", "inside.txt", "home", "", "grantedx"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=300)
@given(st.lists(_names, max_size=8), st.booleans())
def test_no_way_of_spelling_a_path_leads_out(jail: Jail, place: Path, names: list[str], absolute: bool) -> None:
    path = "/".join(names)
    try:
        content = _read(jail, f"{place}/granted/{path}" if absolute else path)
    except OSError:
        return
    assert content in (b"inside", b"deeper")


@given(st.text(max_size=60))
def test_names_hold_no_way_up(text: str) -> None:
    try:
        names = names_of(f"/{text}")
    except OutsideError:
        return
    assert not {"..", ".", ""} & set(names)


def test_what_the_kernel_shows_of_itself_is_not_served() -> None:
    with closing(Jail((_grant(Path("/")),), ())) as jail:
        for path in (f"/proc/{os.getpid()}/mem", "/proc/version", "/sys/kernel/notes"):
            with pytest.raises(OutsideError), jail.spot(path):
                pass
        with jail.spot("/") as spot:
            os.close(jail.folder(spot))
    with pytest.raises(GrantError, match="never shared"):
        Jail((_grant(Path(f"/proc/{os.getpid()}")),), ())


def test_a_folder_around_our_own_stays_where_it_is(jail: Jail, place: Path) -> None:
    deep = place / "granted" / "deep"
    (deep / "ours").mkdir()
    with closing(Jail((_grant(place / "granted"),), (deep / "ours",))) as held:
        assert held.must_stay(deep.stat())
        assert held.must_stay((deep / "ours").stat())
        assert not held.must_stay((deep / "inside.txt").stat())
    assert not jail.must_stay(deep.stat())
