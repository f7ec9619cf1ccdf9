"""`bistand kimai URL`: keep the token with which your time is told to Kimai."""

import argparse
import getpass
import sys

from app.cli.common import add_json, plain, show
from app.cli.identity import open_party
from app.flows.kimai import forget_token, keep_token


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which Kimai. The token is typed or comes by a pipe: everybody on the machine can see a command line."""
    parser.add_argument("url", metavar="URL", help="Kimai's address, such as https://time.example.com")
    parser.add_argument("--forget", action="store_true", help="take the token out of the keyring")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Ask for the token, try it, and keep it in the keyring."""
    with open_party() as party:
        if options.forget:
            forget_token(party, options.url)
            show(options, {"kimai": options.url, "kept": False}, "No token for it is kept here any more.")
            return 0
        user = keep_token(party, options.url, _typed())
    show(
        options,
        {"kimai": options.url, "kept": True, "user": user.username, "timezone": user.timezone},
        f"Kept in the keyring. Kimai knows you as {plain(user.username)}, with the clock of {plain(user.timezone)}.",
    )
    return 0


def _typed() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Kimai's API token (it is not shown): ", sys.stderr)
    return sys.stdin.readline()
