"""`bistand enrol URL CODE`: make this device a technician's."""

import argparse

from app.cli.common import add_json, show
from app.flows.enrol import enrol
from app.wiring import open_party


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where, and with what."""
    parser.add_argument("url", metavar="URL", help="the service's address, such as https://help.example.com")
    parser.add_argument("code", metavar="CODE", help="the one-time code that the owner made")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Trade the code for a token in the keyring."""
    with open_party() as party:
        me = enrol(party, options.url, options.code)
        facts = {"technician": me.name, "provider": party.settings.provider_name, "device": str(party.store.device)}
        show(options, facts, f"This device is now {me.name}'s at {party.settings.provider_name}.")
    return 0
