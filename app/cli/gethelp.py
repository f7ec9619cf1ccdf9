"""`bistand gethelp`: the customer's window; `--console` at a machine with no screen.

With `--console` the person who types the command consents to what it names, and to nothing else.
"""

import argparse

from app.cli.common import add_identity


def arguments(parser: argparse.ArgumentParser) -> None:
    """Whom to ask, about what, and what the technician may do."""
    parser.add_argument("--provider", metavar="URL", help="your provider's address")
    parser.add_argument("--console", action="store_true", help="no window: ask from this terminal")
    parser.add_argument("--about", metavar="TEXT", help="what is wrong, in your words; “I don't know” is fine")
    parser.add_argument("--name", metavar="NAME", help="your name (default: your user name)")
    parser.add_argument(
        "--grant",
        metavar="GRANTS",
        default="",
        help="terminal,files=PATH,files-ro=PATH,port=HOST:PORT: what the technician may do (default: nothing); "
        "files-ro is to read alone, and an IPv6 address stands in brackets",
    )
    parser.add_argument("--for", dest="span", metavar="TIME", default="30m", help="for how long (default 30m)")
    parser.add_argument("--share-diagnostics", action="store_true", help="share what the checks find, redacted")
    add_identity(parser)


def run(options: argparse.Namespace) -> int:
    """Open the window, or ask from this terminal."""
    if not options.console:
        from app.wiring import run_gethelp

        return run_gethelp(provider=options.provider, ephemeral=options.ephemeral)
    from app.cli.console import ask  # SSH comes with it, and a window opens without that

    return ask(options)
