"""`bistand replay SESSION`: play the recording of a session in this terminal, with no network."""

import argparse
import sys
import time

from app.cli.common import add_ephemeral
from app.cli.identity import open_party
from app.cli.terminal_guard import TerminalGuard
from app.flows.replay_session import load_recording, named_session


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which session, how fast, or where to keep it."""
    parser.add_argument("session", metavar="SESSION", help="the session's id")
    parser.add_argument("--speed", type=float, default=1.0, help="times as fast (default 1; 0 for at once)")
    parser.add_argument("--idle", type=float, default=2.0, help="cut waits to so many seconds (default 2)")
    add_ephemeral(parser)


def run(options: argparse.Namespace) -> int:
    """Play it."""
    with open_party(ephemeral=options.ephemeral) as party:
        recording = load_recording(party, named_session(options.session))
    guard, before = TerminalGuard(), 0.0
    for frame in recording:
        if options.speed > 0:
            time.sleep(min(max(frame.at - before, 0.0), max(options.idle, 0.0)) / options.speed)
        before = frame.at
        if frame.kind == "o":
            sys.stdout.buffer.write(guard.feed(frame.data.encode()))
            sys.stdout.buffer.flush()
    return 0
