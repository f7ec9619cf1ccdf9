"""Opening a store: the right key, a schema that we understand, a backup before it is changed.

Beside `store.db` lie `store.lock` (held while a store is opened) and `store.mark`: a one-way mark of the key, by which
a wrong key can be told from a damaged file. The mark says nothing of a random 256-bit key.
"""

import hmac
import logging
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from functools import cache
from pathlib import Path

from sqlcipher3 import dbapi2

from app.store.connection import BUSY_SECONDS, Connection, connect, faults_of, make_durable, transaction
from app.store.errors import DamagedStoreError, NewerStoreError, WrongKeyError
from app.store.lock import held
from app.system.clock import new_id
from app.system.paths import replace_file, settle

_STEPS = Path(__file__).parent / "steps"
_NOT_A_DATABASE = 26  # SQLITE_NOTADB: the first page does not open with this key
_log = logging.getLogger(__name__)


@cache
def steps() -> tuple[str, ...]:
    """The SQL of each schema step, in order. A store's schema version is the number of steps it has seen."""
    return tuple(file.read_text(encoding="utf-8") for file in sorted(_STEPS.glob("[0-9]*.sql")))


def open_store(path: Path, key: str, schema: Sequence[str]) -> Connection:
    """A connection to the store, made or upgraded where need be. Raises the `StoreError` tree.

    An upgrade first leaves a copy beside the store, `store.before-N.db`, where N is the new schema's version.
    """
    with faults_of(path), held(path.with_suffix(".lock"), BUSY_SECONDS):
        _check_file(path, key)
        connection = connect(path, key)
        try:
            _check_version(connection, path, len(schema))
            make_durable(connection)
            _upgrade(connection, path, key, schema)
            _leave_mark(path, key)
        except BaseException:
            connection.close()
            raise
        return connection


def _check_file(path: Path, key: str) -> None:
    """Refuse what cannot be right before SQLite touches it: it would fill an emptied file with a new store."""
    mark = _mark(path)
    if mark is None or not path.exists():
        return
    if not hmac.compare_digest(mark, _mark_of(key)):
        raise WrongKeyError(path)
    if path.stat().st_size == 0:
        raise DamagedStoreError(path)


def _check_version(connection: Connection, path: Path, newest: int) -> None:
    try:
        require_schema(connection, path, newest)
    except dbapi2.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) == _NOT_A_DATABASE and _mark(path) is None:
            raise WrongKeyError(path) from error
        raise


def require_schema(connection: Connection, path: Path, known: int) -> None:
    """Raise `NewerStoreError` if a newer program has upgraded the store while we had it open."""
    if schema_version(connection) > known:
        raise NewerStoreError(path)


def check(connection: Connection, path: Path) -> None:
    """Read the whole file and prove every page and every index. Raises `DamagedStoreError`."""
    forged = connection.execute("PRAGMA cipher_integrity_check").fetchall()
    faults = connection.execute("PRAGMA integrity_check").fetchall()
    if forged or faults != [("ok",)]:
        _log.error("The store is damaged: %s", [row[0] for row in (*forged, *faults)][:20])
        raise DamagedStoreError(path)


def schema_version(connection: Connection) -> int:
    """How many steps the store has seen; 0 for a new one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _upgrade(connection: Connection, path: Path, key: str, schema: Sequence[str]) -> None:
    with transaction(connection):
        version = schema_version(connection)
        if 0 < version < len(schema):
            _back_up(path, key, path.with_suffix(f".before-{len(schema)}.db"))
        for step in schema[version:]:
            for statement in _statements(step):
                connection.execute(statement)
        if version < len(schema):
            connection.execute(f"PRAGMA user_version = {len(schema)}")
            _log.info("The store went from schema %d to %d", version, len(schema))


def _back_up(path: Path, key: str, copy: Path) -> None:
    """Copy the store whole, under the same key, while the caller holds its write lock."""
    for left in copy.parent.glob(f".{copy.name}.*"):
        left.unlink()  # a program that was killed amid its copy left it; nobody else makes one now
    draft = copy.with_name(f".{copy.name}.{new_id()}")
    try:
        with closing(connect(path, key)) as source, closing(connect(draft, key)) as target:
            source.backup(target)
        draft.replace(copy)
        settle(copy.parent)
    finally:
        draft.unlink(missing_ok=True)


def _statements(script: str) -> Iterator[str]:
    """The script's statements one by one: running it whole would end our transaction first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if dbapi2.complete_statement(statement):
            yield statement
            statement = ""


def _mark(path: Path) -> bytes | None:
    with suppress(FileNotFoundError):
        return path.with_suffix(".mark").read_bytes()
    return None


def _mark_of(key: str) -> bytes:
    return hmac.digest(bytes.fromhex(key), b"the key of this Bistand store", "sha256").hex().encode()


def _leave_mark(path: Path, key: str) -> None:
    if _mark(path) != _mark_of(key):
        replace_file(path.with_suffix(".mark"), _mark_of(key))
