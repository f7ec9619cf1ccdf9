"""What can keep the service from running, each with the sentence that helps its owner.

ServiceError
├── NotSetUpError            the database has no provider yet
├── AlreadySetUpError        it has one already
├── DatabaseError            the database cannot be opened
├── EarlierSchemaError       it was made by an earlier program, and is not upgraded yet
├── NewerSchemaError         it was made by a newer program
├── BlobStoreError           the place where files lie is of no use, or does not answer
│   ├── NoBlobError          there is no such file in it
│   └── NoRoomError          its disk is full
├── NotEmptyError            there is something in it already, where something was to be moved
├── RestoringError           a backup is being restored there
├── NotScrubbedError         it could not be rewritten after something was erased
├── BackupError              a backup cannot be written, read or restored: see its own tree below
│   ├── BackupExistsError    there is a file of that name already
│   ├── BackupFileError      the file cannot be written or read
│   ├── NoBackupError        the file is no backup
│   ├── DamagedBackupError   the file is not what was written
│   ├── NewerBackupError     it was made by a newer program
│   ├── ServiceRunsError     a service works on what was to be replaced
│   └── ServiceThereError    there is a service where a backup was to be restored
├── PersonError              the person cannot be told
│   ├── UnknownPersonError   nobody goes by that name or id
│   └── SeveralPeopleError   more than one does
├── ExportError              what is held about a person cannot be written there
├── PortInUseError           somebody else listens there
├── CannotListenError        the address cannot be listened on for another reason
├── ExposedError             plain HTTP would be reachable from other machines
├── MetricsTokenError        the file with the token for /metrics is of no use
├── LimitsFileError          the file with the limits is of no use
├── UnknownTechnicianError   nobody goes by that name
├── UnknownRelayError        no relay goes by that name
├── NameTakenError           somebody goes by that name already
├── NoRelayError             there is no relay to hold a session
├── RelaySilentError         no relay answers in time
└── RelayRefusedError        a relay says no, and why

What goes wrong in a request is no error of the program: see problems.py.
"""

from collections.abc import Iterable
from pathlib import Path

from app.domain.errors import BistandError, UsageError


class ServiceError(BistandError):
    """The service cannot do this."""


class NotSetUpError(ServiceError):
    """The database has no provider yet."""

    def __init__(self) -> None:
        super().__init__("This service is not set up yet: `bistand admin init --name NAME` does it.")


class AlreadySetUpError(ServiceError):
    """The database has a provider already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"This service is set up already, for “{name}”.")


class DatabaseError(ServiceError):
    """The database cannot be opened."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The service's database cannot be opened: {why}. Check --db and --data.")


class EarlierSchemaError(ServiceError):
    """The database was made by an earlier program, and is not upgraded yet."""

    def __init__(self) -> None:
        super().__init__(
            "The service's database was made by an earlier Bistand. `bistand admin upgrade` brings it up to this one, "
            "and so does `bistand serve`; a SQLite database is copied first."
        )


class NewerSchemaError(ServiceError):
    """The database was made by a newer program."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"The service's database was made by a newer Bistand: its schema {revision[:32]!r} is unknown here. "
            "Nothing was changed. Install that version or a later one."
        )


class BlobStoreError(ServiceError):
    """The place where files lie is of no use, or does not answer. No text from here holds a key."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The place where the service keeps files cannot be used: {why}. Check --data and --blobs.")


class NoBlobError(BlobStoreError):
    """There is no such file there."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"the file {sha256[:12]}… is missing in it")


class NoRoomError(BlobStoreError):
    """The disk is full, or cannot be written."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"the disk of {folder} is full or read-only")


class NotEmptyError(ServiceError):
    """There is something in the database already."""

    def __init__(self) -> None:
        super().__init__("The database to move to has a service in it already. Nothing was changed. Make an empty one.")


class RestoringError(ServiceError):
    """A backup is being restored there."""

    def __init__(self, data: Path) -> None:
        super().__init__(f"A backup is being restored into {data}. Start the service once that is done.")


class NotScrubbedError(ServiceError):
    """The database could not be rewritten after something was erased."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "Erased, but the database could not be rewritten, so that what stood there may still be found among its "
            f"free pages: {why}. Run the same command once more when that is mended; it may be run any number of times."
        )


class BackupError(ServiceError):
    """A backup cannot be written, read or restored."""


class BackupExistsError(BackupError):
    """There is a file of that name already."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"{file} is there already, and no backup is ever written over. Choose another name.")


