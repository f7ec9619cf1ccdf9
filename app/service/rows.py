"""Rows of tables as lines of JSON, and back, the same whichever database they are in."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, LargeBinary, MetaData, Table, Uuid
from sqlalchemy.types import NullType, TypeEngine

from app.service.backup_file import Shape
from app.service.tables import UtcTime

_TYPES: dict[Shape, Callable[[], TypeEngine[Any]]] = {
    "uuid": Uuid, "time": UtcTime, "bytes": LargeBinary, "plain": NullType,
}  # fmt: skip
_WRITE: dict[Shape, Callable[[Any], Any]] = {
    "uuid": str,
    "time": datetime.isoformat,
    "bytes": lambda value: base64.b64encode(value).decode(),
    "plain": lambda value: value,
}
_READ: dict[Shape, Callable[[Any], Any]] = {
    "uuid": UUID,
    "time": datetime.fromisoformat,
    "bytes": lambda value: base64.b64decode(value, validate=True),
    "plain": lambda value: value,
}


def shapes_of(table: Table) -> dict[str, Shape]:
    """How each column of a table is written."""
    return {column.name: _shape(column) for column in table.columns}


def table_of(name: str, shapes: dict[str, Shape]) -> Table:
    """A table to write into, as a backup tells of it: it may be an earlier program's."""
    return Table(name, MetaData(), *(Column(column, _TYPES[shape]()) for column, shape in shapes.items()))


def to_line(row: Sequence[Any], shapes: dict[str, Shape]) -> bytes:
    """A row as a line."""
    values = [
        None if value is None else _WRITE[shape](value) for value, shape in zip(row, shapes.values(), strict=True)
    ]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def from_lines(lines: bytes, shapes: dict[str, Shape]) -> list[dict[str, Any]]:
    """Rows by their columns' names. Raises `ValueError` for what no row can be."""
    return [_row(json.loads(line), shapes) for line in lines.splitlines()]


def _row(values: Any, shapes: dict[str, Shape]) -> dict[str, Any]:
    if not isinstance(values, list) or len(values) != len(shapes):
        raise ValueError("this is no row of the table")
    try:
        return {
            name: None if value is None else _READ[shape](value)
            for value, (name, shape) in zip(values, shapes.items(), strict=True)
        }
    except (TypeError, AttributeError) as error:
        raise ValueError("this is no value of the column") from error


def _shape(column: Column[Any]) -> Shape:
    if isinstance(column.type, UtcTime):
        return "time"
    if isinstance(column.type, Uuid):
        return "uuid"
    return "bytes" if isinstance(column.type, LargeBinary) else "plain"
