"""A customer at a machine with no screen: asks, waits with a code and follows the session, all in a terminal."""

import argparse
import getpass
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from app.cli.common import parse_span, plain, show, tell
from app.domain.consent import FilesGrant, Grant, Grants, TerminalGrant
from app.domain.errors import UsageError
from app.flows.ask_for_help import HelpRequest, ask_for_help
from app.flows.deeds import QUIET, deed
from app.flows.diagnose import diagnose
from app.flows.host_session import (
    Activity,
    CodeBurned,
    CodeShown,
    Ended,
    HelpSession,
    HostEvent,
    TechnicianJoined,
    host_session,
)
from app.flows.party import Party
from app.wiring import open_party


def ask(options: argparse.Namespace) -> int:
    """Do what the arguments of `bistand gethelp --console` say. Raises `UsageError` before anything is asked."""
    if not (options.about or "").strip():
        raise UsageError("Say what is wrong: --about TEXT. “I don't know” is fine.")
    with open_party(ephemeral=options.ephemeral, provider=options.provider) as party:
        grants = parse_grants(options.grant, party.clock.now() + parse_span(options.span))
        return _Console(options, party).ask(grants)


def parse_grants(text: str, until: datetime) -> Grants:
    """`terminal,files=PATH` as grants that hold until then (UTC). Raises `UsageError`."""
    return Grants(grants=tuple(_grant(part.strip(), until) for part in text.split(",") if part.strip()))


def _grant(part: str, until: datetime) -> Grant:
    if part == "terminal":
        return TerminalGrant(until=until)
    if part.startswith("files="):
        folder = Path(part.removeprefix("files=")).expanduser()
        if not folder.is_dir():
            raise UsageError(f"There is no folder {folder} to grant.")
        return FilesGrant(folder=str(folder.resolve()), until=until)
    raise UsageError(f"“{part[:40]}” cannot be granted. This can: terminal, files=PATH.")


class _MoreCodes:
    """The customer pressed Enter: show codes again."""


class _Console:
    """A customer at a terminal. Events come on other threads and are dealt with on this one, which never waits else."""

    def __init__(self, options: argparse.Namespace, party: Party) -> None:
        self._options = options
        self._party = party
        self._events: queue.SimpleQueue[HostEvent | _MoreCodes | None] = queue.SimpleQueue()
        self._case = ""

    def ask(self, grants: Grants) -> int:
        """Ask, wait, let one technician in, and end with the session."""
        diagnosis = diagnose(self._party.settings.provider) if self._options.share_diagnostics else None
        name = self._options.name or getpass.getuser()
        case_id = ask_for_help(self._party, HelpRequest(name, self._options.about, diagnosis, grants))
        self._case = str(case_id)
        self._print({"event": "requested"}, "Your request is written down.")
        if not grants.grants:
            tell(
                "You let nobody in, so nobody can come in: say --grant for that. Your technicians write to you instead."
            )
            return 0
        session = host_session(self._party, case_id, grants, self._events.put)
        try:
            with _interrupts(self._events):
                session.start()
                return self._follow(session)
        finally:
            session.close()

    def _follow(self, session: HelpSession) -> int:
        while True:
            event = self._events.get()
            match event:
                case None:  # Ctrl-C: the session is stopped first, and its end is told like any other
                    tell("Stopping the session.")
                    session.stop()
                case CodeShown(code=code, until=until):
                    text = (
                        f"Read this code to your technician: {code[:4]} {code[4:]} (until {until.astimezone():%H:%M})"
                    )
                    self._print({"event": "code", "code": code}, text)
                case CodeBurned(left=left):
                    self._burned(left)
                case _MoreCodes():
                    session.fresh_code()
                case TechnicianJoined(name=technician):
                    text = f"{plain(technician)} is helping you now. Ctrl-C stops it."
                    self._print({"event": "joined", "technician": technician}, text)
                case Activity(at=at, kind=kind, detail=detail):
                    if not self._options.json and kind not in QUIET:
                        tell(f"{at.astimezone():%H:%M:%S}  {plain(deed(kind, detail, brief=True))}")
                case Ended() as ended:
                    return self._ended(ended)

    def _burned(self, left: int) -> None:
        tell("Somebody typed a wrong code. That code is void now.")
        if left == 0:
            tell("That happened three times. If you are sure of who you talk to, press Enter for another code.")
            threading.Thread(target=self._wait_for_enter, name="enter", daemon=True).start()

    def _wait_for_enter(self) -> None:
        """On a thread of its own, so that Ctrl-C still stops. Where nobody can press Enter the session is stopped."""
        self._events.put(_MoreCodes() if _line_was_typed() else None)

    def _ended(self, ended: Ended) -> int:
        facts: dict[str, object] = {
            "event": "ended",
            "audit_head": ended.audit_head.head,
            "reason": ended.reason.value,
            "audit": str(ended.audit),
        }
        record = f" Your record of it: {ended.audit}" if ended.audit.is_file() else " Nobody was in."
        self._print(facts, f"The session is over: {ended.reason.value}.{record}")
        if ended.forced:
            tell("It had to be ended by force. Nothing of it runs any more.")
        return 0

    def _print(self, facts: dict[str, object], text: str) -> None:
        show(self._options, {**facts, "case": self._case}, text)


def _line_was_typed() -> bool:
    try:
        return bool(os.read(sys.stdin.fileno(), 4096))  # not by `sys.stdin`, whose lock would hold up our own end
    except (OSError, ValueError):
        return False


@contextmanager
def _interrupts(events: "queue.SimpleQueue[HostEvent | _MoreCodes | None]") -> Iterator[None]:
    """Ctrl-C and a polite end become an event in the queue."""
    before = {number: signal.signal(number, lambda *_: events.put(None)) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
