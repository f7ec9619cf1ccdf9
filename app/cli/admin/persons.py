"""`admin erase PERSON`, `admin export-person PERSON`: what a person may ask of a shop that holds facts about them."""

import argparse
import sys
from pathlib import Path

from app.cli.admin.place import add_place, place_of
from app.cli.common import Tasks, plain, show
from app.cli.progress import showing
from app.domain.errors import UsageError
from app.wiring import owner_tasks

TASKS: tuple[str, ...] = ("erase", "export-person")


def add_tasks(tasks: Tasks) -> None:
    """Declare them."""
    erase = tasks.add_parser("erase", help="erase a person: identity and content go, time worked stays")
    erase.add_argument("--yes", action="store_true", help="do not ask; it cannot be undone")
    export = tasks.add_parser("export-person", help="write everything that is held about a person")
    export.add_argument("--to", metavar="PLACE", type=Path, required=True, help="a new folder, or a new file .zip")
    for task in (erase, export):
        task.add_argument("person", metavar="PERSON", help="the name, or the id")
        add_place(task)


def run(options: argparse.Namespace) -> int:
    """Do the task."""
    return _erase(options) if options.task == "erase" else _export(options)


def _erase(options: argparse.Namespace) -> int:
    tasks = owner_tasks(*place_of(options))
    person = tasks.whom(options.person)
    if not options.yes and not _sure(plain(person.line)):
        show(options, {"erased": False}, "Nothing was done.")
        return 1
    with showing("Erase") as on_progress:
        done = tasks.erase(person, on_progress)
    facts = {
        "erased": True, "person": str(person.id), "role": person.role.value, "cases": done.cases,
        "blobs": done.blobs, "copies": done.copies,
    }  # fmt: skip
    text = (
        f"{plain(person.name)} is erased: cases {done.cases}, files {done.blobs}. Time worked and ids stay.\n"
        "Technicians' devices do the same when they next sync. Backups that you made before hold the person still; "
        "restoring one erases them again."
    )
    if done.copies:
        text += "\nThese copies hold the person too. Remove them when you need them no more:\n  "
        text += "\n  ".join(done.copies)
    show(options, facts, text)
    return 0


def _export(options: argparse.Namespace) -> int:
    tasks = owner_tasks(*place_of(options))
    person = tasks.whom(options.person)
    with showing("Export") as on_progress:
        done = tasks.export_person(person, options.to.absolute(), on_progress)
    facts = {"person": str(person.id), "place": str(done.place), "counts": done.counts, "missing": done.missing}
    text = f"{done.place}: what is held about {plain(person.name)}. README.txt there says what is what."
    if done.missing:
        text += f"\nFiles that an event names, and that are not here: {len(done.missing)}."
    show(options, facts, text)
    return 0


def _sure(line: str) -> bool:
    if not sys.stdin.isatty():
        raise UsageError("Erasing cannot be undone: say --yes, or type the command in a terminal, where it asks.")
    print(f"{line}\nErase this person for good? Type yes: ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() == "yes"
