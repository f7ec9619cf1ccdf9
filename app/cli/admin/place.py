"""Where a service keeps its data and its files: the arguments of the tasks that touch both."""

import argparse
from pathlib import Path

from app.cli.common import add_json
from app.cli.serve import add_blobs, add_database


def add_place(task: argparse.ArgumentParser) -> None:
    """Declare them."""
    add_database(task)
    add_blobs(task)
    add_json(task)


def place_of(options: argparse.Namespace) -> tuple[str | None, Path | None, str | None, str | None]:
    """Database, data folder, bucket and its endpoint, as `owner_tasks` takes them."""
    return options.db, options.data, options.blobs, options.blobs_endpoint
