"""Schema steps of programs to come, for tests of upgrades."""

from app.store.opening import steps

SCHEMA = (
    *steps(),
    "ALTER TABLE fact ADD COLUMN remark TEXT;\nINSERT INTO fact VALUES ('step', 'done; really', 'a -- b');\n",
    "CREATE TABLE later (fact TEXT NOT NULL) STRICT;\nINSERT INTO later SELECT name FROM fact WHERE name = 'step';\n",
)
"""Today's steps and two more."""
