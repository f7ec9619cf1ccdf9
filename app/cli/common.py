"""What the commands share: their common arguments, and printing facts as text or as JSON."""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import ValidationError

from app.domain.errors import UsageError

if TYPE_CHECKING:
    Tasks = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse has no other name for it
else:
    Tasks = object


def add_json(parser: argparse.ArgumentParser) -> None:
    """`--json`: facts for scripts."""
    parser.add_argument("--json", action="store_true", help="print facts as JSON")


def add_identity(parser: argparse.ArgumentParser) -> None:
    """`--json` and `--ephemeral`, for commands that open a store."""
    add_json(parser)
    add_ephemeral(parser)


def add_ephemeral(parser: argparse.ArgumentParser) -> None:
    """`--ephemeral`: a store that is gone afterwards."""
    parser.add_argument(
        "--ephemeral",
        action="store_true",
        help="use a throw-away store whose key is kept in memory: nothing is left afterwards",
    )


def add_case(parser: argparse.ArgumentParser) -> None:
    """The case that the command is about."""
    parser.add_argument("case", metavar="CASE", help="the case's id, or its short name such as 7QF-2MK")


def show(options: argparse.Namespace, facts: object, text: str) -> None:
    """Print the facts as one line of JSON, or the text."""
    print(json.dumps(facts, ensure_ascii=False) if options.json else text, flush=True)


def tell(sentence: str) -> None:
    """Say something to the person that is not the command's result."""
    print(sentence, file=sys.stderr, flush=True)


def plain(text: str) -> str:
    """Text from elsewhere as a terminal may show it: control characters cannot steer the terminal."""
    return "".join(letter if letter.isprintable() or letter in "\n\t" else "�" for letter in text)


@contextmanager
def typed() -> Iterator[None]:
    """What was typed may be too long, or empty where something is needed: then `UsageError` says which part."""
    try:
        yield
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "it"
        raise UsageError(f"That cannot be written so: “{where}”: {first['msg']}.") from error


_SPAN = re.compile(r"^(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,5})s)?$")


def parse_span(text: str, most_hours: int = 12) -> timedelta:
    """`30m`, `1h`, `1h30m`, `90s` as a length of time. Raises `UsageError`."""
    match = _SPAN.match(text.strip().lower())
    if not match or not any(match.groups()):
        raise UsageError(f"“{text[:20]}” is no length of time. Write it like 30m, 1h or 1h30m.")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    span = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if not timedelta(0) < span <= timedelta(hours=most_hours):
        raise UsageError(f"The time must be more than nothing and at most {most_hours}h.")
    return span


def parse_moment(text: str, now: datetime) -> datetime:
    """A moment as people type it: `14:05` (today, local time), `2026-11-22 14:05`, ISO 8601, or `now`.

    Raises `UsageError`.
    """
    if text.strip().lower() == "now":
        return now
    local = now.astimezone()
    try:
        if re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", text):
            clock = [int(part) for part in text.split(":")]
            return local.replace(hour=clock[0], minute=clock[1], second=[*clock, 0][2], microsecond=0).astimezone(UTC)
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"“{text[:30]}” is no moment. Write it like 14:05, 2026-11-22 14:05 or 2026-11-22T14:05+01:00."
        ) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=local.tzinfo)).astimezone(UTC)


def clock_time(moment: datetime | None) -> str:
    """A moment in the person's own time, short enough for a list."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M") if moment else ""
