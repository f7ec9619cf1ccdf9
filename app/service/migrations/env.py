"""What Alembic runs around the migrations: in the transaction that the program holds (schema.py), and nowhere else."""

from alembic import context
from sqlalchemy import Connection

from app.service.tables import metadata

_connection: Connection = context.config.attributes["connection"]
context.configure(connection=_connection, target_metadata=metadata)
context.run_migrations()
