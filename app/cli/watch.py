"""`bistand connect CASE --code CODE --watch`: look on at a colleague's session, and type where that is allowed."""

import argparse
import contextlib
import os
import sys
import threading
from collections.abc import Iterator

from app.cli.common import show
from app.cli.company import stay, tell_reach, tell_sentence
from app.cli.terminal import raw_keys
from app.cli.terminal_guard import TerminalGuard
from app.domain.errors import UsageError
from app.flows.list_cases import named_case
from app.flows.synchronise import synchronise
from app.flows.watch_session import RemoteError, WatchedSession, watch_over, watch_session
from app.wiring import open_party

_LEAVES = b"\x1d"  # Ctrl-], as in telnet: all else belongs to the far shell
_LAST_WORD_SECONDS = 2.0


def check(options: argparse.Namespace) -> None:
    """Whether what was typed goes together. Raises `UsageError`, before the code is used."""
    if options.type and not options.watch:
        raise UsageError("--type goes with --watch: it is for a session that is a colleague's.")
    if options.watch and (
        options.steps or options.ask or options.forward or options.ssh_config is not None or options.stay
    ):
        raise UsageError("Who looks on can do nothing else: --watch goes with --type alone.")


def look_on(options: argparse.Namespace) -> int:
    """Come in by the code, show what the terminal shows, and say how it ended."""
    with open_party(ephemeral=options.ephemeral) as party, contextlib.ExitStack() as cleaning:
        synchronise(party)
        case = named_case(party, options.case)
        watched = watch_session(party, case, options.code, _Shown(options, str(case)), tell_reach)
        cleaning.callback(watched.close)
        over = threading.Event()
        threading.Thread(target=_tell_end, args=(watched, over), name="watched", daemon=True).start()
        facts = {"session": str(watched.session), "case": str(case), "relay": watched.relay}
        typing = "What you type goes there. Ctrl-] leaves."
        leaving = typing if options.type else "Ctrl-C leaves; the session goes on without you."
        tell_sentence(f"You see what the terminal shows from now on. {leaving}")
        # The keys come before a script hears of it: a terminal drops what was typed until then.
        with _typing(watched, over) if options.type else contextlib.nullcontext():
            if options.json:
                show(options, {"event": "watching", **facts}, "")
            stay(over)
        watched.close()
        ended = watched.wait(_LAST_WORD_SECONDS)
    if ended is not None:
        reason = ended.reason.value if ended.reason else "taken back" if ended.taken_back else "left"
        show(options, {"event": "ended", **facts, "reason": reason}, watch_over(ended))
    return 0


class _Shown:
    """Puts on the screen what the far terminal shows, guarded; for scripts as facts."""

    def __init__(self, options: argparse.Namespace, case: str) -> None:
        self._options = options
        self._case = case
        self._guard = TerminalGuard()

    def __call__(self, untrusted: bytes) -> None:
        shown = self._guard.feed(untrusted)
        if self._options.json:
            text = shown.decode("utf-8", "replace")
            show(self._options, {"event": "shown", "case": self._case, "text": text}, "")
            return
        sys.stdout.buffer.write(shown)
        sys.stdout.buffer.flush()


def _tell_end(watched: WatchedSession, over: threading.Event) -> None:
    watched.wait()
    over.set()


@contextlib.contextmanager
def _typing(watched: WatchedSession, over: threading.Event) -> Iterator[None]:
    """Hand on every key, on a thread of its own, since reading a terminal cannot be interrupted."""
    with raw_keys():
        threading.Thread(target=_type, args=(watched, over), name="keys", daemon=True).start()
        yield


def _type(watched: WatchedSession, over: threading.Event) -> None:
    """An input that is at its end types nothing more: the shell is the colleague's, and goes on."""
    with contextlib.suppress(OSError, RemoteError):
        while keys := os.read(sys.stdin.fileno(), 4096):
            before, leaves, _ = keys.partition(_LEAVES)
            if before:
                watched.write(before)
            if leaves and sys.stdin.isatty():
                over.set()
                return