class BackupFileError(BackupError):
    """The file cannot be written or read. `why` is the system's word for it."""

    def __init__(self, file: Path, why: str) -> None:
        super().__init__(f"{file}: {why}. Nothing was left half done. Free some space, or choose another place.")


class NoBackupError(BackupError):
    """The file is no backup."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"{file} is no backup of Bistand's service. Nothing was changed.")


class DamagedBackupError(BackupError):
    """The file is not what was written."""

    def __init__(self, file: Path, what: str) -> None:
        super().__init__(f"{file} is damaged: {what}. Nothing was changed. Take an earlier backup, or another copy.")


class NewerBackupError(BackupError):
    """The backup was made by a newer program."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            f"{file} was made by a newer Bistand. Nothing was changed. Install that version or a later one, and "
            "restore it with that."
        )


class ServiceRunsError(BackupError):
    """A service works on what was to be replaced."""

    def __init__(self) -> None:
        super().__init__("A service runs on this. Nothing was changed. Stop it (all copies of it), then restore.")


class ServiceThereError(BackupError):
    """There is a service where a backup was to be restored."""

    def __init__(self) -> None:
        super().__init__(
            "There is a service here already. Nothing was changed. `--replace` puts the backup in its place, and "
            "keeps it beside."
        )


class PersonError(ServiceError):
    """The person cannot be told."""


class UnknownPersonError(PersonError):
    """Nobody goes by that name or id."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Nobody here goes by “{name[:40]}”. Type the whole name, or the id that events name them by.")


class SeveralPeopleError(PersonError):
    """More than one person goes by that. `people` are a line each."""

    def __init__(self, name: str, people: Iterable[str]) -> None:
        lines = "\n".join(f"  {line}" for line in people)
        super().__init__(f"More than one person goes by “{name[:40]}”. Nothing was done. Name one by the id:\n{lines}")


class ExportError(ServiceError):
    """What is held about a person cannot be written there."""

    def __init__(self, place: Path, why: str) -> None:
        super().__init__(f"{place}: {why}. Nothing was left half done. Choose another place with --to.")


class PortInUseError(ServiceError):
    """Somebody else listens there."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"Another program listens on {host} port {port} already. Stop it, or choose another port: "
            "--port 0 finds a free one."
        )


class CannotListenError(ServiceError):
    """The address cannot be listened on."""

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(f"Cannot listen on {host} port {port}: {why}.")


class ExposedError(ServiceError, UsageError):
    """Plain HTTP would be reachable from other machines."""

    exit_code = UsageError.exit_code

    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host} can be reached from other machines, and without TLS anybody between could read along. "
            "Give a certificate and its key, or listen on 127.0.0.1 behind a proxy that has TLS (--behind-proxy)."
        )


class MetricsTokenError(ServiceError, UsageError):
    """The file with the token for /metrics is of no use."""

    exit_code = UsageError.exit_code

    def __init__(self, file: Path, why: str) -> None:
        super().__init__(
            f"The token for /metrics cannot be taken from {file}: {why}. "
            f"This makes one: (umask 077; openssl rand -hex 32 > {file})"
        )


class LimitsFileError(ServiceError, UsageError):
    """The file with the limits is of no use."""

    exit_code = UsageError.exit_code

    def __init__(self, file: Path, why: str) -> None:
        super().__init__(f"The limits cannot be taken from {file}: {why}. Nothing was started.")


class UnknownTechnicianError(ServiceError):
    """Nobody goes by that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"No technician here goes by “{name[:40]}”.")


class NameTakenError(ServiceError):
    """Somebody goes by that name already."""

    def __init__(self, name: str, kind: str = "technician") -> None:
        super().__init__(f"A {kind} goes by “{name[:40]}” already. Names must differ, for people to tell them apart.")


class UnknownRelayError(ServiceError):
    """No relay goes by that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"No relay here goes by “{name[:40]}”.")


class NoRelayError(ServiceError):
    """There is no relay to hold a session."""

    def __init__(self) -> None:
        super().__init__("This service has no relay, so no session can be held through it.")


class RelaySilentError(ServiceError):
    """No relay answers in time."""

    def __init__(self) -> None:
        super().__init__("No relay answers at the moment. Try again in some seconds; if it stays so, tell the owner.")


class RelayRefusedError(ServiceError):
    """A further relay says no; the text is its own."""
