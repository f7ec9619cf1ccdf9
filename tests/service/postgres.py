"""A real PostgreSQL for one run of the tests: an ordinary user's, in a private folder, on 127.0.0.1 and a socket."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString
from uuid import uuid4

import psycopg
from psycopg import sql

from app.service.database import Database
from app.service.settings import ServiceSettings
from tests.ports import free_port

PASSWORD = "s3cret/of:a@test"
_TEMPLATE = "made_by_migrations"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",  # it is gone after the run, whatever happens
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "autovacuum": "off",
    "max_connections": "200",
    "lc_messages": "C",
}


def why_not() -> str:
    """Why there can be no PostgreSQL here; empty where there can."""
    missing = [name for name in ("initdb", "postgres") if _program(name) is None]
    return f"no PostgreSQL here ({' and '.join(missing)} not found)" if missing else ""


class Postgres:
    """A server that runs. Databases of the role `bistand`, which is no superuser and logs in on TCP by its password."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self.port = port

    def fresh(self, *, empty: bool = False) -> str:
        """The URL of a new database: with the tables that migrations make, or with none."""
        name = f"shop_{uuid4().hex}"
        if empty:
            self.say("CREATE DATABASE {} OWNER bistand", name)
        else:
            self.say("CREATE DATABASE {} OWNER bistand TEMPLATE {} STRATEGY FILE_COPY", name, _TEMPLATE)
        return self.url(name)

    def copy(self, url: str) -> str:
        """The URL of a new database with all that another one holds, to which nobody is connected."""
        name = f"shop_{uuid4().hex}"
        self.say("CREATE DATABASE {} OWNER bistand TEMPLATE {} STRATEGY FILE_COPY", name, name_of(url))
        return self.url(name)

    def url(self, name: str) -> str:
        """The URL of a database, over the socket."""
        return f"postgresql://bistand@/{name}?host={self._folder}&port={self.port}"

    def drop(self, url: str) -> None:
        """Have it gone, whoever is connected."""
        self.say("DROP DATABASE {} WITH (FORCE)", name_of(url))

    def say(self, statement: LiteralString, *names: str) -> list[tuple[Any, ...]]:
        """One statement as the superuser; `{}` stands for a name."""
        with self.connected() as connection:
            done = connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
            return done.fetchall() if done.description else []

    def connected(self, database: str = "postgres") -> psycopg.Connection:
        """A superuser's connection."""
        return psycopg.connect(
            host=str(self._folder), port=self.port, user="postgres", dbname=database, autocommit=True
        )

    def make_template(self) -> None:
        """What every fresh database begins with: made once, by the migrations."""
        self.say("CREATE ROLE bistand LOGIN PASSWORD 's3cret/of:a@test'")
        self.say("CREATE DATABASE {} OWNER bistand", _TEMPLATE)
        with tempfile.TemporaryDirectory() as data:
            database = Database(ServiceSettings(data=Path(data), db=self.url(_TEMPLATE)))
            database.upgrade()
            database.close()


def name_of(url: str) -> str:
    """The name of a database that a URL names."""
    return url.partition("?")[0].rpartition("/")[2]


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """Running while this lasts; ended by its process, and its folder removed."""
    with tempfile.TemporaryDirectory(prefix="bistand-postgres-") as made:
        folder = Path(made)
        become = _as_ordinary_user(folder)
        _do(*become, _program("initdb"), "-D", folder / "data", "-U", "postgres", "--no-sync", "--locale=C.UTF-8",
            "--auth-local=trust", "--auth-host=scram-sha-256")  # fmt: skip
        port = free_port()
        settings = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
        with (folder / "said").open("wb") as said:
            server = subprocess.Popen(
                [*become, str(_program("postgres")), "-D", folder / "data", "-k", folder, "-p", str(port), *settings],
                stdout=said, stderr=said, cwd="/",
            )  # fmt: skip
            try:
                postgres = Postgres(folder, port)
                _wait_for(postgres, server, folder / "said")
                postgres.make_template()
                yield postgres
            finally:
                server.send_signal(3)  # SIGQUIT: at once; nothing of it is wanted any more
                server.wait(20)


def _as_ordinary_user(folder: Path) -> list[str]:
    """PostgreSQL refuses root: then it runs as an account without rights, which owns the folder."""
    last_resort = ["setpriv", "--pdeathsig=QUIT"] if shutil.which("setpriv") else []
    if os.geteuid() != 0:
        return last_resort
    account = pwd.getpwnam("daemon")
    os.chown(folder, account.pw_uid, account.pw_gid)
    return ["setpriv", "--reuid=daemon", "--regid=daemon", "--clear-groups", "--pdeathsig=QUIT"]


def _program(name: str) -> Path | None:
    """Debian keeps these out of the PATH, one folder for each version; the newest is taken."""
    found = shutil.which(name)
    if found is not None:
        return Path(found)
    kept = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    return max(kept, key=lambda path: int(path.parts[4]), default=None)


def _wait_for(postgres: Postgres, server: subprocess.Popen[bytes], said: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            postgres.connected().close()
            return
        except psycopg.OperationalError:
            alive = server.poll() is None and time.monotonic() < deadline
            assert alive, f"PostgreSQL did not come up: {said.read_text(errors='replace')}"
            time.sleep(0.05)


def _do(*words: object) -> None:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stdout + done.stderr
