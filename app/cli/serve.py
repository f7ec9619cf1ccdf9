"""`bistand serve`: run the service, and a relay with it unless told otherwise."""

import argparse
from pathlib import Path

from app.cli.common import add_json, show
from app.wiring import ServiceOptions, run_service


def add_database(parser: argparse.ArgumentParser) -> None:
    """Where the service keeps its things: the same for `serve` and `admin`."""
    parser.add_argument(
        "--db",
        metavar="URL",
        help="the database: postgresql://USER@HOST/NAME (default: SQLite in the data folder)",
    )
    parser.add_argument("--data", metavar="DIR", type=Path, help="the data folder (default: in BISTAND_HOME)")


def add_blobs(parser: argparse.ArgumentParser) -> None:
    """Where whole files lie: for `serve`, and for those tasks of `admin` that touch them."""
    parser.add_argument(
        "--blobs",
        metavar="s3://BUCKET[/PREFIX]",
        help="keep whole files in this S3 bucket (default: in the data folder). Its keys are never given here, where "
        "everybody on this machine would see them: they are taken from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
        "from ~/.aws/credentials, or from the machine's role",
    )
    parser.add_argument("--blobs-endpoint", metavar="URL", help="the bucket is at this store that speaks like S3")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where the data lies and where to listen."""
    add_database(parser)
    add_blobs(parser)
    parser.add_argument("--limits", metavar="FILE", type=Path, help="take limits from this TOML file")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=port, default=8470, help="the port (default 8470; 0 picks a free one)")
    parser.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"), type=Path, help="serve HTTPS with these PEM files")
    parser.add_argument("--behind-proxy", action="store_true", help="a proxy in front of it speaks TLS")
    parser.add_argument("--no-relay", action="store_true", help="no relay here: sessions go through others")
    parser.add_argument("--relay-host", metavar="NAME", help="the name by which parties reach the relay")
    parser.add_argument("--metrics-token", metavar="FILE", type=Path, help="open /metrics to the token in this file")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    run_service(
        ServiceOptions(
            db=options.db,
            data=options.data,
            host=options.host,
            port=options.port,
            tls=tuple(options.tls) if options.tls else None,
            behind_proxy=options.behind_proxy,
            with_relay=not options.no_relay,
            relay_host=options.relay_host,
            metrics_token=options.metrics_token,
            limits=options.limits,
            blobs=options.blobs,
            blobs_endpoint=options.blobs_endpoint,
        ),
        lambda url: show(options, {"event": "ready", "url": url}, f"Serving at {url}"),
    )
    return 0


def port(text: str) -> int:
    """A port, or 0 for a free one."""
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError("a port lies between 0 and 65535")
    return number
