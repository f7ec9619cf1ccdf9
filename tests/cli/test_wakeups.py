"""Signals and nudges end a wait, also those that come just before it begins."""

import os
import signal
import threading
import time

from app.cli.wakeups import wakeups


def test_a_signal_that_came_before_the_wait_ends_it_at_once() -> None:
    with wakeups(signal.SIGUSR1, signal.SIGTERM) as woken:
        os.kill(os.getpid(), signal.SIGUSR1)
        os.kill(os.getpid(), signal.SIGTERM)
        began = time.monotonic()
        assert set(woken.wait(20)) | set(woken.wait(0.05)) == {signal.SIGUSR1, signal.SIGTERM}
        assert time.monotonic() - began < 5
        assert woken.wait(0.01) == ()


def test_a_nudge_from_another_thread_ends_the_wait() -> None:
    with wakeups() as woken:
        thread = threading.Thread(target=woken.nudge)
        thread.start()
        assert woken.wait(20) == (0,)
        thread.join()
    woken.nudge()  # nobody waits any longer


def test_the_handlers_of_before_are_back_afterwards() -> None:
    before = signal.getsignal(signal.SIGUSR1)
    with wakeups(signal.SIGUSR1):
        assert signal.getsignal(signal.SIGUSR1) is not before
    assert signal.getsignal(signal.SIGUSR1) is before
    assert signal.set_wakeup_fd(-1) == -1
