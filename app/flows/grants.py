"""What a customer grants, made from what was asked for or typed: a port's address is pinned at that moment."""

from datetime import datetime
from pathlib import Path

from app.domain.consent import (
    ColleagueGrant,
    ColleagueWish,
    FilesGrant,
    FilesWish,
    Grant,
    PortGrant,
    PortWish,
    TerminalGrant,
    TerminalWish,
    Wish,
    is_never_reached,
)
from app.flows.errors import NoSuchFolderError, NoSuchMachineError, NotReachableError
from app.system.names import addresses_of


def grant_for(wish: Wish, until: datetime) -> Grant:
    """The grant of exactly this, until then (UTC).

    Raises `NoSuchFolderError`, `NoSuchMachineError`, `NotReachableError`.
    """
    match wish:
        case TerminalWish():
            return TerminalGrant(until=until)
        case FilesWish():
            if not _is_folder(wish.folder):
                raise NoSuchFolderError(wish.folder)
            return FilesGrant(folder=wish.folder, write=wish.write, until=until)
        case PortWish():
            return port_grant(wish.host, wish.port, until)
        case ColleagueWish():
            return ColleagueGrant(name=wish.name, may_type=wish.may_type, until=until)


def port_grant(host: str, port: int, until: datetime) -> PortGrant:
    """One port of one machine, at the address that its name means now. Asks the system's resolver, and waits for it.

    Raises `NoSuchMachineError` where the name means nothing, `NotReachableError` where it means an address that nobody
    is let through to: one that is good for one name must not let another slip by, so one bad address is enough.
    """
    addresses = addresses_of(host)
    if not addresses:
        raise NoSuchMachineError(host)
    if any("%" in address or is_never_reached(address) for address in addresses):
        raise NotReachableError(host)
    return PortGrant(host=host, port=port, address=addresses[0], until=until)


def _is_folder(untrusted_path: str) -> bool:
    try:
        return Path(untrusted_path).is_absolute() and Path(untrusted_path).is_dir()
    except (OSError, ValueError):  # a name that no file system takes
        return False
