"""Hostile SFTP messages: lies, absurd numbers, no order. Nothing outside changes, nothing hangs, memory is bounded."""

# ruff: noqa: E402 - the platform comes first

import sys

assert sys.platform != "win32"
import random
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
from paramiko.sftp import (
    CMD_CLOSE,
    CMD_DATA,
    CMD_EXTENDED,
    CMD_FSETSTAT,
    CMD_FSTAT,
    CMD_INIT,
    CMD_MKDIR,
    CMD_OPEN,
    CMD_OPENDIR,
    CMD_READ,
    CMD_READDIR,
    CMD_SETSTAT,
    CMD_STAT,
    CMD_STATUS,
    CMD_WRITE,
    SFTP_BAD_MESSAGE,
    SFTP_FLAG_CREATE,
    SFTP_FLAG_READ,
    SFTP_FLAG_WRITE,
    SFTP_OK,
    SFTP_OP_UNSUPPORTED,
)

from app.remote.customer.server import MOST_CHANNELS
from app.remote.customer.sftp import HIGHEST_DESCRIPTOR, MOST_HANDLES
from tests.remote.attacks import sftp_client
from tests.remote.attacks.sftp_client import NO_ATTRIBUTES, Client, Customer, number, text, wide
from tests.remote.attacks.ssh_corpus import EDGES, garbage, mutated
from tests.remote.attacks.world import World

SEED = random.SystemRandom().getrandbits(32)
READ = number(SFTP_FLAG_READ) + NO_ATTRIBUTES
MAKE = number(SFTP_FLAG_READ | SFTP_FLAG_WRITE | SFTP_FLAG_CREATE) + NO_ATTRIBUTES
FAR = (2**31, 2**32 - 1, 2**40, 2**62, 2**63 - 1, 2**63, 2**64 - 1)
EXTENDED_ATTRIBUTES = number(0x80000000) + number(2**32 - 1)
"""Attributes that claim four billion more of them."""


@pytest.fixture
def client(end: Customer) -> Client:
    """A client that has greeted."""
    one = end.client()
    one.greet()
    return one


def opened(client: Client, name: bytes = b"inside.txt", how: bytes = READ) -> bytes:
    """A handle of a file."""
    handle = client.handle(CMD_OPEN, text(name) + how)
    assert handle is not None
    return handle


def test_absurd_offsets_and_lengths_are_answered(client: Client) -> None:
    handle = opened(client)
    for offset in (0, 5, *FAR):
        for length in (0, 1, *EDGES):
            answer, content = client.ask(CMD_READ, handle + wide(offset) + number(length))
            assert answer in (CMD_DATA, CMD_STATUS)
            assert len(content) < 300
    assert client.ask(CMD_READ, handle + wide(0) + number(2**32 - 1))[1][4:] == b"inside"


def test_a_read_is_bounded(client: Client, world: World) -> None:
    (world.granted / "large").write_bytes(bytes(2**20))
    handle = opened(client, b"large")
    assert len(client.ask(CMD_READ, handle + wide(0) + number(2**32 - 1))[1]) == 2**18 + 4


@pytest.mark.parametrize("offset", FAR)
def test_a_byte_far_beyond_the_end_of_a_file_keeps_nobody_busy(client: Client, world: World, offset: int) -> None:
    handle = opened(client, b"far", MAKE)
    assert client.status(CMD_WRITE, handle + wide(offset) + text(b"x")) != SFTP_OK
    assert client.status(CMD_FSETSTAT, handle + number(1) + wide(offset)) != SFTP_OK
    assert client.status(CMD_SETSTAT, text(b"far") + number(1) + wide(offset)) != SFTP_OK
    assert client.status(CMD_CLOSE, handle) == SFTP_OK
    assert (world.granted / "far").stat().st_size == 0


def test_a_write_that_claims_more_than_it_sends_writes_nothing(client: Client, world: World) -> None:
    handle = opened(client, b"short", MAKE)
    for claimed in (100, 2**20 - 1, 2**32 - 1):
        assert client.status(CMD_WRITE, handle + wide(0) + number(claimed) + b"x") != SFTP_OK
    client.status(CMD_CLOSE, handle)
    assert (world.granted / "short").stat().st_size == 0


@pytest.mark.parametrize("kind", [CMD_OPEN, CMD_MKDIR, CMD_SETSTAT, CMD_FSETSTAT])
def test_a_count_of_attributes_that_is_a_lie_keeps_nobody_busy(client: Client, kind: int) -> None:
    flags = number(SFTP_FLAG_READ) if kind == CMD_OPEN else b""
    what = opened(client) if kind == CMD_FSETSTAT else text(b"inside.txt")
    assert client.status(kind, what + flags + EXTENDED_ATTRIBUTES) not in (SFTP_OK, -1)
    assert client.status(CMD_STAT, text(b"inside.txt")) == -1


def test_no_more_than_so_many_files_and_folders_are_open(client: Client) -> None:
    kinds = [(CMD_OPEN, text(b"inside.txt") + READ), (CMD_OPENDIR, text(b"deep"))] * MOST_HANDLES
    handles = [handle for kind, body in kinds if (handle := client.handle(kind, body)) is not None]
    assert len(handles) == MOST_HANDLES
    assert client.status(CMD_CLOSE, handles[0]) == SFTP_OK
    opened(client)


