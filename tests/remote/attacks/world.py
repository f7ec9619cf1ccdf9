"""A customer's disk with secrets on it, some folders granted, and links of every kind that lead out of those."""

# ruff: noqa: E402 - the platform comes first

import sys

assert sys.platform != "win32"
import hashlib
import os
import secrets
from pathlib import Path

Facts = dict[str, tuple[object, ...]]

LINKS = {
    "to-file": "../secret.txt",
    "to-file-in-full": "{world}/secret.txt",
    "to-folder": "../outside",
    "to-folder-in-full": "{world}/outside",
    "to-lookalike": "../grantedx",
    "to-parent": "..",
    "to-parents-parent": "../..",
    "to-root": "/",
    "to-itself": "to-itself",
    "loop-a": "loop-b",
    "loop-b": "loop-a",
    "chain-1": "chain-2",
    "chain-2": "chain-3",
    "chain-3": "../outside",
    "to-nowhere": "../outside/made-through-a-link",
    "to-nowhere-in-full": "{world}/made-through-a-link",
    "to-ours": "home",
    "to-ours-in-full": "{world}/granted/home",
    "to-our-file": "home/store.db",
    "to-inside": "deep",
    "to-inside-file": "inside.txt",
    "to-dot": ".",
    "to-process": "/proc/self/root",
    "to-working-folder": "/proc/self/cwd",
    "to-descriptors": "/dev/fd",
    "to-memory": "/proc/self/mem",
    "to-device": "/dev/zero",
    "to-pipe": "pipe",
    "to-reading": "../reading",
    "through-a-link": "to-folder/deeper",
    "back-and-forth": "../granted/../outside",
    "deep/up": "../..",
    "deep/out": "../../outside",
}
"""Each link in the granted folder, and where it points."""


class World:
    """`granted` for reading and writing, `reading` for reading; all else, and `home` and `bare` in it, for nobody."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "world"
        self.granted, self.reading = self.root / "granted", self.root / "reading"
        self.home, self.bare = self.granted / "home", self.granted / "deep" / "bare"
        self.secret, self.name = f"secret-{secrets.token_hex(12)}", f"name-{secrets.token_hex(12)}"
        for made in (
            self.granted / "deep" / "deeper", self.granted / "empty", self.home / "sub", self.home / "hollow",
            self.bare,
            self.root / "hollow", self.reading / "deep", self.root / "outside" / "deeper", self.root / "grantedx",
            self.root / "Granted", self.root / "granted ", self.root / "granted.",
        ):  # fmt: skip
            made.mkdir(parents=True)
        for place in self._hidden():
            place.write_text(self.secret)
        for place in (self.granted, self.granted / "deep", self.granted / "deep" / "deeper", self.reading):
            (place / "inside.txt").write_text("inside")
        for link, target in LINKS.items():
            (self.granted / link).symlink_to(target.format(world=self.root))
        os.mkfifo(self.granted / "pipe")
        self._before = self.outside()

    def _hidden(self) -> list[Path]:
        folders = [self.root, self.root / "outside", self.root / "outside" / "deeper", self.root / "grantedx",
                   self.root / "Granted", self.root / "granted ", self.root / "granted."]  # fmt: skip
        names = ("secret.txt", "inside.txt", self.name)
        ours = [self.home / "store.db", self.home / self.name, self.home / "sub" / "log.json"]
        return [folder / name for folder in folders for name in names] + ours

    def outside(self) -> Facts:
        """Everything that the technician must neither see nor change, byte by byte."""
        found: Facts = {}
        for place in [self.root, *sorted(self.root.rglob("*"))]:
            ours = place.is_relative_to(self.home) or place.is_relative_to(self.bare)
            if ours or not place.is_relative_to(self.granted):
                found[str(place)] = _facts(place)
        return found

    def untouched(self) -> bool:
        """Whether all that is as it was."""
        return self.outside() == self._before


def _facts(place: Path) -> tuple[object, ...]:
    facts = place.lstat()
    content = hashlib.sha256(place.read_bytes()).hexdigest() if place.is_file() and not place.is_symlink() else ""
    target = str(place.readlink()) if place.is_symlink() else ""
    return (
        facts.st_mode,
        facts.st_uid,
        facts.st_ino,
        facts.st_size,
        facts.st_mtime_ns,
        facts.st_ctime_ns,
        content,
        target,
    )
