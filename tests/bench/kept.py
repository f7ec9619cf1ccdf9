"""What takes minutes to make is kept under build/ for the next run, which git leaves alone."""

import shutil
from collections.abc import Callable
from pathlib import Path

_BUILD = Path(__file__).parents[2] / "build"


def kept(name: str, size: int, form: int, make: Callable[[Path], None]) -> Path:
    """The folder that `make` fills, made where it is not there yet, whole or not at all.

    `form` goes up when what is kept changes. One of the same size and another form is removed then.
    """
    folder = _BUILD / f"bench-{name}-{size}-{form}"
    if not folder.exists():
        for other in _BUILD.glob(f"bench-{name}-{size}-*"):
            shutil.rmtree(other)
        draft = folder.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        make(draft)
        draft.rename(folder)
    return folder
