"""Who starts the desk twice gets the one that is open, not a second one."""

import time

import pytest

from tests.stories.shop import Shop

pytestmark = pytest.mark.keyring


def test_a_second_desk_shows_the_first_and_ends(shop: Shop) -> None:
    anna = shop.technician("Anna")
    first = shop.keep(anna.starts("desk"))
    lock = anna.home / "desk.lock"
    while not lock.exists():
        assert first.process.poll() is None, "".join(first.errors)
        time.sleep(0.05)
    second = anna.types("desk")
    assert (second.code, second.out, second.err) == (0, "", "")
    assert first.process.poll() is None
    first.interrupt()
    assert first.end() == 130
