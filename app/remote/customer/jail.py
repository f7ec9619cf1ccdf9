"""Granted folders, and the only way into them: one path component at a time, never through a link.

A folder is opened when it is granted; from then on its descriptor is what counts, not its name. Every
further component is opened relative to its parent with `O_NOFOLLOW`, so that no link, wherever it stands and
whenever it was put there, leads out. Bistand's own folders are recognised by device and inode and never served, nor is
what the kernel shows of itself: in `/proc` the memory of every process, ours too, is a file.
"""

# ruff: noqa: E402 - the platform comes first, so that mypy passes over the rest on Windows

import sys

assert sys.platform != "win32"  # noqa: S101 - no session is hosted on Windows yet

import os
import posixpath
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from app.domain.consent import FilesGrant
from app.remote.errors import GrantError

_LONGEST_PATH = 4096
Place = tuple[int, int]
"""A folder's device and inode: what it is, whatever it is called."""


class OutsideError(PermissionError):
    """A path leads out of what was granted, or into what is never served."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a granted folder: the open descriptor of its parent, and its name there (empty: the folder itself).

    `grant` is the granted folder as the customer named it.
    """

    parent: int
    name: str
    grant: str


def names_of(untrusted_path: str) -> tuple[str, ...]:
    """The components of an absolute path, `.` and `..` resolved in the text alone.

    That is right because no component may be a link. Raises `OutsideError`.
    """
    if "\0" in untrusted_path or len(untrusted_path) > _LONGEST_PATH or not untrusted_path.startswith("/"):
        raise OutsideError("not a path of this machine")
    return tuple(name for name in posixpath.normpath(untrusted_path).split("/") if name)


_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_PASSING = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_CLOEXEC  # to pass through without reading


