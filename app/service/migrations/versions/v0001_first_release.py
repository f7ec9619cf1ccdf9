"""The first release's tables.

Databases made before revisions were kept have some of them or all, exactly so: what is there is left as it is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables that are not there."""
    _people()
    _log()
    _blobs()
    _sessions()


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        if_not_exists=True,
    )
    op.create_table(
        "codes",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("person", sa.Uuid(), sa.ForeignKey("people.id"), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        if_not_exists=True,
    )
    op.create_table(
        "devices",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("person", sa.Uuid(), sa.ForeignKey("people.id"), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        if_not_exists=True,
    )


def _log() -> None:
    op.create_table(
        "log",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("provider", sa.String(200), nullable=False),
        sa.Column("epoch", sa.String(32), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "events",
        sa.Column("version", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("id", sa.Uuid(), nullable=False, unique=True),
        sa.Column("device", sa.Uuid(), nullable=False),
        sa.Column("device_seq", sa.BigInteger(), nullable=False),
        sa.Column("stream_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("owner", sa.Uuid()),
        sa.Column("customer_visible", sa.Boolean(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.UniqueConstraint("device", "device_seq"),
        if_not_exists=True,
    )
    op.create_index("events_of_a_stream", "events", ["stream_id", "version"], if_not_exists=True)
    op.create_index("events_of_an_owner", "events", ["owner", "version"], if_not_exists=True)


def _blobs() -> None:
    op.create_table(
        "blob_names",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("version", sa.BigInteger(), sa.ForeignKey("events.version"), primary_key=True),
        if_not_exists=True,
    )
    op.create_table(
        "uploads",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("person", sa.Uuid(), sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        if_not_exists=True,
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("customer", sa.Uuid(), sa.ForeignKey("people.id"), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        if_not_exists=True,
    )
    op.create_table(
        "places",
        sa.Column("session", sa.Uuid(), sa.ForeignKey("sessions.id"), primary_key=True),
        sa.Column("relay", sa.Uuid(), sa.ForeignKey("people.id")),
        if_not_exists=True,
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("session", sa.Uuid(), sa.ForeignKey("sessions.id"), nullable=False),
        sa.Column("from_customer", sa.Boolean(), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index("mail_of_a_session", "mail", ["session", "id"], if_not_exists=True)
