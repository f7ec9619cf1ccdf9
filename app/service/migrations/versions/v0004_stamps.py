"""The key by which a service knows again what was in its log."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table, and a key for a log that is there already."""
    made = op.create_table(
        "stamp_key",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(64), nullable=False),
    )
    if op.get_bind().execute(sa.text("SELECT 1 FROM log")).first() is not None:
        op.bulk_insert(made, [{"id": 1, "key": secrets.token_hex(32)}])
