"""`bistand demo`: the whole main job on this machine, with a person playing or, without a display, by itself."""

import argparse
import os
import shutil
import sys
from pathlib import Path
from uuid import UUID

from app.cli.common import add_json, show
from app.cli.demo.narrator import Narrator
from app.cli.demo.outcome import gather
from app.cli.demo.world import World
from app.domain.errors import UsageError
from app.system.paths import private_folder


def arguments(parser: argparse.ArgumentParser) -> None:
    """Off screen or not, and where to put what it makes."""
    parser.add_argument("--headless", action="store_true", help="play by itself, off screen")
    parser.add_argument("--out", metavar="DIR", type=Path, default=Path("demo-output"), help="default: ./demo-output")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Tell the story, and leave what it made in the folder."""
    if shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin") is None:
        raise UsageError("The demo needs sshd for its relay. Install it: apt-get install openssh-server")
    out = private_folder(options.out)
    narrator = Narrator(quiet=options.json)
    with World(narrator) as world:
        case_id = _play(world, out, by_itself=options.headless or not _has_display())
        if case_id is None:
            narrator.tell("Both windows were closed before a case was opened: there is nothing to read offline.")
            return 0
        facts = gather(world, case_id, out)
    show(options, facts, narrator.summary(facts, out))
    return 0


def _play(world: World, out: Path, *, by_itself: bool) -> UUID | None:
    """The story; returns the case, where there is one."""
    if by_itself:
        from app.cli.demo import headless

        return headless.play(world, out)
    from app.cli.demo import with_display

    return with_display.play(world)


def _has_display() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY"))
