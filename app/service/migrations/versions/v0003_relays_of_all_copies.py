"""What further relays carry and are to do, for all copies of the service; and who has joined a session."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "stations",
        sa.Column("relay", sa.Uuid(), sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("run", sa.Uuid(), nullable=False),
        sa.Column("load", sa.Text(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("silent", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "orders",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("id", sa.Uuid(), nullable=False, unique=True),
        sa.Column("relay", sa.Uuid(), sa.ForeignKey("people.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("awaited", sa.Boolean(), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.Text()),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "joinings",
        sa.Column("session", sa.Uuid(), sa.ForeignKey("sessions.id"), primary_key=True),
        sa.Column("person", sa.Uuid(), sa.ForeignKey("people.id"), primary_key=True),
    )
