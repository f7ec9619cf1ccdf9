"""What is no whole backup of ours is refused before anything is touched; what cannot be written leaves nothing."""

import hashlib
import io
import json
import os
import random
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.domain.events import DiagnosticsShared
from app.domain.progress import uncounted
from app.service import schema
from app.service.backup import back_up
from app.service.backup_file import HEADER, MANIFEST, Header, Sum, go_through
from app.service.check import check
from app.service.database import Database
from app.service.errors import (
    BackupError,
    BackupExistsError,
    BackupFileError,
    DamagedBackupError,
    NewerBackupError,
    NoBackupError,
)
from app.service.restore import restore
from app.service.settings import ServiceSettings
from tests.service.filled import Filled, accepted, filled, tables_of
from tests.service.parts import NotedRelay, Shop

Members = list[tuple[tarfile.TarInfo, bytes]]

_FILL = """
import resource, sys
from pathlib import Path
from app.service.backup import back_up
from app.service.errors import BackupFileError
from app.service.restore import restore
from app.service.settings import ServiceSettings

folder, new, backup = map(Path, sys.argv[1:])
settings = ServiceSettings(data=folder)
resource.setrlimit(resource.RLIMIT_FSIZE, (60000, 60000))
for task in (lambda: back_up(settings, new), lambda: restore(settings, backup, replace=True)):
    try:
        task()
    except BackupFileError as error:
        print("refused:", error)
    else:
        print("done")
"""


class Collected:
    """All that is in a backup."""

    def __init__(self) -> None:
        self.found: list[object] = []

    def header(self, header: Header) -> None:
        """Keep it."""
        self.found.append(header)

    def erasures(self, lines: bytes) -> None:
        """Keep them."""
        self.found.append(lines)

    def blob(self, sha256: str, chunks: Iterator[bytes]) -> None:
        """Keep it."""
        self.found.append((sha256, b"".join(chunks)))

    def rows(self, table: str, lines: bytes) -> int:
        """Keep them."""
        self.found.append((table, lines))
        return len(lines.splitlines())


def contents(file: Path) -> list[object]:
    """All that a whole backup holds. Raises as `go_through`."""
    collected = Collected()
    go_through(file, collected, uncounted)
    return collected.found


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """A shop with something of everything, which does not run any more."""
    shop = Shop(tmp_path_factory.mktemp("shop"), NotedRelay()).start()
    full = filled(shop)
    large = full.lone.upload(os.urandom(100_000))
    accepted(full.lone, full.lone.event(full.other, DiagnosticsShared(findings=(), redactions=0, report=large)))
    shop.stop()
    yield full
    shop.close()


@pytest.fixture(scope="module")
def backup(full: Filled) -> Path:
    """A backup of it."""
    file = full.shop.settings.data.parent / "backup.tar"
    back_up(full.shop.settings, file)
    return file


def members_of(file: Path) -> Members:
    """What is in the tar."""
    with tarfile.open(file) as tar:
        return [(member, tar.extractfile(member).read()) for member in tar]  # type: ignore[union-attr]


def write(file: Path, members: Members, *, sealed: bool = True) -> Path:
    """A tar of these; `sealed` has its end fit, as somebody would who knows how it is made."""
    digest = Sum()
    with tarfile.open(file, "w") as tar:
        for member, content in members:
            if member.name == MANIFEST and sealed:
                told = json.loads(content)
                told["digest"] = digest.value
                content = json.dumps(told).encode()  # noqa: PLW2901
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
            digest.add(member.name, len(content), hashlib.sha256(content).hexdigest())
    return file


def changed(name: str, change: Callable[[bytes], bytes]) -> Callable[[Members], Members]:
    """The members, one of them changed."""
    return lambda members: [
        (member, change(content) if member.name == name else content) for member, content in members
    ]


def told(**other: object) -> Callable[[bytes], bytes]:
    """Another header."""
    return lambda content: json.dumps({**json.loads(content), **other}).encode()


