"""`bistand desk`: the technician's window."""

import argparse

from app.cli.common import add_ephemeral
from app.wiring import run_desk


def arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing yet but a throw-away store."""
    add_ephemeral(parser)


def run(options: argparse.Namespace) -> int:
    """Open it."""
    return run_desk(ephemeral=options.ephemeral)