class Jail:
    """The granted folders, held open. `never` are folders that are not served even where they lie inside.

    Methods may be called from any thread; `close` once none is running.
    """

    def __init__(self, grants: tuple[FilesGrant, ...], never: tuple[Path, ...]) -> None:
        ours = [folder.resolve() for folder in never if folder.exists()]
        self._never = frozenset(_place(folder.stat()) for folder in ours)
        self._above = frozenset(_place(above.stat()) for folder in ours for above in folder.parents)
        self._kernels = _kernels_devices()
        self._roots: dict[tuple[str, ...], tuple[str, int]] = {}
        try:
            for grant in grants:
                self._add(grant.folder)
        except GrantError:
            self.close()
            raise

    def renewed(
        self, grants: tuple[FilesGrant, ...], never: tuple[Path, ...]
    ) -> tuple["Jail", dict[FilesGrant, GrantError]]:
        """A jail with these folders instead, and those of them that cannot be opened, each with why.

        A folder that is open here is the same one there, whatever goes by its name now.
        """
        newer = Jail((), never)
        failed: dict[FilesGrant, GrantError] = {}
        for grant in grants:
            held = next((root for folder, root in self._roots.values() if folder == grant.folder), None)
            try:
                newer._add(grant.folder, held)
            except GrantError as error:
                failed[grant] = error
        return newer, failed

    def close(self) -> None:
        """Let go of the folders."""
        while self._roots:
            os.close(self._roots.popitem()[1][1])

    def holds(self, grants: tuple[FilesGrant, ...]) -> bool:
        """Whether all these folders are open here."""
        return {grant.folder for grant in grants} <= {folder for folder, _ in self._roots.values()}

    @property
    def first(self) -> str:
        """The folder that relative paths start from, or `/` where none is granted."""
        return next((folder for folder, _ in self._roots.values()), "/")

    def absolute(self, untrusted_path: str) -> str:
        """The path in full, tidied, as text alone. Raises `OutsideError`."""
        return "/" + "/".join(names_of(posixpath.join(self.first, untrusted_path)))

    @contextmanager
    def spot(self, untrusted_path: str) -> Iterator[Spot]:
        """The place that a path names, its parent held open. Raises `OutsideError`, `OSError`."""
        names = names_of(posixpath.join(self.first, untrusted_path))
        grant, root, inside = self._inside(names)
        parent = self._walk(root, inside[:-1])
        try:
            if inside and self._stands_ours(parent, inside[-1]):
                raise OutsideError("Bistand's own data, or the system's")
            yield Spot(parent, inside[-1] if inside else "", grant)
        finally:
            os.close(parent)

    def folder(self, spot: Spot) -> int:
        """A fresh descriptor of the folder at a spot, for the caller to close. Raises `OutsideError`, `OSError`."""
        return self._step(spot.parent, spot.name) if spot.name else os.dup(spot.parent)

    def is_ours(self, facts: os.stat_result) -> bool:
        """Whether this is never served: a folder of Bistand's own, or of the kernel's."""
        return _place(facts) in self._never or facts.st_dev in self._kernels

    def must_stay(self, facts: os.stat_result) -> bool:
        """Whether this may not be moved away: it is never served, or Bistand's own folders lie in it."""
        return self.is_ours(facts) or _place(facts) in self._above

    def _add(self, folder: str, held: int | None = None) -> None:
        """Open the folder; `held` is its descriptor where it was open, and found fit, before."""
        try:
            names = names_of(folder)
            root = os.dup(held) if held is not None else self._open(folder)
        except OSError as error:
            raise GrantError(f"The folder {folder} cannot be opened: {error.strerror or error}.") from error
        if names in self._roots:
            os.close(root)
            return
        self._roots[names] = (folder, root)

    def _open(self, folder: str) -> int:
        """A descriptor of a folder that may be served. Raises `GrantError`, `OSError`."""
        root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            ours = self._lies_in_ours(root)
        except OSError:  # it is just being removed
            os.close(root)
            raise
        if ours:
            os.close(root)
            raise GrantError(f"The folder {folder} is Bistand's own or the system's inside, which is never shared.")
        return root

    def _lies_in_ours(self, folder: int) -> bool:
        here = os.dup(folder)
        try:
            while True:
                facts = os.fstat(here)
                if self.is_ours(facts):
                    return True
                above = os.open("..", _PASSING, dir_fd=here)
                os.close(here)
                here = above
                if _place(os.fstat(above)) == _place(facts):
                    return False
        except PermissionError:
            return False  # above a folder that may not even be looked into, nothing of ours can be
        finally:
            os.close(here)

    def _inside(self, names: tuple[str, ...]) -> tuple[str, int, tuple[str, ...]]:
        """The narrowest granted folder that holds these names, and what is left of them inside it."""
        for length in range(len(names), -1, -1):
            held = self._roots.get(names[:length])
            if held is not None:
                return held[0], held[1], names[length:]
        raise OutsideError("outside the granted folders")

    def _walk(self, root: int, names: tuple[str, ...]) -> int:
        here = os.dup(root)
        for name in names:
            try:
                deeper = self._step(here, name)
            finally:
                os.close(here)
            here = deeper
        return here

    def _stands_ours(self, parent: int, name: str) -> bool:
        """Whether what stands there is never served: not to be looked at, replaced or removed either."""
        try:
            return self.is_ours(os.stat(name, dir_fd=parent, follow_symlinks=False))
        except FileNotFoundError:
            return False

    def _step(self, parent: int, name: str) -> int:
        deeper = os.open(name, _FOLDER, dir_fd=parent)
        if self.is_ours(os.fstat(deeper)):
            os.close(deeper)
            raise OutsideError("Bistand's own data, or the system's")
        return deeper


def open_file(spot: Spot, flags: int, mode: int) -> int:
    """A descriptor of the plain file at a spot, never a link, a device or a pipe. Raises `OSError`."""
    with suppress(FileNotFoundError):
        kind = stat.S_IFMT(os.stat(spot.name, dir_fd=spot.parent, follow_symlinks=False).st_mode)
        if kind not in (stat.S_IFREG, stat.S_IFLNK):  # opening a device can already do something; a link fails below
            raise OutsideError("not a plain file")
    opened = os.open(spot.name, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, mode, dir_fd=spot.parent)
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise OutsideError("not a plain file")
    return opened


def _kernels_devices() -> frozenset[int]:
    """The devices of the kernel's own file systems, where they are mounted."""
    mounted = (Path("/proc"), Path("/sys"))
    return frozenset({folder.stat().st_dev for folder in mounted if folder.is_dir()} - {Path("/").stat().st_dev})


def _place(facts: os.stat_result) -> Place:
    return facts.st_dev, facts.st_ino
