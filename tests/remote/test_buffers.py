"""Bytes between paramiko's thread and a reader: in order, none lost, never more than the window."""

import contextlib
import queue
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paramiko import Channel, SSHException
from paramiko.buffered_pipe import PipeTimeout

from app.remote.buffers import ReceiveBuffer, hold_to_window
from app.remote.sockets import PromptSocket

PATIENCE = 20.0


def _feed(buffer: ReceiveBuffer, pieces: list[bytes]) -> None:
    for piece in pieces:
        buffer.feed(piece)


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.001)


@given(st.lists(st.binary(max_size=50), max_size=30), st.lists(st.integers(1, 70), min_size=1, max_size=30))
def test_what_goes_in_comes_out_in_order(pieces: list[bytes], sizes: list[int]) -> None:
    buffer = ReceiveBuffer(10_000)
    for piece in pieces:
        buffer.feed(piece)
    buffer.close()
    out = b""
    while part := buffer.read(sizes[len(out) % len(sizes)]):
        out += part
    assert out == b"".join(pieces)
    assert len(buffer) == 0


def test_a_far_end_that_ignores_its_window_is_cut_off() -> None:
    buffer = ReceiveBuffer(10)
    buffer.feed(b"x" * 10)
    with pytest.raises(SSHException):
        buffer.feed(b"x")
    assert buffer.read(4) == b"xxxx"
    buffer.feed(b"yyyy")
    assert buffer.empty() == b"xxxxxxyyyy"


def test_data_and_errors_share_one_window() -> None:
    channel = Channel(0)
    hold_to_window(channel, 10)
    channel.in_buffer.feed(b"x" * 6)
    with pytest.raises(SSHException):
        channel.in_stderr_buffer.feed(b"x" * 5)
    assert channel.in_buffer.read(6) == b"xxxxxx"
    channel.in_stderr_buffer.feed(b"x" * 10)


def test_crumbs_take_little_more_room_than_they_are_worth() -> None:
    buffer = ReceiveBuffer(200_000)
    tracemalloc.start()
    try:
        for number in range(100_000):
            buffer.feed(number.to_bytes(3)[1:])
        assert tracemalloc.get_traced_memory()[0] < 2 * len(buffer)
    finally:
        tracemalloc.stop()
    assert buffer.read(4) == b"\0\0\0\1"


def test_reading_nothing_ends_after_the_time_given() -> None:
    buffer = ReceiveBuffer(10)
    for seconds in (0.0, 0.01):
        with pytest.raises(PipeTimeout):
            buffer.read(1, seconds)
    buffer.close()
    assert buffer.read(1) == b""


def test_whoever_waits_is_woken_by_what_comes_and_by_the_end() -> None:
    buffer = ReceiveBuffer(10)
    taken: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    readers = [threading.Thread(target=lambda: taken.put(buffer.read(1, PATIENCE))) for _ in range(3)]
    for reader in readers:
        reader.start()
    _wait_until(lambda: len(buffer._sleepers) == 3)
    buffer.feed(b"x")
    assert taken.get(timeout=PATIENCE) == b"x"
    _wait_until(lambda: len(buffer._sleepers) == 2)  # for them there was nothing, so they wait on
    buffer.close()
    assert [taken.get(timeout=PATIENCE) for _ in range(2)] == [b"", b""]


def test_nothing_is_lost_where_the_time_is_up_as_it_comes() -> None:
    """One feeds as fast as the other, who never waits long, gives up."""
    buffer = ReceiveBuffer(1_000_000)
    pieces = [number.to_bytes(2) for number in range(20_000)]
    feeder = threading.Thread(target=_feed, args=(buffer, pieces))
    feeder.start()
    out = b""
    while feeder.is_alive() or len(buffer):
        with contextlib.suppress(PipeTimeout):
            out += buffer.read(2, 0.000_001)
    assert out == b"".join(pieces)
    assert not buffer._sleepers


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=20))
def test_a_socket_hands_out_every_byte_once(sizes: list[int]) -> None:
    one, other = socket.socketpair()
    content = bytes(range(256)) * 80
    other.sendall(content)
    other.close()
    # A pair knows nothing of TCP: a large receipt is what stays clear of its options.
    with PromptSocket(fileno=one.detach()) as sock:
        out = b""
        while part := sock.recv(sizes[len(out) % len(sizes)]):
            out += part
            if len(out) == len(content):
                break
    assert out == content
