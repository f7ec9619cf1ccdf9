"""Hostile paths and links, with every request that SFTP has: nothing outside is read, listed, changed or made."""

# ruff: noqa: E402 - the platform comes first

import sys

assert sys.platform != "win32"
import os
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from paramiko.sftp import (
    CMD_CLOSE,
    CMD_EXTENDED,
    CMD_LSTAT,
    CMD_MKDIR,
    CMD_OPEN,
    CMD_OPENDIR,
    CMD_READ,
    CMD_READDIR,
    CMD_READLINK,
    CMD_REALPATH,
    CMD_REMOVE,
    CMD_RENAME,
    CMD_RMDIR,
    CMD_SETSTAT,
    CMD_STAT,
    CMD_SYMLINK,
    SFTP_FLAG_CREATE,
    SFTP_FLAG_READ,
    SFTP_FLAG_TRUNC,
    SFTP_FLAG_WRITE,
    SFTP_OK,
    SFTP_OP_UNSUPPORTED,
    SFTP_PERMISSION_DENIED,
)

from tests.remote.attacks.sftp_client import NO_ATTRIBUTES, Client, Customer, number, text, wide
from tests.remote.attacks.sftp_corpus import KINDS, leads_out
from tests.remote.attacks.world import LINKS, World

MODE = number(4) + number(0o777)
EMPTIED = number(1) + wide(0)
WRITE = number(SFTP_FLAG_WRITE | SFTP_FLAG_CREATE | SFTP_FLAG_TRUNC)
RESULT = -1


@pytest.fixture
def client(end: Customer, world: World) -> Iterator[Client]:
    """A client; whatever it asked for, it learned nothing."""
    one = end.client()
    one.greet()
    yield one
    one.channel.close()
    assert world.secret.encode() not in one.seen
    assert world.name.encode() not in one.seen


def requests(path: bytes) -> Iterator[tuple[str, int, bytes]]:
    """Every request that names a path, by name."""
    new, plain = text(b"fresh-name"), text(path)
    yield "read", CMD_OPEN, plain + number(SFTP_FLAG_READ) + NO_ATTRIBUTES
    yield "list", CMD_OPENDIR, plain
    yield "stat", CMD_STAT, plain
    yield "lstat", CMD_LSTAT, plain
    yield "readlink", CMD_READLINK, plain
    yield "change", CMD_SETSTAT, plain + MODE
    yield "empty", CMD_SETSTAT, plain + EMPTIED
    yield "write", CMD_OPEN, plain + WRITE + MODE
    yield "make folder", CMD_MKDIR, plain + MODE
    yield "remove folder", CMD_RMDIR, plain
    yield "move out", CMD_RENAME, text(b"inside.txt") + plain
    yield "move folder out", CMD_EXTENDED, text(b"posix-rename@openssh.com") + text(b"empty") + plain
    yield "move file out", CMD_EXTENDED, text(b"posix-rename@openssh.com") + text(b"deep/inside.txt") + plain
    yield "move in", CMD_RENAME, plain + new
    yield "move over", CMD_EXTENDED, text(b"posix-rename@openssh.com") + plain + text(b"empty")
    yield "remove", CMD_REMOVE, plain


def attempt(client: Client, kind: int, body: bytes) -> int:
    """Ask, and where it was granted, take all that can be had. Returns the status, `RESULT` for anything else."""
    answer, content = client.ask(kind, body)
    if kind == CMD_OPEN and answer != 101:
        client.ask(CMD_READ, content + wide(0) + number(4096))
        client.ask(CMD_CLOSE, content)
    elif kind == CMD_OPENDIR and answer != 101:
        while client.ask(CMD_READDIR, content)[0] != 101:
            pass
        client.ask(CMD_CLOSE, content)
    return int.from_bytes(content[:4], "big") if answer == 101 else RESULT


def test_the_corpus_is_large(world: World) -> None:
    paths = {path for kind in KINDS.values() for path in kind(world)}
    print({name: len(kind(world)) for name, kind in KINDS.items()}, "in all", len(paths), "links", len(LINKS))
    assert len(paths) > 500
    assert sum(leads_out(world, path) for path in paths) > 500


@pytest.mark.parametrize("kind", KINDS)
def test_no_path_leads_out_whatever_is_asked(end: Customer, client: Client, world: World, kind: str) -> None:
    for path in KINDS[kind](world):
        client.ask(CMD_REALPATH, text(path.encode()))
        out = leads_out(world, path)
        for name, request, body in requests(path.encode()):
            if not out and name in ("remove", "move in", "move over", "remove folder"):
                continue  # what is inside may be moved and removed, and is needed again
            before = len(end.notes)
            answer = attempt(client, request, body)
            if out:
                assert answer == SFTP_PERMISSION_DENIED, (name, path[:200], answer)
                assert "refused" in {note for note, _ in end.notes[before:]}, (name, path[:200])


@pytest.mark.parametrize("link", LINKS)
def test_no_link_is_followed(end: Customer, client: Client, world: World, link: str) -> None:
    for name, request, body in requests(link.encode()):
        answer = attempt(client, request, body)
        if name in ("read", "write", "list", "change", "empty", "remove folder"):
            assert answer == SFTP_PERMISSION_DENIED, name
        assert world.untouched(), name
        if not (world.granted / link).is_symlink():  # it was itself moved or removed, which is allowed
            with suppress(FileNotFoundError, IsADirectoryError):
                (world.granted / link).unlink()
            if not (world.granted / link).exists():
                (world.granted / link).symlink_to(LINKS[link].format(world=world.root))


