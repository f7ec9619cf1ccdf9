"""The way into the encrypted file: its key, how it is written to disk, transactions, and its faults in our words."""

import errno
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from sqlcipher3 import dbapi2

from app.store.errors import (
    BusyStoreError,
    DamagedStoreError,
    DiskFaultError,
    DiskFullError,
    ReadOnlyStoreError,
    StoreError,
    WrongKeyError,
)
from app.store.folding import fold
from app.system.paths import PRIVATE_FILE

if TYPE_CHECKING:
    import sqlite3

    _Connection = sqlite3.Connection  # sqlcipher3's has this shape, and brings no types of its own
else:
    _Connection = dbapi2.Connection

BUSY_SECONDS = 20
"""How long one program waits for another that is writing."""

_VALUES_AT_ONCE = 30_000
"""How many values one statement is given; SQLite takes 32,766. The search index writes its words out after each one."""

_KEY = re.compile(r"[0-9a-f]{64}")
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_READ_ONLY = {errno.EACCES, errno.EPERM, errno.EROFS}
# SQLite's result codes (https://sqlite.org/rescode.html): IOERR bare, on write, fsync, truncate, growing the index.
_WRITE_FAULTS = {10, 778, 1034, 1546, 4874}
_DISK_FAULT = 10  # any other IOERR
_FAULTS: dict[int, type[DamagedStoreError | DiskFullError | ReadOnlyStoreError | BusyStoreError]] = {
    3: ReadOnlyStoreError,  # PERM
    5: BusyStoreError,  # BUSY
    6: BusyStoreError,  # LOCKED
    8: ReadOnlyStoreError,  # READONLY
    11: DamagedStoreError,  # CORRUPT
    13: DiskFullError,  # FULL
    14: ReadOnlyStoreError,  # CANTOPEN
    15: BusyStoreError,  # PROTOCOL: too much going on at once in the write-ahead log
    26: DamagedStoreError,  # NOTADB
}

# Both are kept as they are, but the library does not know that: for each such value it would look for a way to adapt it
# in several places, and meet errors that nobody sees. Nearly half the time of an event's row was spent on that.
dbapi2.register_adapter(bytes, bytes)
dbapi2.register_adapter(bool, int)


class Connection(_Connection):
    """A connection to the file, of which nothing is read any longer once a transaction is over.

    Who breaks off leaves a cursor that was not read to its end, and what tells of the error may hold it for long.
    sqlcipher3 takes its statement back with the rollback and gives it to whoever asks the same next, yet has it begin
    anew when that cursor is thrown away, on whatever thread: rows would come twice, or without anything in them. And
    without a rollback, such a cursor would keep the connection at its moment: what others write would not be seen.
    """

    def __init__(self, *where: Any, **how: Any) -> None:
        super().__init__(*where, **how)
        self._asked: WeakSet[sqlite3.Cursor] = WeakSet()

    def execute(self, *statement: Any) -> "sqlite3.Cursor":
        """As the library has it."""
        cursor = super().execute(*statement)
        if cursor.description is not None:  # it has rows
            self._asked.add(cursor)
        return cursor

    def let_go(self) -> None:
        """Close what is still being read."""
        for cursor in list(self._asked):
            cursor.close()
        self._asked.clear()


def connect(path: Path, key: str) -> Connection:
    """A connection with the key set, on this thread alone. The file is made, 0600, where there is none.

    Nothing is read yet: a wrong key shows at the first query. The key is 64 hexadecimal digits.
    """
    if not _KEY.fullmatch(key):
        raise WrongKeyError(path)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
    connection = Connection(str(path), isolation_level=None, timeout=BUSY_SECONDS)
    connection.execute("PRAGMA cipher_log_level = NONE")  # SQLCipher would write to stderr; we raise
    connection.execute(f"PRAGMA key = \"x'{key}'\"")
    connection.execute("PRAGMA cipher_compatibility = 4")
    connection.create_function("fold", 1, fold, deterministic=True)
    return connection


def make_durable(connection: Connection) -> None:
    """What is committed is on the disk; nothing is ever written outside the encrypted files."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cache_size = -64000")  # kibibytes, taken only as a store grows: decrypting is dear
    connection.execute("PRAGMA wal_autocheckpoint = 4000")  # pages: a page that changes often is copied back less often


def insert_many(connection: Connection, into: str, rows: Sequence[Sequence[object]], otherwise: str = "") -> int:
    """Insert rows of one length, and return how many went in.

    `into` is the table with its columns, `otherwise` what is done about a row that is there: none of it from elsewhere.
    Many rows go into one statement. For each statement SQLite lets other threads go on, and has to wait until one of
    them lets it go on: with a statement a row, a busy thread would hold up each of them.
    """
    if not rows:
        return 0
    width = len(rows[0])
    row, most = f"({', '.join('?' * width)})", _VALUES_AT_ONCE // width
    went_in = 0
    for start in range(0, len(rows), most):
        part = rows[start : start + most]
        statement = f"INSERT INTO {into} VALUES {', '.join([row] * len(part))} {otherwise}"  # noqa: S608
        went_in += connection.execute(statement, list(chain.from_iterable(part))).rowcount
    return went_in


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """All of it or nothing. The write lock is taken first, so that what is read is what is written upon."""
    with _bounded(connection, "BEGIN IMMEDIATE"):
        yield


@contextmanager
def snapshot(connection: Connection) -> Iterator[None]:
    """Several reads that see one and the same moment."""
    with _bounded(connection, "BEGIN"):
        yield


@contextmanager
def _bounded(connection: Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.rollback()
        raise
    finally:
        connection.let_go()


@contextmanager
def faults_of(path: Path) -> Iterator[None]:
    """What the database or the system could not do, as our errors. Mistakes of the program's own pass through."""
    try:
        yield
    except dbapi2.Error as error:
        fault = _fault(path, error)
        if fault is None:
            raise
        raise fault from error
    except OSError as error:
        raise _system_fault(path, error) from error


def _fault(path: Path, error: Exception) -> StoreError | None:
    code = getattr(error, "sqlite_errorcode", 0)
    if code in _WRITE_FAULTS:
        return DiskFullError(path)
    if code & 0xFF == _DISK_FAULT:
        return DiskFaultError(path, getattr(error, "sqlite_errorname", "") or str(error))
    fault = _FAULTS.get(code & 0xFF)
    return fault(path) if fault else None


def _system_fault(path: Path, error: OSError) -> StoreError:
    if isinstance(error, TimeoutError):
        return BusyStoreError(path)
    if error.errno in _FULL:
        return DiskFullError(path)
    if error.errno in _READ_ONLY:
        return ReadOnlyStoreError(path)
    return DiskFaultError(path, error.strerror or str(error))
