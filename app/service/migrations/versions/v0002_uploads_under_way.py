"""Uploads under way are noted, with the moment, and so is what is to leave the store."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "arrivals",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("person", sa.Uuid(), primary_key=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table("removals", sa.Column("sha256", sa.String(64), primary_key=True))
    op.create_index("uploads_of_a_person", "uploads", ["person", "at"])
