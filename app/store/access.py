"""The way to a store's own thread: every job is done there, in a transaction or in one moment of what it reads."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from app.store import log
from app.store.connection import Connection, faults_of, snapshot, transaction
from app.store.errors import StoreClosedError
from app.store.opening import check, open_store, require_schema, steps
from app.store.worker import Worker, WorkerClosedError

Result = TypeVar("Result")


class Access:
    """An open store. Every method blocks, and raises the `StoreError` tree."""

    def __init__(self, path: Path, key: str) -> None:
        """Open the store in this file, or make it."""
        self.path = path
        schema = steps()
        self._schema = len(schema)
        self._worker = Worker("store", lambda: open_store(path, key, schema), Connection.close)

    def check(self) -> None:
        """Read the whole file and prove it. Raises `DamagedStoreError`; takes a second for some hundred megabytes."""
        self._do(lambda connection: check(connection, self.path))

    def close(self) -> None:
        """Finish what is under way and let go of the file. Closing twice is fine."""
        with faults_of(self.path):
            self._worker.close()

    def _write(self, job: Callable[[Connection], Result]) -> Result:
        return self._do(lambda connection: self._in_transaction(connection, lambda: job(connection)))

    def _in_transaction(self, connection: Connection, job: Callable[[], Result]) -> Result:
        with transaction(connection):
            require_schema(connection, self.path, self._schema)
            return job()

    def _read(self, job: Callable[[Connection], Result]) -> Result:
        def whole(connection: Connection) -> Result:
            with snapshot(connection):
                return job(connection)

        return self._do(whole)

    def _do(self, job: Callable[[Connection], Result]) -> Result:
        try:
            with faults_of(self.path):
                return self._worker.do(job)
        except WorkerClosedError as error:
            raise StoreClosedError from error


def holds(connection: Connection, restarts: int | None) -> bool:
    """Whether an answer to what was asked then still tells how the service's log is."""
    return restarts is None or log.restarts(connection) == restarts
