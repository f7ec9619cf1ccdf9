"""`admin init`, `technician`, `relay`, `upgrade`, `move`: the service and who works with it."""

import argparse

from app.cli.common import Tasks, add_json, show
from app.cli.serve import add_database
from app.domain.errors import UsageError
from app.wiring import (
    add_relay,
    add_technician,
    init_service,
    move_service,
    revoke_relay,
    revoke_technician,
    upgrade_service,
)

TASKS: tuple[str, ...] = ("init", "technician", "relay", "upgrade", "move")


def add_tasks(tasks: Tasks) -> None:
    """`init`, `technician add NAME`, `technician revoke NAME`, the same for `relay`, `upgrade`, `move --to URL`."""
    init = tasks.add_parser("init", help="set the service up")
    init.add_argument("--name", default="Your IT support", help="the shop's name, as customers see it")
    technician = tasks.add_parser("technician", help="add a technician, or take their access away")
    technician.add_argument("action", choices=["add", "revoke"])
    technician.add_argument("name", metavar="NAME", help="the technician's name, as customers see it")
    relay = tasks.add_parser("relay", help="add a further relay, or take its access away")
    relay.add_argument("action", choices=["add", "revoke"])
    relay.add_argument("name", metavar="NAME", help="the relay's name, for you alone")
    upgrade = tasks.add_parser("upgrade", help="bring the database up to this program; `serve` does it too")
    move = tasks.add_parser("move", help="copy everything to another, empty database; stop the service first")
    move.add_argument("--to", metavar="URL", required=True, help="the database to move to")
    for task in (init, technician, relay, upgrade, move):
        add_database(task)
        add_json(task)


def run(options: argparse.Namespace) -> int:
    """Do the task."""
    if options.task == "upgrade":
        _upgrade(options)
        return 0
    if options.task == "move":
        _move(options)
        return 0
    if not options.name.strip() or len(options.name) > 200:
        raise UsageError("A name has between 1 and 200 letters.")
    if options.task == "init":
        init_service(options.db, options.data, options.name)
        show(options, {"provider": options.name}, f"{options.name} is set up. Next: bistand admin technician add NAME")
    elif options.task == "relay":
        _relay(options)
    else:
        _technician(options)
    return 0


def _upgrade(options: argparse.Namespace) -> None:
    copy = upgrade_service(options.db, options.data)
    text = "The database is up to this program."
    if copy is not None:
        text += f" As it was before, it lies in {copy}."
    show(options, {"upgraded": True, "copy": str(copy) if copy else None}, text)


def _move(options: argparse.Namespace) -> None:
    counts = move_service(options.db, options.data, options.to)
    text = (
        f"Moved: people {counts['people']}, events {counts['events']}. The old database is left as it is. "
        "From now on start the service with --db and the new one; the data folder stays the same."
    )
    show(options, {"moved": counts}, text)


def _technician(options: argparse.Namespace) -> None:
    if options.action == "add":
        code = add_technician(options.db, options.data, options.name)
        text = f"{options.name} enrols with this code, once, within 24 hours: {code}"
        show(options, {"technician": options.name, "code": code}, text)
    else:
        revoke_technician(options.db, options.data, options.name)
        show(options, {"technician": options.name, "revoked": True}, f"{options.name} is out. What they wrote stays.")


def _relay(options: argparse.Namespace) -> None:
    if options.action == "add":
        code = add_relay(options.db, options.data, options.name)
        text = (
            f"{options.name} starts with this code, once, within 24 hours: {code}\n"
            f"On its machine: bistand relay --service URL --code {code}"
        )
        show(options, {"relay": options.name, "code": code}, text)
    else:
        revoke_relay(options.db, options.data, options.name)
        show(options, {"relay": options.name, "revoked": True}, f"{options.name} is out, and its sessions with it.")
