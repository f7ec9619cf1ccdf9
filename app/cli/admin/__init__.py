"""`bistand admin`: the owner's tasks, on the machine that holds the service's data."""

import argparse
from typing import Protocol

from app.cli.admin import agreements, keeping, persons, setting_up
from app.cli.common import Tasks


class _Group(Protocol):
    """What each group of tasks holds."""

    TASKS: tuple[str, ...]

    def add_tasks(self, tasks: Tasks) -> None:
        """Declare them."""

    def run(self, options: argparse.Namespace) -> int:
        """Do one."""


_GROUPS: tuple[_Group, ...] = (setting_up, agreements, keeping, persons)


def arguments(parser: argparse.ArgumentParser) -> None:
    """A task, and what it wants."""
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    for group in _GROUPS:
        group.add_tasks(tasks)


def run(options: argparse.Namespace) -> int:
    """Do the task."""
    (group,) = (group for group in _GROUPS if options.task in group.TASKS)
    return group.run(options)
