"""Small facts by name, in the store.

All functions belong to the store's own thread, and to a transaction where they write.
"""

from app.store.connection import Connection


def fact(connection: Connection, name: str) -> str | None:
    """A small fact by its name."""
    row = connection.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
    return row[0] if row else None


def set_fact(connection: Connection, name: str, value: str | None) -> None:
    """Remember a small fact in place of an older one; None forgets it."""
    if value is None:
        connection.execute("DELETE FROM fact WHERE name = ?", (name,))
    else:
        connection.execute("INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)", (name, value))
