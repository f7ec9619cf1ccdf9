"""What is known of this machine and its people, so that it can be taken out of what is shared.

Nothing here asks the network. The names of old are looked for too: a computer that was renamed keeps its former name
in its own files.
"""

import getpass
import os
import re
import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from app.diagnostics.files import first_line, read
from app.domain.records import Record

_MOST_NAMES = 200
_COMMON = frozenset({"debian", "ubuntu", "fedora", "raspberrypi", "linux"})
"""What systems call their first account and their computer: it says nothing of anybody, and reports need the word."""
_NOBODY = _COMMON | {
    *("root", "administrator", "admin", "user", "users", "guest", "owner", "default", "public", "nobody", "system"),
    *("daemon", "defaultuser0", "local", "service", "pc", "home", "none", "vagrant"),
}
"""Accounts that every machine has, and words that stand in the place of a person's name."""
_NO_HOST = _COMMON | {
    *("localhost", "localhost4", "localhost6", "localdomain", "localhost.localdomain", "broadcasthost"),
    *("ip6-localhost", "ip6-loopback", "ip6-localnet", "ip6-mcastprefix", "ip6-allnodes", "ip6-allrouters"),
}
_NO_SERIAL = frozenset(
    {"none", "default string", "to be filled by o.e.m.", "not specified", "system serial number", "uninitialized"}
)
_DMI = Path("/sys/class/dmi/id")


class Identity(Record):
    """Names that belong to this machine and its people. Their order decides their numbers, so it is kept stable.

    `hardware` are hardware (MAC) addresses.
    """

    users: tuple[str, ...] = ()
    homes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    serials: tuple[str, ...] = ()
    hardware: tuple[str, ...] = ()


def gather_identity() -> Identity:
    """What can be read of this machine without asking anybody. Never raises: what cannot be read is left out."""
    homes = _distinct(_homes())
    return Identity(
        users=_distinct((*_users(), *(_last_part(home) for home in homes)), _NOBODY),
        homes=homes,
        hosts=_distinct(_hosts(), _NO_HOST),
        serials=_distinct((serial for serial in _serials() if len(serial) >= 4 and set(serial) != {"0"}), _NO_SERIAL),
        hardware=_distinct(_hardware()),
    )


def _distinct(names: Iterable[str], left_out: Iterable[str] = ()) -> tuple[str, ...]:
    seen = {name.casefold() for name in left_out}
    kept: list[str] = []
    for name in (name.strip() for name in names):
        if name and name.casefold() not in seen and len(kept) < _MOST_NAMES:
            seen.add(name.casefold())
            kept.append(name)
    return tuple(kept)


def _users() -> Iterator[str]:
    with suppress(OSError, KeyError, ImportError):  # no such account in a container
        yield getpass.getuser()
    yield from (os.environ.get(name, "") for name in ("SUDO_USER", "USER", "LOGNAME", "USERNAME"))
    with suppress(OSError, psutil.Error):
        yield from sorted(session.name for session in psutil.users())
    for _home, account, person in _accounts():
        yield account
        yield person
        yield from (part for part in person.split() if len(part) > 2)


def _homes() -> Iterator[str]:
    with suppress(RuntimeError):
        yield str(Path.home())
    yield os.environ.get("USERPROFILE", "")
    yield from (home for home, _account, _person in _accounts())


def _accounts() -> list[tuple[str, str, str]]:
    """Home folder, account and full name of each person (not of services) that this machine knows by itself."""
    if sys.platform == "win32":
        return []
    import pwd

    people = [entry for entry in pwd.getpwall() if 500 <= entry.pw_uid < 60_000 and "nologin" not in entry.pw_shell]
    return [(entry.pw_dir, entry.pw_name, entry.pw_gecos.split(",")[0]) for entry in people if len(entry.pw_dir) > 1]


def _last_part(path: str) -> str:
    return re.split(r"[/\\]", path.rstrip("/\\"))[-1]


def _hosts() -> Iterator[str]:
    """Names of this machine, present and former, short and full, and of the domain it is in."""
    for name in (socket.gethostname(), os.environ.get("COMPUTERNAME", ""), first_line(Path("/etc/hostname"))):
        yield name
        yield name.split(".")[0]
    named = re.findall(r'^PRETTY_HOSTNAME="?([^"\n]+)', read(Path("/etc/machine-info")), re.MULTILINE)
    yield from named
    yield first_line(Path("/etc/mailname"))
    for name in hosts_in(read(Path("/etc/hosts"))):
        yield name
        if name.count(".") > 1:
            yield name.split(".", 1)[1]
    yield from domains_in(read(Path("/etc/resolv.conf")))
    yield os.environ.get("USERDNSDOMAIN", "")


def hosts_in(hosts_file: str) -> list[str]:
    """Names in the text of a hosts file. Lists that block advertisers by naming them 0.0.0.0 are left out."""
    lines = (line.partition("#")[0].split() for line in hosts_file.splitlines())
    blocked = ("0.0.0.0", "::")  # noqa: S104 (compared, not listened on)
    return [name for fields in lines if fields and fields[0] not in blocked for name in fields[1:]][:_MOST_NAMES]


def domains_in(resolver_file: str) -> list[str]:
    """The domains that a resolver's file adds to short names; single words such as "lan" are left out."""
    lines = (line.split() for line in resolver_file.splitlines())
    named = [name for fields in lines if fields and fields[0] in ("search", "domain") for name in fields[1:]]
    return [name.strip(".") for name in named if "." in name.strip(".")]


def _serials() -> Iterator[str]:
    for name in ("product_serial", "board_serial", "chassis_serial", "product_uuid"):
        yield first_line(_DMI / name)
    yield first_line(Path("/etc/machine-id"))
    yield first_line(Path("/proc/device-tree/serial-number"))
    yield from (first_line(path) for path in sorted(Path("/sys/block").glob("*/device/serial")))


def _hardware() -> Iterator[str]:
    with suppress(OSError, psutil.Error):
        for _name, entries in sorted(psutil.net_if_addrs().items()):
            for entry in entries:
                if entry.family == psutil.AF_LINK and set(entry.address) - set("0:-"):
                    yield entry.address
