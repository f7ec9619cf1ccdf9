"""`bistand doctor`: what is missing here, and the command that mends it."""

import argparse

from app.cli.common import add_json, plain, show
from app.cli.progress import CHANGED_NOTHING, following
from app.domain.reference import reference
from app.flows.doctor import Ailment, examine
from app.flows.rebuild import Difference, Rebuilt, rebuild
from app.system.paths import home
from app.wiring import open_party


def arguments(parser: argparse.ArgumentParser) -> None:
    """`--rebuild`, and `--json`."""
    parser.add_argument(
        "--rebuild",
        action="store_true",
        help="check the whole store, make its lists and its search anew from the log, and tell what had differed",
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Look at everything; 1 where something that is needed is missing. Or rebuild; 0 once that is done."""
    if options.rebuild:
        with open_party() as party, following(stopped=CHANGED_NOTHING, at_a_step=True) as report:
            done = rebuild(party, report)
        show(options, _facts(done), _told(done))
        return 0
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


def _facts(done: Rebuilt) -> dict[str, object]:
    differences = [
        {"case": str(one.case_id), "what": one.what, "kept": one.kept, "rebuilt": one.rebuilt}
        for one in done.differences
    ]
    return {"cases": done.cases, "events": done.events, "differences": differences}


def _told(done: Rebuilt) -> str:
    read = f"Read {done.events} events of {done.cases} cases."
    if not done.differences:
        return f"{read} All that is kept beside them was as it should be."
    return "\n".join([f"{read} Made anew what differed:", *map(_difference, done.differences)])


def _difference(one: Difference) -> str:
    return f"  {reference(one.case_id)}, {one.what}: {plain(one.kept)} → {plain(one.rebuilt)}"