def test_what_may_only_be_read_is_not_written(end: Customer, client: Client, world: World) -> None:
    for path in ("inside.txt", "deep", "made", "deep/made", "."):
        full = f"{world.reading}/{path}".encode()
        for name, request, body in requests(full):
            answer = attempt(client, request, body)
            if name not in ("read", "list", "stat", "lstat", "readlink"):
                assert answer == SFTP_PERMISSION_DENIED, (name, path)


def test_no_link_can_be_made(end: Customer, client: Client, world: World) -> None:
    for target in ("/etc/passwd", "../secret.txt", "inside.txt", f"{world.root}/outside", "home", ""):
        for one, other in ((target, "fresh"), ("fresh", target), (target, f"{world.reading}/fresh")):
            both = text(one.encode()) + text(other.encode())
            assert client.status(CMD_SYMLINK, both) == SFTP_OP_UNSUPPORTED
            assert client.status(CMD_EXTENDED, text(b"hardlink@openssh.com") + both) == SFTP_OP_UNSUPPORTED
    assert sum(kind == "refused" for kind, _ in end.notes) == 18
    assert not (world.granted / "fresh").is_symlink()


def test_folders_that_hold_our_own_stay_and_ours_is_not_shown(end: Customer, client: Client, world: World) -> None:
    for path in ("home", "deep", "."):
        for _, request, body in requests(path.encode()):
            attempt(client, request, body)
    listed = client.handle(CMD_OPENDIR, text(b"."))
    assert listed is not None
    client.ask(CMD_READDIR, listed)
    assert world.home.is_dir()
    for name in (world.name.encode(), b"store.db", b"home", b"bare"):
        assert name not in client.seen


def test_pipes_and_devices_are_not_opened(client: Client, world: World) -> None:
    with suppress(PermissionError):
        os.mknod(world.granted / "null", 0o666 | 0o020000, os.makedev(1, 3))
    for name in ("pipe", "null"):
        if (world.granted / name).exists():
            for flags in (number(SFTP_FLAG_READ), WRITE):
                assert attempt(client, CMD_OPEN, text(name.encode()) + flags + MODE) == SFTP_PERMISSION_DENIED
            assert attempt(client, CMD_SETSTAT, text(name.encode()) + MODE) == SFTP_PERMISSION_DENIED


class Swapping:
    """Something else stands at a place all the time: a folder and a link out, a file and a link to a secret."""

    def __init__(self, world: World) -> None:
        self._places = []
        for name, target in (("flip", "../outside"), ("flop", "../secret.txt"), ("deep/flap", "../home")):
            place = world.granted / name
            good, bad = place.with_name(f"{place.name}.good"), place.with_name(f"{place.name}.bad")
            if name == "flop":
                good.write_text("inside")
            else:
                good.mkdir()
                (good / "secret.txt").write_text("inside")
            bad.symlink_to(target)
            self._places.append((place, good, bad))
        self._over = threading.Event()
        self.swaps = 0
        self._thread = threading.Thread(target=self._run, name="swapping")

    def __enter__(self) -> "Swapping":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.is_set():
            for place, good, bad in self._places:
                for stands in (good, bad):
                    with suppress(OSError):
                        stands.rename(place)
                        self.swaps += 1
                        place.rename(stands)


def test_what_is_swapped_while_it_is_walked_leads_nowhere(end: Customer, client: Client, world: World) -> None:
    with Swapping(world) as swapping:
        for _ in range(30):
            for path in (b"flip", b"flip/secret.txt", b"flip/made", b"flop", b"deep/flap/store.db", b"deep/flap"):
                for name, request, body in requests(path):
                    if name not in ("move in", "move over", "remove", "remove folder", "move folder out"):
                        attempt(client, request, body)
    print(f"{swapping.swaps} swaps")
    assert swapping.swaps > 1000
    assert world.untouched()


def test_what_is_moved_is_moved_inside(end: Customer, client: Client, world: World) -> None:
    moves = [
        (b"deep/deeper", b"empty/deep"),
        (b"empty/deep", b"deep/deeper"),
        (b"inside.txt", b"deep/x"),
        (b"deep/x", b"inside.txt"),
    ]
    for old, new in moves:
        assert client.status(CMD_RENAME, text(old) + text(new)) == SFTP_OK
    refused = [(b"inside.txt", b"../made"), (b"deep", b"../made"), (b"../outside", b"fresh"),
               (b"to-folder/deeper", b"fresh"), (b"inside.txt", b"to-folder/made"),
               (b"inside.txt", b"home/made"), (b"home", b"fresh"), (b"empty", b"home"),
               (b"empty", b"home/hollow"), (b"empty", b"deep/bare"), (b"deep/bare", b"fresh"),
               (b"home/store.db", b"fresh"), (b".", b"fresh"), (b"deep", b".")]  # fmt: skip
    for old, new in refused:
        for head in (b"", text(b"posix-rename@openssh.com")):
            kind = CMD_EXTENDED if head else CMD_RENAME
            assert client.status(kind, head + text(old) + text(new)) == SFTP_PERMISSION_DENIED, (old, new)
    assert world.untouched()
