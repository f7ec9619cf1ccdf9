"""What can be wrong with the offline store, each with the sentence that helps.

StoreError
├── NewerStoreError       written by a newer Bistand
├── WrongKeyError         the keyring's key does not open it
├── DamagedStoreError     the file is not what was written
├── DiskFullError         no room for what was to be kept
├── ReadOnlyStoreError    the file or its folder cannot be written
├── DiskFaultError        the disk failed in another way
├── BusyStoreError        another program kept it locked too long
├── NothingRefusedError   nothing is left to decide about what was named
└── StoreClosedError      used after it was closed
"""

from pathlib import Path

from app.domain.errors import BistandError


class StoreError(BistandError):
    """The store cannot do what was asked. What it had kept before, it still keeps."""


class NewerStoreError(StoreError):
    """The store's schema is newer than this program."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: this store was written by a newer Bistand. Install that one; nothing was changed.")


class WrongKeyError(StoreError):
    """The key does not fit. A key cannot be made again: only the one that made the store opens it."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path}: the key in the keyring does not open this store; nothing was changed. Unlock or restore the "
            "keyring of the user who made it. If that key is gone, move the file away and enrol this device again: "
            "all that was sent comes back from your provider."
        )


class DamagedStoreError(StoreError):
    """The file was changed or cut by something else than Bistand."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is damaged, and is left as it is. Restore it from a backup, or move away all files there whose "
            f"names begin with “{path.stem}.” and start again: all that was sent comes back from your provider."
        )


class DiskFullError(StoreError):
    """There was no room. What was to be kept is not there, and all that was kept before is."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"No room to write {path}: the disk is full, a quota was reached, or the disk is failing. This last change "
            "was not kept; everything before it was. Free some space and try again."
        )


class ReadOnlyStoreError(StoreError):
    """The store lies where this user may not write."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} cannot be written. Make its folder writable for you, or let BISTAND_HOME name another. "
            "Nothing was changed."
        )


class DiskFaultError(StoreError):
    """The system could not read or write the file. `fault` is the system's word for it."""

    def __init__(self, path: Path, fault: str) -> None:
        super().__init__(
            f"The disk failed while {path} was used ({fault}). This last change was not kept. Look after the disk, "
            "and make a copy of the store's folder first."
        )


class BusyStoreError(StoreError):
    """Another program of this user has had the store locked for longer than we wait."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is in use by another Bistand that does not let go of it. This change was not kept. "
            "Close the other one, or try again in a moment."
        )


class NothingRefusedError(StoreError):
    """What was named is not refused, or somebody has decided already what becomes of it."""

    def __init__(self) -> None:
        super().__init__(
            "That is not refused any more: it was written anew, discarded or taken meanwhile. Nothing was changed."
        )


class StoreClosedError(StoreError):
    """The store was closed before this was asked of it."""

    def __init__(self) -> None:
        super().__init__("The store is closed already.")
