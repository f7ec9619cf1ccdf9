"""The audit's form: canonical JSON lines in a hash chain, with seals in between.

A chain line is `{"at", "details", "kind", "prev", "seq"}`: `seq` counts from 1, `prev` is the SHA-256 of the chain line
before it (64 zeros for the first). A seal line, `{"seal": {...}}`, is not counted: it holds both ends' signatures over
the head, which is the SHA-256 of the last chain line that it speaks of, and it may come some lines later. Where seals
stand between two chain lines, `prev` goes over them too: it is the SHA-256 of all that the file holds from the previous
chain line up to this one (without the last newline), so that a seal cannot be moved or taken out unseen either. The
first line names who and what the session was.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

import rfc8785
from pydantic import ConfigDict, Field, ValidationError

from app.domain.events import AuditHead
from app.domain.records import Record, Sha256, ShortText
from app.remote.errors import AuditBrokenError, KeyTextError
from app.remote.keys import is_signed, parse_public

MAX_LINE_BYTES = 64 * 1024
MAX_LINES = 1_000_000
_NOTHING_BEFORE = "0" * 64
_OPENING = "session"
_PURPOSE = "audit head"


class Opening(Record):
    """What the first line names: the session, its parties and the way between them."""

    session: UUID
    case: UUID
    customer_key: str
    technician_key: str
    technician: ShortText
    relay: str


class _Line(Record):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    at: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$")]
    details: dict[str, Any]
    kind: Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,39}$")]
    prev: Sha256
    seq: Annotated[int, Field(ge=1, le=MAX_LINES)]


class _FirstLine(_Line):
    kind: Literal["session"]
    seq: Literal[1]


class _Seal(AuditHead):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    lines: Annotated[int, Field(ge=1, le=MAX_LINES)]


class _SealLine(Record):
    seal: _Seal


def canonical(value: Mapping[str, Any]) -> bytes:
    """RFC 8785 JSON. Raises `ValueError` for what JSON cannot say exactly."""
    try:
        return rfc8785.dumps(dict(value))
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeEncodeError) as error:
        raise ValueError(f"this cannot be written as canonical JSON: {error}") from error


class Chain:
    """The chain as far as it was seen. `extend` takes the next line of the file or says what is wrong with it.

    One thread at a time. Holds 32 bytes a line, so that a seal may come some lines after those that it speaks of.
    """

    def __init__(self) -> None:
        self.opening: Opening | None = None
        self.file_lines = 0
        self.seal: AuditHead | None = None
        self._heads: list[bytes] = []
        self._since: list[bytes] = []

    @property
    def lines(self) -> int:
        """How many chain lines there are; seals do not count."""
        return len(self._heads)

    @property
    def head(self) -> str:
        """The SHA-256 of the last chain line, zeros where there is none."""
        return self._heads[-1].hex() if self._heads else _NOTHING_BEFORE

    @property
    def is_sealed(self) -> bool:
        """Whether a seal with both signatures covers every line so far."""
        seal = self.seal
        whole = seal is not None and seal.lines == self.lines
        return whole and seal is not None and bool(seal.customer_signature and seal.technician_signature)

    @property
    def _before(self) -> str:
        return hashlib.sha256(b"\n".join(self._since)).hexdigest() if self._since else _NOTHING_BEFORE

    def holds(self, lines: int, head: str) -> bool:
        """Whether the first `lines` lines end in this head."""
        return 0 < lines <= self.lines and self._heads[lines - 1].hex() == head

    def next_line(self, at: str, kind: str, details: Mapping[str, Any]) -> bytes:
        """What the next chain line would be. Raises `ValueError` where it would be no good line."""
        line = canonical(
            {"at": at, "details": dict(details), "kind": kind, "prev": self._before, "seq": self.lines + 1}
        )
        if len(line) > MAX_LINE_BYTES:
            raise ValueError(f"a line of the audit is at most {MAX_LINE_BYTES} bytes")
        return line

    def extend(self, untrusted_line: bytes) -> None:
        """Take the file's next line, without its newline. Raises `AuditBrokenError`; then nothing has changed."""
        number = self.file_lines + 1
        value = _parsed(number, untrusted_line)
        if "seal" in value:
            self._take_seal(number, value)
            self._since.append(untrusted_line)
        else:
            self._take_line(number, value, untrusted_line)
            self._since = [untrusted_line]
        self.file_lines = number

    def _take_line(self, number: int, value: dict[str, Any], content: bytes) -> None:
        try:
            line = _Line.model_validate(value)
        except ValidationError as error:
            raise AuditBrokenError(number, f"it is no line of an audit ({_first(error)}).") from error
        if line.seq != self.lines + 1:
            raise AuditBrokenError(number, f"line number {self.lines + 1} should stand here, not {line.seq}.")
        if line.prev != self._before:
            first = max(1, number - len(self._since))
            raise AuditBrokenError(
                number, f"it does not follow what stands before it. Lines {first} to {number}: one was changed."
            )
        if (line.kind == _OPENING) != (line.seq == 1):
            raise AuditBrokenError(number, "the line that names the session must be the first, and only the first.")
        if line.seq == 1:
            self.opening = _opening(number, line.details)
        self._heads.append(hashlib.sha256(content).digest())

    def _take_seal(self, number: int, value: dict[str, Any]) -> None:
        try:
            seal = _SealLine.model_validate(value).seal
        except ValidationError as error:
            raise AuditBrokenError(number, f"it is no seal ({_first(error)}).") from error
        if seal.lines > self.lines:
            raise AuditBrokenError(number, f"it seals {seal.lines} lines, and {self.lines} are there.")
        if self.seal is not None and seal.lines <= self.seal.lines:
            raise AuditBrokenError(number, f"the first {seal.lines} lines are sealed already.")
        if not self.holds(seal.lines, seal.head):
            raise AuditBrokenError(number, "it seals other lines than those that stand before it; one was changed.")
        if self.opening is None:
            raise AuditBrokenError(number, "a seal cannot come before the first line.")
        if not seal.customer_signature and not seal.technician_signature:
            raise AuditBrokenError(number, "the seal bears no signature.")
        for who, key, signature in (
            ("customer", self.opening.customer_key, seal.customer_signature),
            ("technician", self.opening.technician_key, seal.technician_signature),
        ):
            if signature and not is_signed(key, _PURPOSE, statement(self.opening.session, seal), signature):
                raise AuditBrokenError(number, f"the {who}'s signature does not fit.")
        self.seal = AuditHead.model_validate(seal.model_dump())


