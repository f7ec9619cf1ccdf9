"""Tells the story, a line a step, with its figures."""

import time
from pathlib import Path
from typing import Any


class Narrator:
    """Numbers the steps. With `quiet` nothing is told, so that standard output holds the facts alone."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._step = 0
        self._began = time.perf_counter()

    def tell(self, sentence: str) -> None:
        """One step of the story."""
        self._step += 1
        if not self._quiet:
            print(f"{self._step:>3}.  {time.perf_counter() - self._began:6.1f} s   {sentence}", flush=True)

    def summary(self, facts: dict[str, Any], out: Path) -> str:
        """The end of the story: what was made, and where it lies."""
        shown = ", ".join(sorted(path.name for path in out.iterdir() if path.is_file()))
        offline = facts["offline"]
        lines = [
            "",
            f"With the service off, Bo found {offline['found']} places in {offline['search_ms']:.1f} ms.",
            f"Made in {out}: {shown}",
        ]
        return "\n".join(lines)
