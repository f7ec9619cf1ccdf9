"""What may be granted and asked for, as people type it: `terminal`, `files=PATH`, `port=HOST:PORT`."""

import re
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from app.domain.consent import (
    ColleagueWish,
    FilesGrant,
    FilesWish,
    Grant,
    Grants,
    PortWish,
    TerminalGrant,
    TerminalWish,
    Wish,
)
from app.domain.errors import UsageError
from app.flows.grants import grant_for

_CAN_BE = "terminal, files=PATH, files-ro=PATH, port=HOST:PORT"


def parse_grants(text: str, until: datetime) -> Grants:
    """`terminal,files=PATH,files-ro=PATH,port=HOST:PORT` as grants that hold until then (UTC).

    A port's machine is looked up now, and that address is what is granted. Raises `UsageError`, `NoSuchMachineError`,
    `NotReachableError`.
    """
    return Grants(grants=tuple(_grant(part.strip(), until) for part in text.split(",") if part.strip()))


def parse_wish(text: str) -> tuple[Wish, int | None]:
    """What a technician asks for: `terminal`, `files=PATH` (to read), `write=PATH`, `port=HOST:PORT`, each `:MINUTES`.

    `colleague=NAME` lets somebody look on, `colleague=NAME:type` type too. The paths are the customer's. Raises
    `UsageError`.
    """
    kind, _, rest = text.strip().partition("=")
    try:
        match kind:
            case "port":
                found = re.fullmatch(r"(\[[^\]]+\]|[^:\[\]]+):(\d{1,5})(?::(\d{1,3}))?", rest)
                if found is not None:
                    return PortWish(host=_host(found[1]), port=int(found[2])), _minutes(found[3])
            case "files" | "write" if rest:
                found = re.fullmatch(r"(/.*?)(?::(\d{1,3}))?", rest, re.DOTALL)
                if found is not None:
                    return FilesWish(folder=found[1], write=kind == "write"), _minutes(found[2])
            case "colleague":
                found = re.fullmatch(r"([^:]+)(:type)?(?::(\d{1,3}))?", rest)
                if found is not None:
                    return ColleagueWish(name=found[1], may_type=found[2] is not None), _minutes(found[3])
            case _:
                found = re.fullmatch(r"terminal(?::(\d{1,3}))?", text.strip())
                if found is not None:
                    return TerminalWish(), _minutes(found[1])
    except ValidationError:
        pass
    raise UsageError(
        f"“{text[:60]}” cannot be asked for. This can: terminal, files=/PATH, write=/PATH, port=HOST:PORT, "
        "colleague=NAME, colleague=NAME:type, each with :MINUTES behind it."
    )


def parse_forward(text: str) -> tuple[int, str, int]:
    """`LOCAL:HOST:PORT`, as `ssh -L` takes it; an IPv6 address in brackets. Raises `UsageError`."""
    found = re.fullmatch(r"(\d{1,5}):(\[[^\]]+\]|[^:\[\]]+):(\d{1,5})", text)
    if found is None or int(found[1]) > 65535 or not 0 < int(found[3]) <= 65535:
        raise UsageError(f"“{text[:60]}” is no LOCAL:HOST:PORT. Write it like 8080:192.168.1.1:80, or 0:[fd00::1]:443.")
    return int(found[1]), _host(found[2]), int(found[3])


def _grant(part: str, until: datetime) -> Grant:
    kind, _, rest = part.partition("=")
    if part == "terminal":
        return TerminalGrant(until=until)
    if kind in ("files", "files-ro") and rest:
        folder = Path(rest).expanduser()
        if not folder.is_dir():
            raise UsageError(f"There is no folder {folder} to grant.")
        return FilesGrant(folder=str(folder.resolve()), write=kind == "files", until=until)
    found = re.fullmatch(r"port=(\[[^\]]+\]|[^:\[\]]+):(\d{1,5})", part)
    if found is not None:
        try:
            return grant_for(PortWish(host=_host(found[1]), port=int(found[2])), until)
        except ValidationError as error:
            raise UsageError(f"“{part[:60]}” names no port. Write it like port=192.168.1.1:80.") from error
    raise UsageError(f"“{part[:40]}” cannot be granted. This can: {_CAN_BE}.")


def _host(written: str) -> str:
    return written.strip("[]")


def _minutes(written: str | None) -> int | None:
    return int(written) if written else None
