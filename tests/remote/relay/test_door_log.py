"""A door's log: every line once, in order, whoever looks first."""

import os
import threading

import pytest

from app.remote.relay.door_log import DoorLog


class Said:
    """A log that is written to, and what was told of it."""

    def __init__(self) -> None:
        source, self._writer = os.pipe()
        self.lines: list[str] = []
        self.log = DoorLog(source, self.lines.append)
        self._follower = threading.Thread(target=self.log.follow, daemon=True)

    def say(self, text: bytes) -> None:
        """As sshd would."""
        os.write(self._writer, text)

    def follow(self) -> None:
        """Have a thread follow it."""
        self._follower.start()

    def end(self) -> None:
        """sshd is gone."""
        os.close(self._writer)
        if not self._follower.ident:
            self._follower.start()
        self._follower.join(10)
        assert not self._follower.is_alive()


@pytest.fixture
def said() -> Said:
    """A log of its own, that nobody follows yet."""
    return Said()


def test_whoever_wants_to_know_need_not_wait_for_the_one_who_follows(said: Said) -> None:
    said.say(b"one\ntwo\nthr")
    said.log.catch_up()
    assert said.lines == ["one", "two"]
    said.say(b"ee\n")
    said.log.catch_up()
    said.log.catch_up()  # there is nothing, and nobody is waited for
    assert said.lines == ["one", "two", "three"]
    said.end()
    said.log.catch_up()
    assert said.lines == ["one", "two", "three"]


def test_each_line_is_told_once_and_in_order_though_several_look(said: Said) -> None:
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            said.log.catch_up()

    said.follow()
    lookers = [threading.Thread(target=look) for _ in range(3)]
    for looker in lookers:
        looker.start()
    for number in range(3000):
        said.say(f"line {number}\n".encode())
    over.set()
    for looker in lookers:
        looker.join()
    said.end()
    assert said.lines == [f"line {number}" for number in range(3000)]


def test_a_long_line_counts_as_its_beginning_and_the_next_as_itself(said: Said) -> None:
    said.follow()
    for _ in range(5):
        said.say(b"x" * 60_000)
    said.say(b"\n\xff next\nand what was not finished")
    said.end()
    assert said.lines == ["x" * 4096, "\ufffd next", "and what was not finished"]
