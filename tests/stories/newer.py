"""Makes the store of `BISTAND_HOME` look like one that a newer Bistand wrote. Run in a process with the keyring."""

from app.store.connection import connect
from app.store.key import store_key
from app.system.paths import home
from app.system.secrets import KeyringSecrets


def make_newer() -> None:
    """Raise the version of the schema far above what this program knows."""
    here = home()
    connection = connect(here.store, store_key(KeyringSecrets(here.identity())))
    connection.execute("PRAGMA user_version = 999")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


if __name__ == "__main__":
    make_newer()
