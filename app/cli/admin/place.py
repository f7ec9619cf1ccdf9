"""Where a service keeps its data and its files: the arguments of the tasks that touch both."""

import argparse
from typing import TYPE_CHECKING

from app.cli.common import add_json
from app.cli.serve import add_blobs, add_database
from app.wiring import owner_tasks

if TYPE_CHECKING:
    from app.wiring import OwnerTasks


def add_place(task: argparse.ArgumentParser) -> None:
    """Declare them."""
    add_database(task)
    add_blobs(task)
    add_json(task)


def tasks_of(options: argparse.Namespace) -> "OwnerTasks":
    """What the owner can do there."""
    return owner_tasks(options.db, options.data, options.blobs, options.blobs_endpoint)