def named(name: str, *, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    """A member of this name."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, "/etc/passwd"
    return member


def inserted(member: tarfile.TarInfo, content: bytes = b"x") -> Callable[[Members], Members]:
    """The members, with one more before the end."""
    return lambda members: [*members[:-1], (member, content), members[-1]]


ROWS = "tables/people.000001.jsonl"
FORGED: list[tuple[str, Callable[[Members], Members], bool, type[BackupError]]] = [
    ("rows that were changed", changed(ROWS, lambda rows: rows.replace(b"Sanne", b"Simon")), False, DamagedBackupError),
    ("rows that are none", changed(ROWS, lambda _: b'{"a": 1}\n'), True, DamagedBackupError),
    ("rows with other values", changed(ROWS, lambda _: b'["x","y","z","2026",null]\n'), True, DamagedBackupError),
    ("a row less", changed(ROWS, lambda rows: rows.split(b"\n", 1)[1]), True, DamagedBackupError),
    ("no rows", lambda members: [each for each in members if each[0].name != ROWS], True, DamagedBackupError),
    ("no end", lambda members: members[:-1], False, DamagedBackupError),
    ("something after the end", lambda members: [*members, (named("x"), b"")], True, DamagedBackupError),
    ("no header", lambda members: members[1:], True, NoBackupError),
    ("a newer form", changed(HEADER, told(format=2, more="x")), True, NewerBackupError),
    ("newer tables", changed(HEADER, told(revision="9999")), True, NewerBackupError),
    ("no tables", changed(HEADER, told(tables={})), True, DamagedBackupError),
    ("a header that is none", changed(HEADER, lambda _: b"[]"), True, DamagedBackupError),
    ("a path that leads out", inserted(named("../../escaped")), True, DamagedBackupError),
    ("a path from the root", inserted(named("/tmp/escaped")), True, DamagedBackupError),
    ("a table that nobody knows", inserted(named("tables/more.000001.jsonl"), b"[]\n"), True, DamagedBackupError),
    ("a link", inserted(named("erasures.jsonl", kind=tarfile.SYMTYPE), b""), True, DamagedBackupError),
    ("a link to a blob", inserted(named(f"blobs/aa/{'a' * 64}", kind=tarfile.SYMTYPE), b""), True, DamagedBackupError),
    ("a blob that is another", inserted(named(f"blobs/aa/{'a' * 64}"), b"evil"), True, DamagedBackupError),
]  # fmt: skip


@pytest.mark.parametrize(("forge", "sealed", "error"), [row[1:] for row in FORGED], ids=[row[0] for row in FORGED])
def test_what_was_tampered_with_is_refused_and_nothing_is_touched(
    full: Filled,
    backup: Path,
    tmp_path: Path,
    forge: Callable[[Members], Members],
    sealed: bool,
    error: type[BackupError],
) -> None:
    file = write(tmp_path / "forged.tar", forge(members_of(backup)), sealed=sealed)
    before = tables_of(full.shop.settings)
    with pytest.raises(error, match="Nothing was changed"):
        restore(full.shop.settings, file, replace=True)
    assert tables_of(full.shop.settings) == before
    with pytest.raises(error):
        restore(ServiceSettings(data=tmp_path / "new"), file)
    assert not (tmp_path / "new").exists()


def test_members_written_again_unchanged_are_a_backup(backup: Path, tmp_path: Path) -> None:
    assert contents(write(tmp_path / "same.tar", members_of(backup))) == contents(backup)


def test_wherever_it_is_cut_or_a_bit_is_turned_it_is_refused_or_means_the_same(backup: Path, tmp_path: Path) -> None:
    whole, content = contents(backup), backup.read_bytes()
    file = tmp_path / "damaged.tar"
    end = content.rindex(MANIFEST.encode())
    chance = random.Random(20261125)
    for _ in range(60):
        file.write_bytes(content[: chance.randrange(end + 512)])
        with pytest.raises((DamagedBackupError, NoBackupError)):
            contents(file)
    refused = 0
    for _ in range(200):
        place, bit = chance.randrange(len(content)), 1 << chance.randrange(8)
        file.write_bytes(content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :])
        try:
            assert contents(file) == whole, place  # it was where nothing is written
        except (DamagedBackupError, NoBackupError, NewerBackupError):
            refused += 1
    assert refused > 50


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0" * 99, b"\0" * 20480], ids=["empty", "other", "zeros"])
def test_another_file_is_no_backup(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(NoBackupError):
        restore(ServiceSettings(data=tmp_path / "new"), file)
    with pytest.raises(BackupFileError, match="No such file"):
        restore(ServiceSettings(data=tmp_path / "new"), tmp_path / "nowhere")


def test_a_backup_is_never_written_over_anything(full: Filled, tmp_path: Path) -> None:
    file = tmp_path / "mine"
    file.write_bytes(b"precious")
    with pytest.raises(BackupExistsError):
        back_up(full.shop.settings, file)

    def somebody_was_faster(done: int, total: int) -> None:
        if done == total:
            (tmp_path / "late").write_bytes(b"precious")

    with pytest.raises(BackupExistsError):
        back_up(full.shop.settings, tmp_path / "late", somebody_was_faster)
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {b"precious"}


def test_a_backup_without_a_lost_file_holds_all_the_rest_and_says_so(full: Filled, tmp_path: Path) -> None:
    settings = full.shop.settings
    sha256 = full.blobs["audit"]
    blob = settings.blobs / sha256[:2] / sha256
    content = blob.read_bytes()
    blob.write_bytes(b"audit of Kin")
    try:
        done = back_up(settings, tmp_path / "rest.tar")
    finally:
        blob.write_bytes(content)
    assert (done.missing, done.blobs) == ((sha256,), 5)
    new = ServiceSettings(data=tmp_path / "new")
    assert restore(new, tmp_path / "rest.tar").missing == (sha256,)
    (fault,) = check(new, read_blobs=True).faults
    assert sha256 in fault
    full.shop.settings, old = new, settings
    full.shop.start()
    try:
        assert full.kim.offset(sha256) == 0  # so that the device that has it sends it again
        full.kim.upload(content)
        assert check(new, read_blobs=True).faults == ()
    finally:
        full.shop.stop()
        full.shop.settings = old


def test_stopped_by_hand_nothing_half_done_is_left(full: Filled, backup: Path, tmp_path: Path) -> None:
    settings = full.shop.settings
    before, listed = tables_of(settings), sorted(settings.data.rglob("*"))
    size = backup.stat().st_size

    def stop_at(place: int) -> Callable[[int, int], None]:
        def stop(done: int, _total: int) -> None:
            if done >= place:
                raise KeyboardInterrupt

        return stop

    for place in (1, 20):
        with pytest.raises(KeyboardInterrupt):
            back_up(settings, tmp_path / "new.tar", stop_at(place))
    for place in (1, size - 1, size + size // 2, 2 * size):
        with pytest.raises(KeyboardInterrupt):
            restore(settings, backup, replace=True, on_progress=stop_at(place))
    assert not list(tmp_path.iterdir())
    assert (tables_of(settings), sorted(settings.data.rglob("*"))) == (before, listed)


@pytest.mark.skipif(sys.platform == "win32", reason="limits are POSIX")
def test_on_a_full_disk_nothing_half_done_is_left(full: Filled, backup: Path, tmp_path: Path) -> None:
    settings = full.shop.settings
    before, listed = tables_of(settings), sorted(settings.data.rglob("*"))
    done = subprocess.run(
        [sys.executable, "-c", _FILL, settings.data, tmp_path / "new.tar", backup],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    told = done.stdout.splitlines()  # of the backup, and of the restoring
    assert len(told) == 2
    assert all(line.startswith("refused:") and "Free some space" in line for line in told), told
    assert not list(tmp_path.iterdir())
    assert (tables_of(settings), sorted(settings.data.rglob("*"))) == (before, listed)


def test_over_a_service_whose_database_is_damaged(full: Filled, backup: Path, tmp_path: Path) -> None:
    settings = ServiceSettings(data=tmp_path / "new")
    settings.data.mkdir()
    (settings.data / "service.db").write_bytes(os.urandom(8192))
    damaged = (settings.data / "service.db").read_bytes()
    with pytest.raises(BackupError, match="--replace"):
        restore(settings, backup)
    back = restore(settings, backup, replace=True)
    assert back.kept is not None
    assert Path(back.kept).read_bytes() == damaged
    assert check(settings, read_blobs=True).faults == ()


def test_rows_come_into_tables_of_their_own_revision_and_then_those_are_brought_up(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a newer program can restore what an earlier one wrote."""
    done: list[str] = []
    upgrade = schema.upgrade

    def newer(connection: object, to: str = "head") -> None:
        upgrade(connection, to)  # type: ignore[arg-type]
        done.append(to)

    monkeypatch.setattr(schema, "upgrade", newer)
    restore(ServiceSettings(data=tmp_path / "new"), backup)
    assert done == [schema.known_revisions()[0], "head"]
    database = Database(ServiceSettings(data=tmp_path / "new"))
    assert database.standing() is schema.Standing.CURRENT
    database.close()
