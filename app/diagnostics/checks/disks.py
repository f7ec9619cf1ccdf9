"""Space on the disks, and disks that can no longer be written to."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

from app.diagnostics.check import Outcome
from app.diagnostics.files import read
from app.diagnostics.units import share, size, spoken_size
from app.domain.finding import Evidence, Level
from app.system.translations import _

_GB = 1_000_000_000
_ALWAYS_FULL = frozenset({"squashfs", "iso9660", "udf", "erofs", "cdfs", ""})
"""File systems that are made full and read-only: packages and discs."""


@dataclass(frozen=True, slots=True)
class Disk:
    """One file system on a disk. `total` and `free` are bytes, `free` being what the person may use.

    `broken` says that it cannot be written to though it should be; `names_left` is the share (0 to 100) of files
    that can still be made, where the file system counts them.
    """

    place: str
    total: int
    free: int
    broken: bool = False
    names_left: float = 100.0

    @property
    def free_percent(self) -> float:
        """The share that is free, 0 to 100."""
        return 100 * self.free / max(1, self.total)

    @property
    def level(self) -> Level:
        """How bad it is. Both the share and the size count: 3 % of a large disk is a lot of room."""
        if self.broken or self.names_left < 1 or (self.free_percent < 3 and self.free < 5 * _GB):
            return Level.PROBLEM
        if self.names_left < 5 or (self.free_percent < 10 and self.free < 20 * _GB):
            return Level.NOTICE
        return Level.OK


class DisksCheck:
    """The computer's own disks; shares on the network are left alone, since they may hang."""

    name = "disks"
    limit_seconds = 5.0

    @property
    def title(self) -> str:
        """What it looks at, in the person's language."""
        return _("Disks")

    def run(self) -> Outcome:
        """The worst disk sets the level and the sentence."""
        return judge(_disks())


def judge(disks: list[Disk]) -> Outcome:
    """The outcome for the disks that were found."""
    if not disks:
        return Outcome(level=Level.UNKNOWN, sentence=_("No disk could be looked at."))
    order = (Level.OK, Level.NOTICE, Level.PROBLEM)
    # Of several equally bad ones, the one with least room is named.
    worst = max(disks, key=lambda disk: (order.index(disk.level), disk.broken, -disk.free_percent))
    evidence = tuple(fact for disk in disks for fact in _facts(disk))
    return Outcome(level=worst.level, sentence=_sentence(worst), evidence=evidence)


def _sentence(disk: Disk) -> str:
    if disk.broken:
        text = _("The disk {place} can be read but nothing can be saved on it. It may be failing.")
    elif disk.names_left < 5:
        text = _("The disk {place} holds so many files that it has hardly any room for more.")
    elif disk.level is Level.PROBLEM:
        text = _("The disk {place} is full: {free} is left.")
    elif disk.level is Level.NOTICE:
        text = _("The disk {place} is nearly full: {free} is left.")
    else:
        text = _("There is room on the disks: the fullest has {free} left.")
    return text.format(place=disk.place[:100], free=spoken_size(disk.free))


def _facts(disk: Disk) -> tuple[Evidence, ...]:
    name = disk.place[:150]
    facts = (
        size(f"{name} size", disk.total),
        size(f"{name} free", disk.free),
        share(f"{name} free", disk.free_percent),
    )
    return (*facts, Evidence(name=f"{name} can be saved on", value=False)) if disk.broken else facts


def _disks() -> list[Disk]:
    meant_to_be_read_only = read_only_in(read(Path("/etc/fstab")))
    disks: dict[str, Disk] = {}
    for partition in psutil.disk_partitions(all=False):
        if partition.fstype.lower() in _ALWAYS_FULL or partition.device in disks:
            continue
        options = partition.opts.split(",")
        # macOS seals its system volume read-only on purpose.
        broken = "ro" in options and sys.platform != "darwin" and partition.mountpoint not in meant_to_be_read_only
        found = _disk(partition.mountpoint, broken=broken)
        if found is not None:
            disks[partition.device] = found
    return list(disks.values()) or _root_alone()


def _root_alone() -> list[Disk]:
    """Where a container or a changed root hides the disks: what all files lie on."""
    root = _disk(Path.home().anchor or "/", broken=False)
    return [] if root is None else [root]


def _disk(place: str, *, broken: bool) -> Disk | None:
    try:
        usage = psutil.disk_usage(place)
        return Disk(place, usage.total, usage.free, broken, _names_left(place))
    except OSError:  # an empty card reader, or a folder that is closed to us
        return None


def read_only_in(fstab: str) -> set[str]:
    """The places that the owner chose to mount read-only."""
    lines = [line.split() for line in fstab.splitlines() if not line.lstrip().startswith("#")]
    return {fields[1] for fields in lines if len(fields) >= 4 and "ro" in fields[3].split(",")}


def _names_left(place: str) -> float:
    if sys.platform == "win32":
        return 100.0
    counted = os.statvfs(place)
    return 100 * counted.f_favail / counted.f_files if counted.f_files else 100.0
