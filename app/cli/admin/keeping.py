"""`admin backup FILE`, `admin restore FILE`, `admin check`: that nothing which the service keeps is ever lost."""

import argparse
from pathlib import Path

from app.cli.admin.place import add_place, place_of
from app.cli.common import Tasks, show, tell
from app.cli.progress import showing
from app.wiring import owner_tasks

TASKS: tuple[str, ...] = ("backup", "restore", "check")


def add_tasks(tasks: Tasks) -> None:
    """Declare them."""
    backup = tasks.add_parser("backup", help="write everything into a new file; the service may run")
    backup.add_argument("file", metavar="FILE", type=Path, help="the backup, which is never written over another")
    restore = tasks.add_parser("restore", help="put a backup in place; stop the service first")
    restore.add_argument("file", metavar="FILE", type=Path, help="a file that `admin backup` wrote")
    restore.add_argument("--replace", action="store_true", help="where there is a service already: keep it beside")
    check = tasks.add_parser("check", help="look whether all that is kept is whole; the service may run")
    check.add_argument("--read-files", action="store_true", help="read every file to its end, too")
    for task in (backup, restore, check):
        add_place(task)


def run(options: argparse.Namespace) -> int:
    """Do the task."""
    return {"backup": _backup, "restore": _restore, "check": _check}[options.task](options)


def _backup(options: argparse.Namespace) -> int:
    with showing("Backup") as on_progress:
        done = owner_tasks(*place_of(options)).back_up(options.file.absolute(), on_progress)
    facts = {
        "file": str(done.file), "bytes": done.bytes, "events": done.events, "people": done.people,
        "blobs": done.blobs, "missing": done.missing,
    }  # fmt: skip
    show(options, facts, f"{done.file}: events {done.events}, people {done.people}, files {done.blobs}.")
    return _about_missing(done.missing, "It holds all the rest. `bistand admin check` tells what is wrong.")


def _restore(options: argparse.Namespace) -> int:
    with showing("Restore") as on_progress:
        done = owner_tasks(*place_of(options)).restore(
            options.file.absolute(), replace=options.replace, on_progress=on_progress
        )
    facts = {
        "of": done.at.isoformat(), "events": done.events, "people": done.people, "blobs": done.blobs,
        "missing": done.missing, "kept": done.kept, "erased": done.erased,
    }  # fmt: skip
    text = (
        f"Restored as of {done.at.astimezone():%Y-%m-%d %H:%M}: events {done.events}, people {done.people}, "
        f"files {done.blobs}.\nStart the service. Devices notice by themselves, and give back what it lacks."
    )
    if done.kept:
        text += f"\nWhat was there before is kept: {done.kept}. Remove it once you are sure."
    if done.erased:
        text += f"\nErased again, since they were erased after this backup was made: {done.erased}."
    show(options, facts, text)
    return _about_missing(done.missing, "A device that made one of them and has it still sends it again.")


def _check(options: argparse.Namespace) -> int:
    with showing("Check") as on_progress:
        found = owner_tasks(*place_of(options)).check(read_blobs=options.read_files, on_progress=on_progress)
    facts = {
        "whole": not found.faults, "faults": found.faults, "events": found.events, "cases": found.cases,
        "blobs": found.blobs, "blobs_read": found.read,
    }  # fmt: skip
    how = "read to their end" if found.read else "looked for; --read-files reads them too"
    looked = f"events {found.events}, cases {found.cases}, files {found.blobs} ({how})"
    if found.faults:
        show(options, facts, "\n".join((*found.faults, f"Looked at: {looked}.")))
        return 1
    show(options, facts, f"All is whole: {looked}.")
    return 0


def _about_missing(missing: tuple[str, ...], so: str) -> int:
    if not missing:
        return 0
    tell(f"Files that the log names, and that were not there or not whole: {len(missing)}. {so}")
    return 1
