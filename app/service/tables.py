"""The service's tables, for SQLAlchemy Core: the same on SQLite and on PostgreSQL.

A change here needs a migration beside it (`migrations/versions`); a test holds the two together.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
)


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC, also where the database keeps no offset."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Write it as UTC."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read it as UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData()

FLEETING = frozenset({"arrivals", "removals", "orders", "stations"})
"""Tables of what is under way at the moment: no backup holds it."""

log = Table(
    "log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("provider", String(200), nullable=False),
    Column("epoch", String(32), nullable=False),
    Column("version", BigInteger, nullable=False),
)

stamp_key = Table(
    "stamp_key",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("role", String(20), nullable=False),
    Column("name", String(200), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
)

codes = Table(
    "codes",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("person", ForeignKey("people.id"), nullable=False),
    Column("until", UtcTime, nullable=False),
    Column("used_at", UtcTime),
)

devices = Table(
    "devices",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person", ForeignKey("people.id"), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("made_at", UtcTime, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Uuid, nullable=False, unique=True),
    Column("device", Uuid, nullable=False),
    Column("device_seq", BigInteger, nullable=False),
    Column("stream", String(20), nullable=False),
    Column("stream_id", Uuid, nullable=False),
    Column("kind", String(60), nullable=False),
    Column("owner", Uuid),  # the customer whose case it is, or EVERY_CUSTOMER
    Column("customer_visible", Boolean, nullable=False),
    Column("confidential", Boolean, nullable=False),  # for the owner's eyes alone
    Column("event", Text, nullable=False),
    UniqueConstraint("device", "device_seq"),
    Index("events_of_a_stream", "stream_id", "version"),
    Index("events_of_an_owner", "owner", "version"),
)

blob_names = Table(
    "blob_names",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("version", ForeignKey("events.version"), primary_key=True),
)

uploads = Table(
    "uploads",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("person", ForeignKey("people.id"), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("uploads_of_a_person", "person", "at"),
)

arrivals = Table(
    "arrivals",  # uploads under way: the size that was announced, and when they were last heard of
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("person", Uuid, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("at", UtcTime, nullable=False),
)

removals = Table(
    "removals",  # blobs that are to leave the store, unless somebody sends them again first
    metadata,
    Column("sha256", String(64), primary_key=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("customer", ForeignKey("people.id"), nullable=False),
    Column("offered_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
)

joinings = Table(
    "joinings",  # who of the staff was let in
    metadata,
    Column("session", ForeignKey("sessions.id"), primary_key=True),
    Column("person", ForeignKey("people.id"), primary_key=True),
)

places = Table(
    "places",  # the relay of a session: null is the service's own
    metadata,
    Column("session", ForeignKey("sessions.id"), primary_key=True),
    Column("relay", ForeignKey("people.id")),
)

mail = Table(
    "mail",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("session", ForeignKey("sessions.id"), nullable=False),
    Column("from_customer", Boolean, nullable=False),
    Column("author", String(200), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("mail_of_a_session", "session", "id"),
    sqlite_autoincrement=True,  # a number is never given twice, also when old mail is gone
)

stations = Table(
    "stations",  # further relays, as all copies of the service on one PostgreSQL see them
    metadata,
    Column("relay", ForeignKey("people.id"), primary_key=True),
    Column("run", Uuid, nullable=False),
    Column("load", Text, nullable=False),
    Column("heard_at", UtcTime, nullable=False),
    Column("turn", BigInteger, nullable=False),
    Column("silent", Boolean, nullable=False),
)

orders = Table(
    "orders",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("relay", ForeignKey("people.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("text", Text, nullable=False),
    Column("awaited", Boolean, nullable=False),  # somebody waits for the answer
    Column("taken", Boolean, nullable=False),
    Column("answer", Text),
    sqlite_autoincrement=True,
)
