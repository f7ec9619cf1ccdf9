"""`bistand connect CASE --code CODE`: a session on the customer's machine, from this terminal."""

import argparse
import posixpath
import re
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.cli import watch
from app.cli.common import add_case, add_identity, plain, show, tell
from app.cli.company import Company, planned
from app.cli.terminal import interact
from app.cli.terminal_guard import TerminalGuard
from app.domain.errors import BistandError, UsageError
from app.flows.join_session import CommandResult, FileResult, JoinedSession, check_code, join_session
from app.flows.list_cases import named_case
from app.flows.synchronise import synchronise
from app.wiring import open_party


class _Step(argparse.Action):
    """Keeps what is to be done in the order in which it was typed."""

    def __call__(self, parser: object, namespace: argparse.Namespace, values: Any, option: str | None = None) -> None:
        namespace.steps = [*(getattr(namespace, "steps", None) or []), (str(option).lstrip("-"), values)]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, the code, and what to do."""
    add_case(parser)
    parser.add_argument("--code", required=True, help="the eight digits that the customer reads out")
    parser.add_argument("--run", action=_Step, metavar="COMMAND", help="run this (several allowed)")
    parser.add_argument("--put", action=_Step, metavar="LOCAL:REMOTE", help="send a file (several allowed)")
    parser.add_argument("--get", action=_Step, metavar="REMOTE:LOCAL", help="fetch a file (several allowed)")
    parser.set_defaults(steps=[])
    parser.add_argument(
        "--ask",
        action="append",
        default=[],
        metavar="WISH",
        help="before all else, ask the customer for terminal, files=/PATH (to read), write=/PATH, port=HOST:PORT, "
        "or that a colleague may come: colleague=NAME (to look on), colleague=NAME:type (to type too); each with "
        ":MINUTES behind it for how long (default 30; several allowed)",
    )
    parser.add_argument("--why", metavar="TEXT", help="why; the customer reads it. --ask needs it")
    parser.add_argument(
        "--forward",
        action="append",
        default=[],
        metavar="LOCAL:HOST:PORT",
        help="reach this port of the customer's network at 127.0.0.1:LOCAL (0: any), as ssh -L does (several allowed)",
    )
    parser.add_argument(
        "--ssh-config",
        type=Path,
        metavar="FILE",
        help="write an ssh_config for ssh, sftp, scp and rsync (`ssh -F FILE customer`); it is removed at the end",
    )
    parser.add_argument(
        "--stay",
        action="store_true",
        help="open no terminal: stay until Ctrl-C or the session's end, as ssh -N does. With --forward or --ssh-config "
        "and nothing to do that is also done where no terminal is allowed, or none is here",
    )
    parser.add_argument(
        "--watch",
        action="store_true",
        help="look on at a colleague's session, by the code that the customer reads out for you",
    )
    parser.add_argument(
        "--type", action="store_true", help="with --watch: type into its terminal, where that is allowed"
    )
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Pair, do what was asked or open a terminal, and leave everything on record."""
    check_code(options.code)
    watch.check(options)
    if options.watch:
        return watch.look_on(options)
    steps = [(kind, _parts(value) if kind != "run" else (value, "")) for kind, value in options.steps]
    plan = planned(options)
    with open_party(ephemeral=options.ephemeral) as party, ExitStack() as cleaning:
        synchronise(party)
        over = threading.Event()
        case = named_case(party, options.case)
        joined = join_session(party, case, options.code, lambda _: over.set())
        cleaning.callback(joined.end)
        company = Company(joined, over)
        done = _Done()
        try:
            company.ask(plan.wishes, options.why or "")
            company.open(plan)
            _work(joined, steps, done, company, options)
        except BistandError as error:
            done.error = error
        ended = joined.end()
        facts = {
            "session": str(joined.id),
            "case": str(joined.case_id),
            "relay": joined.relay,
            "connect_seconds": round(joined.connect_seconds, 3),
            "commands": [_command_facts(result) for result in done.commands],
            "files": [_file_facts(result) for result in done.files],
            "forwards": company.forwards,
            "recording": str(joined.recording),
            "audit": str(ended.audit),
            "audit_head": ended.audit_head.head,
            "reason": ended.reason.value,
        }
        show(options, facts, f"Session ended: {ended.reason.value}. Recorded in {joined.recording}")
        if done.error is not None:
            raise done.error
    return 0


@dataclass
class _Done:
    commands: list[CommandResult] = field(default_factory=list)
    files: list[FileResult] = field(default_factory=list)
    error: BistandError | None = None


def _work(
    joined: JoinedSession,
    steps: Sequence[tuple[str, tuple[str, str]]],
    done: _Done,
    company: Company,
    options: argparse.Namespace,
) -> None:
    stays = options.stay or (not steps and company.is_there and not company.can_have_a_terminal)
    if not steps and not stays:
        with company.hint("terminal"):
            interact(joined)
    for kind, (first, second) in steps:
        if kind == "run":
            with company.hint("terminal"):
                result = joined.run(first)
            done.commands.append(result)
            if not options.json:
                _print_result(result)
        elif kind == "put":
            with company.hint(f"write={_folder(second)}"):
                done.files.append(joined.put(Path(first).expanduser(), second))
        else:
            with company.hint(f"files={_folder(first)}"):
                done.files.append(joined.get(first, Path(second).expanduser()))
    if stays:
        if options.json:
            show(options, {"event": "ready", "case": str(joined.case_id), **company.facts}, "")
        company.stay()


def _folder(remote: str) -> str:
    """The folder to ask for, where the path says it."""
    return posixpath.dirname(remote) if remote.startswith("/") else "/FOLDER"


def _print_result(result: CommandResult) -> None:
    sys.stdout.buffer.write(TerminalGuard().feed(result.stdout.encode()))
    sys.stdout.flush()
    if result.exit_status:
        tell(f"{plain(result.command)}: ended with {result.exit_status}")


def _command_facts(result: CommandResult) -> dict[str, object]:
    return {"command": result.command, "exit_status": result.exit_status, "stdout": result.stdout}


def _file_facts(result: FileResult) -> dict[str, object]:
    return {"name": result.name, "bytes": result.bytes, "sha256": result.sha256}


def _parts(value: str) -> tuple[str, str]:
    """The two sides of FROM:TO. A drive letter's colon does not part them."""
    match = re.fullmatch(r"((?:[A-Za-z]:[\\/])?[^:]+):(.+)", value, re.DOTALL)
    if match is None:
        raise UsageError(f"“{value[:60]}” names no two files. Write it like report.txt:/home/lone/report.txt.")
    return match.group(1), match.group(2)
