"""What is under way is noted, relays are all copies' own, what was lost can be given back, streams are told apart."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables, and a key for a log that is there already."""
    _note_uploads()
    _share_relays()
    _stamp()
    _tell_streams_apart()


def _note_uploads() -> None:
    """Uploads under way, with the moment, and what is to leave the store."""
    op.create_table(
        "arrivals",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("person", sa.Uuid(), primary_key=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table("removals", sa.Column("sha256", sa.String(64), primary_key=True))
    op.create_index("uploads_of_a_person", "uploads", ["person", "at"])


def _share_relays() -> None:
    """What further relays carry and are to do, for all copies of the service; and who has joined a session."""
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


def _stamp() -> None:
    """The key by which a service knows again what was in its log."""
    made = op.create_table(
        "stamp_key",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(64), nullable=False),
    )
    if op.get_bind().execute(sa.text("SELECT 1 FROM log")).first() is not None:
        op.bulk_insert(made, [{"id": 1, "key": secrets.token_hex(32)}])


def _tell_streams_apart() -> None:
    """Of what kind each event is, and whether it is for the owner's eyes alone. Until now all were of cases."""
    op.add_column("events", sa.Column("stream", sa.String(20), nullable=False, server_default="case"))
    op.add_column("events", sa.Column("confidential", sa.Boolean(), nullable=False, server_default=sa.false()))
