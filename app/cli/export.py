"""`bistand export FILE`: everything on this device, as JSON Lines."""

import argparse
from pathlib import Path

from app.cli.common import add_identity, show
from app.cli.identity import open_party
from app.cli.progress import CHANGED_NOTHING, showing
from app.flows.export import export


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to."""
    parser.add_argument("file", metavar="FILE", type=Path, help="where to, such as everything.jsonl; not encrypted")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Write it."""
    with open_party(ephemeral=options.ephemeral) as party, showing("Exporting", stopped=CHANGED_NOTHING) as progress:
        done = export(party, options.file, progress)
    show(
        options,
        {"export": str(options.file), "events": done.events, "files": done.files, "missing": done.missing},
        f"Written: {options.file}. {done.events} events, and the names of {done.files} files, {done.missing} of which "
        "are not on this device.\nIt is readable for whoever gets hold of it: keep it as you keep the store.",
    )
    return 0
