"""Paths that try to lead out of a granted folder, by kind. Made from rules, the same ones every time."""

import itertools
import posixpath
from pathlib import Path

from tests.remote.attacks.world import LINKS, World

_WANTED = ("secret.txt", "outside/secret.txt", "grantedx/secret.txt", "outside", "made", "etc/passwd")
_STARTS = ("", "deep/", "./", "deep/../", "deep/./deeper/../", ".//deep//", "nowhere/", "inside.txt/", "to-folder/")
_DOTS_THAT_ARE_NONE = ("...", "....", ".. ", " ..", "..\t", "..\u200b", "\u2025", "\uff0e\uff0e",
                       "\u2024\u2024", "%2e%2e", "%252e%252e", "..%00", "..;", "..%c0%af", ".\u0307.",
                       "\u202e..", "..\r", "..\n", "\u00b7\u00b7", "․.")  # fmt: skip
_SLASHES_THAT_ARE_NONE = ("\\", "%2f", "%5c", "\u2215", "\u2044", "\uff0f", "\uff3c", "\u29f8", "%c0%af", "..\\..\\")


def dot_dot(world: World) -> list[str]:
    """Upwards, from everywhere, by every number of steps."""
    del world
    ups = ["../" * steps for steps in (1, 2, 3, 4, 8, 40)]
    return [start + up + wanted for start, up, wanted in itertools.product(_STARTS, ups, _WANTED)]


def in_full(world: World) -> list[str]:
    """From the root, in every spelling of a root."""
    places = ["/etc/passwd", "/etc/shadow", "/", "/root/.ssh/authorized_keys", "/tmp", "/home", "/var/log",
              f"{world.root}", f"{world.root}/secret.txt", f"{world.root}/outside", f"{world.root}/hollow"]  # fmt: skip
    roots = ("", "/", "//", "/.", "/./.", "/..", "/../..", "/nowhere/..")
    return [root + place for root, place in itertools.product(roots, places)]


def lookalikes(world: World) -> list[str]:
    """Folders whose names begin or look like the granted one."""
    granted = str(world.granted)
    others = [f"{granted}x", f"{world.root}/Granted", f"{granted} ", f"{granted}.", f"{granted}/../grantedx",
              f"{granted}\u200b", f"{granted}%2f", f"{granted}\\", f"{world.root}/\uff47ranted"]  # fmt: skip
    return [f"{other}/{name}" for other in others for name in ("secret.txt", "inside.txt", "made")] + others


def encoded(world: World) -> list[str]:
    """Names that some decoder or other would take for a way up; here they are names, of nothing."""
    del world
    dots = [f"{dot}/{wanted}" for dot in _DOTS_THAT_ARE_NONE for wanted in ("secret.txt", "outside/secret.txt")]
    slashes = [f"..{slash}secret.txt" for slash in _SLASHES_THAT_ARE_NONE]
    odd = ["~", "~root", "~/secret.txt", "$HOME", "${PWD}/../secret.txt", "`id`", "$(id)", "-rf", "*", "?",
           "secret.txt ", "CON", "NUL", "C:\\secret.txt", "\\\\host\\share", "inside.txt::$DATA",
           "inside.txt.", "file:///etc/passwd", "\x1b]52;c;x\x07", "\r\n", "\u202etxt.terces", "a\u0301",
           "\ufeff", "|id", ";id"]  # fmt: skip
    return dots + slashes + odd


def with_nul(world: World) -> list[str]:
    """A name that ends earlier for C than for Python."""
    paths = ["inside.txt\0", "\0", "deep\0/../secret.txt", "../secret.txt\0.txt",
             "inside.txt\0/../../secret.txt", "home\0", "home/store.db\0", f"{world.root}/secret.txt\0",
             "deep/inside.txt\0\0\0", "\0../secret.txt"]  # fmt: skip
    return paths + [f"{path}inside.txt" for path in paths]


def long_ones(world: World) -> list[str]:
    """Longer than any path, or any name, may be."""
    del world
    return [
        unit * times
        for unit in ("a", "../", "a/", "./", "deep/../", "/", "ø", "\U0001f600")
        for times in (300, 3000, 20_000)
    ]


def ours(world: World) -> list[str]:
    """Bistand's own folder, which lies in the granted one, by every name."""
    names = ["home", "home/", "home/.", "home//", "./home", "deep/../home", "home/sub", "home/sub/..", "home/hollow",
             "home/store.db", "home/store.db/", "home//store.db", "home/./store.db", "home/sub/../store.db",
             "home/sub/log.json", "deep/deeper/../../home/store.db", "home/made", "home/sub/made",
             "empty/../home/hollow", "home/../home/store.db",
             "deep/bare", "deep/bare/", "deep/bare/made", "deep/deeper/../bare"]  # fmt: skip
    return names + [posixpath.join(str(world.granted), name) for name in names]


def through_links(world: World) -> list[str]:
    """Past a link in the middle: whatever it points to, nobody goes through it."""
    names = ("secret.txt", "made", "deeper/secret.txt", "granted/inside.txt", "inside.txt")
    paths = [f"{link}/{name}" for link in LINKS for name in names]
    return (
        paths
        + [f"{world.granted}/deep/../{link}/secret.txt" for link in LINKS]
        + [f"{link}/{other}/secret.txt" for link, other in itertools.pairwise(LINKS)]
    )


def kernels(world: World) -> list[str]:
    """What the kernel shows of itself, and devices."""
    del world
    return ["/proc/self/mem", "/proc/self/environ", "/proc/self/root", "/proc/self/root/etc/passwd", "/proc/self/cwd",
            "/proc/self/fd/0", "/proc/1/root", "/proc/kcore", "/proc/version", "/sys", "/sys/kernel/notes", "/dev/zero",
            "/dev/null", "/dev/tty", "/dev/fd/3", "/dev/stdin", "/dev/mem", "/proc", "/dev/shm/made",
            "/proc/self/task/../root", "/proc/thread-self/root/etc/passwd"]  # fmt: skip


KINDS = {kind.__name__: kind for kind in (
    dot_dot, in_full, lookalikes, encoded, with_nul, long_ones, ours, through_links, kernels,
)}  # fmt: skip


def leads_out(world: World, path: str) -> bool:
    """Whether, by its text alone, a path leads out of what is granted or through a link or a file."""
    if "\0" in path or len(path) > 4096:
        return True
    full = Path(posixpath.normpath(posixpath.join(world.granted, path)).replace("//", "/"))
    if full.is_relative_to(world.home) or full.is_relative_to(world.bare) or not full.is_relative_to(world.granted):
        return not full.is_relative_to(world.reading)
    above = [parent for parent in full.parents if parent.is_relative_to(world.granted)]
    return any(parent.is_symlink() or parent.is_file() for parent in above if len(parent.name) < 256)
