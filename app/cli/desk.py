"""`bistand desk`: the technician's window."""

import argparse

from app.wiring import run_desk


def arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing yet but a throw-away store."""
    parser.add_argument("--ephemeral", action="store_true", help="use a throw-away store")


def run(options: argparse.Namespace) -> int:
    """Open it."""
    return run_desk(ephemeral=options.ephemeral)
