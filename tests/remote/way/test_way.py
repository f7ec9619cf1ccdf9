"""The way: a stream that survives its carriers."""

import contextlib
import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.remote.way import way as ways
from app.remote.way.way import Way
from tests.remote.way.pairs import Pair

PATIENCE = 20.0


@pytest.fixture
def pair() -> Iterator[Pair]:
    made = Pair()
    try:
        yield made
    finally:
        made.close()


def _received(way: Way, size: int) -> bytes:
    way.settimeout(PATIENCE)
    got = bytearray()
    while len(got) < size and (part := way.recv(65536)):
        got += part
    return bytes(got)


def _sent(way: Way, data: bytes, pieces: random.Random, cut_enough: threading.Event) -> None:
    """The last tenth waits for the cuts: a quick machine would be done before there were any."""
    at = 0
    while at < len(data):
        if at > len(data) * 9 // 10:
            assert cut_enough.wait(PATIENCE)
        size = pieces.choice((1, 13, 500, 32_768, 100_000))
        at += way.send(data[at : at + size])


def test_what_is_sent_before_there_is_a_carrier_arrives_on_the_first(pair: Pair) -> None:
    pair.one.send(b"hello")
    assert not pair.other.is_carried
    pair.connect()
    assert _received(pair.other, 5) == b"hello"


@pytest.mark.parametrize("seed", range(4))
def test_no_byte_is_lost_or_doubled_however_often_the_carrier_is_cut(pair: Pair, seed: int) -> None:
    chance = random.Random(seed)
    there, back = chance.randbytes(9_000_000), chance.randbytes(7_000_000)
    got: dict[str, bytes] = {}
    cut_enough = threading.Event()
    threads = [
        threading.Thread(target=_sent, args=(pair.one, there, random.Random(seed + 1), cut_enough)),
        threading.Thread(target=_sent, args=(pair.other, back, random.Random(seed + 2), cut_enough)),
        threading.Thread(target=lambda: got.update(there=_received(pair.other, len(there)))),
        threading.Thread(target=lambda: got.update(back=_received(pair.one, len(back)))),
    ]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + PATIENCE
    cuts = 0
    while any(thread.is_alive() for thread in threads) and time.monotonic() < deadline:
        pair.connect()
        threads[2].join(chance.uniform(0, 0.01) if cuts < 40 else 0.5)
        if cuts < 40:
            pair.cut()
            cuts += 1
        if cuts == 10:
            cut_enough.set()
    assert cut_enough.is_set()
    assert got["there"] == there
    assert got["back"] == back


@settings(max_examples=60)
@given(st.lists(st.one_of(st.binary(min_size=1, max_size=300), st.none()), max_size=25))
def test_any_order_of_sending_and_cutting_gives_the_same_stream(steps: list[bytes | None]) -> None:
    expected = b"".join(step for step in steps if step is not None)
    pair = Pair()
    try:
        with ThreadPoolExecutor(1) as reader:  # a transport always reads; a carrier that nobody reads is soon full
            received = reader.submit(_received, pair.other, len(expected))
            pair.connect()
            for step in steps:
                if step is None:
                    pair.cut()
                    pair.connect()
                else:
                    pair.one.send(step)
            pair.cut()
            pair.connect()
            assert received.result(PATIENCE) == expected
        pair.other.settimeout(0.01)
        with pytest.raises(TimeoutError):
            pair.other.recv(1)
    finally:
        pair.close()


def test_it_says_so_when_it_rests_and_ends_after_so_long() -> None:
    over = threading.Event()
    way = Way("lonely", on_over=over.set, lost_seconds=0.2)
    assert over.wait(PATIENCE)
    assert way.is_over
    assert not way.ended_well
    assert way.recv(10) == b""
    with pytest.raises(OSError, match="over"):
        way.send(b"too late")


def test_the_end_arrives_after_all_that_was_said_before_it(pair: Pair) -> None:
    pair.connect()
    pair.one.send(b"last words")
    pair.one.close()
    assert _received(pair.other, 100) == b"last words"
    assert pair.other.ended_well


def test_a_silent_carrier_is_given_up(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "DEAD_SECONDS", 1.0)
    mute, far = socket.socketpair()
    with far:
        pair.one.carry(mute, 0)
        assert pair.one.is_carried
        assert pair.rested.wait(PATIENCE)
        assert not pair.one.is_carried


def test_who_sends_waits_once_too_much_is_unheard_and_goes_on_when_it_was(pair: Pair) -> None:
    done = threading.Event()
    size = 12 * 1024 * 1024

    def send() -> None:
        for _ in range(size // 65536):
            pair.one.send(bytes(65536))
        done.set()

    def hear() -> None:
        while not done.is_set():
            with contextlib.suppress(TimeoutError):  # on a busy machine nothing may come for a while
                pair.one.recv(1)

    threading.Thread(target=send, daemon=True).start()
    assert not done.wait(0.5)
    threading.Thread(target=hear, daemon=True).start()
    pair.connect()
    assert len(_received(pair.other, size)) == size
    assert done.wait(PATIENCE)


def test_two_ends_that_answer_while_they_read_never_wait_for_each_other(pair: Pair) -> None:
    size = 2 * 1024 * 1024

    def answer(way: Way) -> bytes:
        assert _received(way, 1) == b"?"  # from now on this thread is the one that receives
        for _ in range(size // 65536):
            way.send(bytes(65536))
        return _received(way, size)

    pair.connect()
    pair.one.send(b"?")
    pair.other.send(b"?")
    began = time.monotonic()
    with ThreadPoolExecutor(2) as ends:
        answers = [ends.submit(answer, way) for way in (pair.one, pair.other)]
        assert [len(one.result(PATIENCE)) for one in answers] == [size, size]
    assert time.monotonic() - began < ways.DEAD_SECONDS
    assert not pair.rested.is_set()


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x09\x00\x00\x00\x01x",
        struct.pack(">BI", 1, 0),
        struct.pack(">BI", 1, 2**31),
        struct.pack(">BI", 2, 7) + bytes(7),
        struct.pack(">BIQ", 2, 8, 10**9),
        struct.pack(">BI", 3, 1) + b"x",
        b"SSH-2.0-nonsense\r\n",
    ],
)
def test_a_carrier_that_brings_nonsense_is_given_up_and_harms_nothing(pair: Pair, garbage: bytes) -> None:
    pair.one.send(b"kept")
    near, far = socket.socketpair()
    with far:
        pair.one.carry(near, 0)
        far.sendall(garbage)
        pair.one.settimeout(0.3)
        with pytest.raises(TimeoutError):
            pair.one.recv(10)
        assert pair.rested.wait(PATIENCE)
    pair.connect()
    assert _received(pair.other, 4) == b"kept"


def test_a_far_end_that_heard_what_was_never_said_is_not_carried(pair: Pair) -> None:
    near, far = socket.socketpair()
    with far:
        assert not pair.one.carry(near, 1)
        assert far.recv(1) == b""
