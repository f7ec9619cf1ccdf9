"""The command `bistand`: finds the command's file, runs it, and turns what went wrong into a sentence.

Exit codes: 0 done, 1 could not be done (the reason is on stderr), 2 what was typed makes no sense, 130 interrupted.
"""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol

from app.domain.errors import BistandError
from app.system.garbage import collect_seldom
from app.system.turns import take_short_turns

log = logging.getLogger(__name__)

COMMANDS = {
    "demo": "the whole main job on this machine: service, relay, a customer and two technicians",
    "gethelp": "the customer's window; --console at a machine with no screen",
    "desk": "the technician's window",
    "diagnose": "run the checks and print what they found, redacted",
    "serve": "run the service, and a relay with it",
    "relay": "one more relay for a service, on this machine",
    "admin": "the owner's tasks: init, technicians, relays, the database, backups, people's rights",
    "enrol": "make this device a technician's",
    "cases": "list the cases on this machine",
    "case": "show a case with its whole story",
    "customers": "the customers of whom a card is kept",
    "customer": "what is known of a customer: contacts, machines, vendors, notes; and add to it",
    "article": "what one technician learnt: write articles, change, list and read them, and say what helped",
    "rota": "who is on call when, from commands or a calendar file; who is alerted for a request now, and why",
    "take": "make a case yours",
    "note": "write a note on a case",
    "wait": "let a case wait for the customer, a vendor or a colleague",
    "resume": "go on with a case that waited",
    "whose": "where the problem lies and so whose it is, with what shows it, before money is spent",
    "estimate": "tell the customer how long it will take, and why that changed",
    "handover": "offer a case to a colleague, accept one, decline one",
    "ask": "ask a colleague about a case",
    "answer": "answer what a colleague asked about a case",
    "alternatives": "let the customer choose between ways to go on",
    "choose": "the customer's choice, or “I don't know, you choose”",
    "came-back": "earlier cases that a case may be again, and linking it to one",
    "fix": "plan what solves a problem for good: who sees to it, and until when",
    "fixes": "the permanent fixes that are planned, over all cases, offline",
    "cover": "what the agreement says of work that is about to start, and what it would cost",
    "price": "the customer's answer to a price: what waits, --accept or --decline",
    "work": "record time worked on a case; correct or split it",
    "bill": "what a customer's month costs, line by line, offline",
    "goodwill": "the favours of a month, their value and what is left, offline",
    "agreements": "the agreements on this machine",
    "timesheet": "what was worked in a month, as a file or told to Kimai if wanted",
    "kimai": "keep the token with which your time is told to Kimai",
    "report": "what was done for a customer in a month, for them to read: HTML or PDF",
    "resolve": "propose that a case is solved",
    "confirm": "the customer says whether it is fixed, with a word of thanks or what is still wrong",
    "thanks": "what customers said when it was fixed",
    "line-crossed": "tell the owner, and nobody else, that somebody was treated as nobody should be",
    "connect": "a session on the customer's machine, from this terminal",
    "sync": "send and fetch what is new",
    "refused": "what the service refused and why: write it anew, or discard it",
    "history": "search cases, notes and terminal output, offline",
    "replay": "play the recording of a session in this terminal",
    "receipt": "write the customer's receipt of a case",
    "verify": "check the audit of a session",
    "export": "write everything that is on this device into one file, as JSON Lines",
    "doctor": "what is missing here, and the command that mends it",
}


_HEADINGS = {
    "demo": "To begin",
    "cases": "What is known",
    "take": "Work on a case",
    "cover": "Time and money",
    "resolve": "How it ends",
    "connect": "Sessions, sync and records",
}
"""What stands above a command in the overview."""


class Command(Protocol):
    """What each command's file holds."""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""

    def run(self, options: argparse.Namespace) -> int:
        """Do it. Returns the exit code."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    if arguments is None:  # it is the whole program
        collect_seldom()
        take_short_turns()
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _dispatch(words)
    except BistandError as error:
        print(f"bistand: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader had enough: `bistand cases | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _dispatch(words: list[str]) -> int:
    logging.basicConfig(level=os.environ.get("BISTAND_LOG", "ERROR").upper(), stream=sys.stderr)
    if not words:
        words = [_usual_window()]
    name = words[0]
    if name in ("-h", "--help", "help"):
        print(_overview())
        return 0
    if name == "--version":
        from importlib.metadata import version  # it reads many files, and windows open without it

        print(f"bistand {version('bistand')}")
        return 0
    if name not in COMMANDS:
        print(f"bistand: there is no command “{name[:40]}”. `bistand --help` lists them.", file=sys.stderr)
        return 2
    return _run(name, words[1:])


def _run(name: str, words: list[str]) -> int:
    command: Command = import_module(f"app.cli.{name.replace('-', '_')}")
    parser = argparse.ArgumentParser(prog=f"bistand {name}", description=f"{COMMANDS[name]}.", allow_abbrev=False)
    command.arguments(parser)
    try:
        options = parser.parse_args(words)
    except SystemExit as refusal:  # argparse has said why
        return int(refusal.code or 0)
    return command.run(options)


def _overview() -> str:
    width = max(map(len, COMMANDS))
    rows = []
    for name, what in COMMANDS.items():
        if name in _HEADINGS:
            rows += ["", f"{_HEADINGS[name]}:"]
        rows.append(f"  {name.ljust(width)}  {what}")
    return "\n".join(
        ["usage: bistand [COMMAND] [ARGUMENTS]", "", "Remote support that the customer can see.", *rows, "",
         "`bistand COMMAND --help` tells more; without a command, your window opens."]
    )  # fmt: skip


def _usual_window() -> str:
    from app.domain.people import Role
    from app.system import settings
    from app.system.paths import home

    me = settings.load(home()).me
    return "desk" if me is not None and me.role is not Role.CUSTOMER else "gethelp"


if __name__ == "__main__":
    sys.exit(main())
