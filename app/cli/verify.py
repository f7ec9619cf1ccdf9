"""`bistand verify FILE`: check the audit of a session."""

import argparse
from pathlib import Path

from app.cli.common import add_json, show
from app.flows.verify_audit import verify_audit


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which file."""
    parser.add_argument("file", metavar="FILE", type=Path, help="the audit, a .jsonl file")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Say what it proves, or where it is broken."""
    verified = verify_audit(options.file)
    facts = {"lines": verified.lines, "audit_head": verified.head, "complete": verified.complete}
    seal = "signed by both ends to the last line" if verified.complete else "not signed to its end"
    show(options, facts, f"Unbroken: {verified.lines} lines, {seal}. Head {verified.head}.")
    return 0