def test_all_channels_together_leave_descriptors_for_ending_the_session(end: Customer) -> None:
    clients, kept = [end.client() for _ in range(MOST_CHANNELS)], 0
    for client in clients:
        client.greet()
        for kind, body in ((CMD_OPEN, text(b"inside.txt") + READ), (CMD_OPENDIR, text(b"deep"))) * (MOST_HANDLES // 2):
            kept += client.handle(kind, body) is not None
    highest = max(int(number.name) for number in Path("/proc/self/fd").iterdir())
    print(f"{kept} kept, the highest is {highest}")
    assert highest < HIGHEST_DESCRIPTOR + 16


def test_folders_held_open_take_bounded_memory(client: Client, world: World) -> None:
    crowd = world.granted / "crowd"
    crowd.mkdir()
    for name in range(5000):
        (crowd / f"{name}").touch()
    tracemalloc.start()
    try:
        handles = [client.handle(CMD_OPENDIR, text(b"crowd")) for _ in range(MOST_HANDLES)]
        assert tracemalloc.get_traced_memory()[0] < 48 * 2**20
    finally:
        tracemalloc.stop()
    assert handles[0] is not None
    assert client.ask(CMD_READDIR, handles[0])[0] != CMD_STATUS


def test_wrong_handles_are_refused(client: Client) -> None:
    file, folder = opened(client), client.handle(CMD_OPENDIR, text(b"deep"))
    assert folder is not None
    closed = opened(client)
    assert client.status(CMD_CLOSE, closed) == SFTP_OK
    wrong = [closed, text(b""), text(b"hx0"), text(b"hx999"), text(b"\xff" * 300), text(b"../secret.txt"), text(file)]
    for handle in (*wrong, folder):
        assert client.status(CMD_READ, handle + wide(0) + number(10)) == SFTP_BAD_MESSAGE
        assert client.status(CMD_WRITE, handle + wide(0) + text(b"x")) == SFTP_BAD_MESSAGE
        assert client.status(CMD_FSTAT, handle) == SFTP_BAD_MESSAGE
        assert client.status(CMD_FSETSTAT, handle + NO_ATTRIBUTES) == SFTP_BAD_MESSAGE
    for handle in (*wrong, file):
        assert client.status(CMD_READDIR, handle) == SFTP_BAD_MESSAGE
    for handle in wrong:
        assert client.status(CMD_CLOSE, handle) == SFTP_BAD_MESSAGE
    assert client.status(CMD_WRITE, file + wide(0) + text(b"x")) not in (SFTP_OK, -1)


@pytest.mark.parametrize(
    "name",
    [b"hardlink@openssh.com", b"lsetstat@openssh.com", b"copy-data", b"expand-path@openssh.com", b"home-directory",
     b"check-file", b"check-file-name", b"vendor-id", b"text-seek", b"", b"POSIX-RENAME@openssh.com", b"x" * 5000],
)  # fmt: skip
def test_extensions_that_are_not_offered_are_unsupported(client: Client, world: World, name: bytes) -> None:
    body = text(b"inside.txt") + text(f"{world.root}/made".encode()) + text(b"md5") + wide(0) * 3
    assert client.status(CMD_EXTENDED, text(name) + body) == SFTP_OP_UNSUPPORTED


@pytest.mark.parametrize("length", [0, 2**18 + 2**14, 2**31, 2**32 - 1])
def test_a_message_of_an_impossible_length_ends_the_channel(end: Customer, client: Client, length: int) -> None:
    client.channel.sendall(number(length) + b"\x05" * 100)
    with pytest.raises(EOFError):
        client.receive()
    end.servers[0].join(sftp_client.PATIENCE)
    assert not end.servers[0].is_alive()


def test_messages_out_of_order_do_no_harm(end: Customer) -> None:
    early = end.client()
    early.send(CMD_OPEN, number(1) + text(b"inside.txt") + READ)  # where a greeting belongs
    with suppress(EOFError):
        early.receive()
    late = end.client()
    late.greet()
    late.send(CMD_INIT, number(3))
    assert late.receive()[0] == CMD_STATUS
    assert late.ask(CMD_CLOSE, text(b"hx1"))[0] == CMD_STATUS
    opened(late)


def test_any_message_at_all_does_no_harm(end: Customer, world: World) -> None:
    """Messages of every number, honest ones with something wrong in them, and garbage; a new channel where one ends."""
    print(f"seed {SEED}")
    rng = random.Random(SEED)
    client = end.client()
    client.greet()
    for _ in range(4000):
        body = mutated(rng, _request(rng, world)) if rng.random() < 0.7 else bytes([rng.randrange(256)]) + garbage(rng)
        try:
            client.send(body[0], number(7) + body[1:])
            client.receive()
        except (EOFError, OSError):
            client = end.client()
            client.greet()
    assert client.ask(CMD_STAT, text(b"."))[0] != CMD_STATUS
    assert world.secret.encode() not in client.seen


def _request(rng: random.Random, world: World) -> bytes:
    names = (
        "inside.txt",
        "deep",
        "home/store.db",
        "../secret.txt",
        f"{world.root}/outside",
        "to-folder/secret.txt",
        "made",
    )
    path = text(rng.choice(names).encode())
    handle = text(f"hx{rng.randrange(8)}".encode())
    attributes = number(rng.choice((0, 1, 2, 4, 8, 15, 0x80000000))) + number(rng.choice(EDGES)) * 8
    return bytes([rng.choice((*range(3, 21), CMD_EXTENDED))]) + rng.choice((
        path, path + number(rng.randrange(64)) + attributes, path + attributes, path + text(b"../made"), handle,
        handle + wide(rng.choice(EDGES)) + number(rng.choice(EDGES)), handle + wide(rng.choice(EDGES)) + path,
        handle + attributes, text(b"posix-rename@openssh.com") + path + text(b"../made"),
    ))  # fmt: skip
