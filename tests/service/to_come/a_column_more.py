"""A column more, and something in it."""

import sqlalchemy as sa
from alembic import op

revision = "to_come_1"
down_revision = "0002"


def upgrade() -> None:
    """Note of each event how long it is."""
    op.add_column("events", sa.Column("length", sa.Integer()))
    op.execute("UPDATE events SET length = length(event)")
