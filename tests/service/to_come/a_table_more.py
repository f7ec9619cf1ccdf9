"""A table more, made of what the step before it made."""

import sqlalchemy as sa
from alembic import op

revision = "to_come_2"
down_revision = "to_come_1"


def upgrade() -> None:
    """Keep the sum of the lengths."""
    op.create_table("sums", sa.Column("length", sa.Integer(), primary_key=True))
    op.execute("INSERT INTO sums SELECT sum(length) FROM events")