def statement(session: UUID, head: AuditHead) -> bytes:
    """What both ends sign: this session had these lines, ending in this head."""
    return canonical({"session": str(session), "lines": head.lines, "head": head.head})


def seal_line(head: AuditHead) -> bytes:
    """The line that seals a head."""
    return canonical({"seal": head.model_dump(mode="json")})


def _parsed(number: int, untrusted_line: bytes) -> dict[str, Any]:
    if len(untrusted_line) > MAX_LINE_BYTES:
        raise AuditBrokenError(number, f"it is longer than {MAX_LINE_BYTES} bytes.")
    try:
        value = json.loads(untrusted_line)
    except (ValueError, RecursionError) as error:
        raise AuditBrokenError(number, "it is not JSON.") from error
    if not isinstance(value, dict):
        raise AuditBrokenError(number, "it is not a JSON object.")
    try:
        exact = canonical(value)
    except ValueError as error:
        raise AuditBrokenError(number, "it is not canonical JSON.") from error
    if exact != untrusted_line:
        raise AuditBrokenError(number, "it is not spelled as canonical JSON; something in it was changed.")
    return value


def _opening(number: int, details: dict[str, Any]) -> Opening:
    try:
        opening = Opening.model_validate(details)
        parse_public(opening.customer_key)
        parse_public(opening.technician_key)
    except (ValidationError, KeyTextError) as error:
        raise AuditBrokenError(number, "the first line does not name a session and its two keys.") from error
    return opening


def _first(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"[:200]
