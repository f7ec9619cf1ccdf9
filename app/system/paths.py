"""Where this identity keeps its things. `BISTAND_HOME` moves all of it; several homes live side by side."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import platformdirs

from app.system.clock import new_id
from app.system.errors import HomeError

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


@dataclass(frozen=True, slots=True)
class Home:
    """One identity's folder: store, recordings, settings. Folders 0700, files 0600. No secrets."""

    folder: Path

    @property
    def store(self) -> Path:
        """The encrypted store."""
        return self.folder / "store.db"

    @property
    def recordings(self) -> Path:
        """Recordings and audits of sessions, as they are written."""
        return private_folder(self.folder / "recordings")

    @property
    def configs(self) -> Path:
        """Where the ssh_config of a session goes, unless the person names another place."""
        return private_folder(self.folder / "openssh")

    @property
    def settings(self) -> Path:
        """What this identity was told to remember (JSON, no secrets)."""
        return self.folder / "settings.json"

    def identity(self) -> UUID:
        """The random id under which this home's secrets stand in the keyring; it is also the device's id.

        Kept in a file, so that a home can be moved. Made once; two processes that start together agree.
        """
        path = self.folder / "identity"
        try:
            write_new(path, str(new_id()).encode())
        except FileExistsError:
            pass
        except OSError as error:
            raise HomeError(f"Cannot write to {self.folder}: {error.strerror}.") from error
        try:
            return UUID(path.read_text().strip())
        except (OSError, ValueError) as error:
            raise HomeError(
                f"{path} is damaged. It names this home's key in the keyring: restore it from a backup."
            ) from error


def home() -> Home:
    """The home that `BISTAND_HOME` names, or the usual place for programs' data on this system."""
    named = os.environ.get("BISTAND_HOME")
    folder = Path(named).expanduser() if named else platformdirs.user_data_path("bistand", appauthor=False)
    return Home(private_folder(folder))


def private_folder(folder: Path) -> Path:
    """The folder, made if need be, closed to others. Raises `HomeError`."""
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        folder.chmod(PRIVATE_FOLDER)
    except OSError as error:
        raise HomeError(f"Cannot use the folder {folder}: {error.strerror}. BISTAND_HOME names another.") from error
    return folder.absolute()


def write_new(path: Path, content: bytes) -> None:
    """Write a private file that must not exist yet, whole or not at all. Raises `OSError`."""
    with _draft(path, content) as draft:
        os.link(draft, path)


def replace_file(path: Path, content: bytes) -> None:
    """Write a private file whole, in place of what was there. Raises `OSError`."""
    with _draft(path, content) as draft:
        draft.replace(path)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A private file to be written piece by piece, which takes its place, and what was there, once it is whole.

    Whatever is raised within leaves all as it was. What a killed program left of an earlier try is removed first.
    Raises `OSError`.
    """
    for left in path.parent.glob(f".{escape(path.name)}.*.part"):
        left.unlink(missing_ok=True)
    draft = path.with_name(f".{path.name}.{new_id()}.part")
    try:
        with _private(draft) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        settle(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def settle(path: Path) -> None:
    """Have the disk hold what was written to this file, or the names in this folder. Raises `OSError`.

    Windows cannot open a folder: there its names are left to the system.
    """
    if sys.platform == "win32" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _draft(path: Path, content: bytes) -> Iterator[Path]:
    draft = path.with_name(f".{path.name}.{new_id()}")
    try:
        with _private(draft) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "wb")
