"""`bistand alternatives CASE TEXT --way TITLE --pro TEXT --con TEXT --way TITLE ...`: let the customer choose.

What follows a --way speaks for it (--pro) or against it (--con).
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.cli.common import add_case, add_identity
from app.cli.identity import open_party
from app.cli.written import show_written
from app.domain.errors import UsageError
from app.flows.choose import offer_alternatives, way
from app.flows.list_cases import named_case


@dataclass
class _Typed:
    """A way as it is typed, one argument after the other."""

    title: str
    pros: list[str] = field(default_factory=list)
    cons: list[str] = field(default_factory=list)


class _Next(argparse.Action):
    """Keeps the order of --way, --pro and --con, which argparse alone would lose."""

    def __call__(
        self,
        _parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        typed: list[_Typed] = getattr(namespace, self.dest)
        if option_string == "--way":
            typed.append(_Typed(str(values)))
        elif not typed:
            raise UsageError(f"{option_string} comes after the --way that it speaks for or against.")
        else:
            (typed[-1].pros if option_string == "--pro" else typed[-1].cons).append(str(values))


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which case, what is to be decided, and the ways."""
    add_case(parser)
    parser.add_argument("text", metavar="TEXT", help="what is to be decided; the customer reads all of it")
    kinds = {"--way": "a way to go on", "--pro": "what speaks for it", "--con": "what speaks against it"}
    for name, what in kinds.items():
        parser.add_argument(name, dest="ways", metavar="TEXT", action=_Next, default=[], help=what)
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Ask the customer."""
    ways = [way(typed.title, typed.pros, typed.cons) for typed in options.ways]
    with open_party(ephemeral=options.ephemeral) as party:
        event = offer_alternatives(party, named_case(party, options.case), options.text, ways)
        text = "Asked. The customer answers with: bistand choose CASE NUMBER, or --unsure."
        return show_written(options, party, event, text, ways=len(ways))
