"""`bistand doctor`: what is missing here, and the command that mends it."""

import argparse

from app.cli.common import add_json, plain, show
from app.flows.doctor import Ailment, examine
from app.system.paths import home
from app.wiring import open_party


def arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing but `--json`."""
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Look at everything; 1 where something that is needed is missing."""
    looked = examine(home(), _open_store)
    facts = [
        {"name": one.name, "well": one.well, "detail": one.detail, "mend": one.mend, "needed": one.needed}
        for one in looked
    ]
    show(options, facts, "\n".join(map(_line, looked)))
    return 0 if all(one.well or not one.needed for one in looked) else 1


def _open_store() -> None:
    with open_party():
        pass


def _line(one: Ailment) -> str:
    mark = "✓" if one.well else "✗" if one.needed else "!"
    mend = f"\n    mend: {one.mend}" if one.mend else ""
    return f"{mark} {one.name}: {plain(one.detail)}{mend}"
