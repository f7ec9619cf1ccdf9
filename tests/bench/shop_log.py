"""A shop's log, made up: as many events as are wanted, the same ones each time, as the service would hold them.

A hundred cases are open at any moment and what happens in them comes in turns. A case is 20 events: a case opened,
diagnostics, a consent, a session, eight notes of about 200 letters, work, a solution, a close; or another number of
sessions and notes. The words follow
Zipf's law: some hundreds that people in support write in Danish, German and English, then made-up ones.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import json

OPEN = 100
REPORT = "0" * 64
"""What all diagnostics name: content is not what is measured with this log."""
START = datetime(2021, 1, 4, 8, 0, tzinfo=UTC)
_COMMON = [
    "the",
    "is",
    "not",
    "printer",
    "on",
    "a",
    "to",
    "og",
    "det",
    "er",
    "ikke",
    "und",
    "das",
    "der",
    "for",
    "it",
    "was",
    "med",
    "new",
    "i",
    "på",
    "af",
    "en",
    "computer",
    "die",
    "nicht",
    "von",
    "mit",
    "has",
    "have",
    "restart",
    "server",
    "after",
    "user",
    "error",
    "password",
    "mail",
    "outlook",
    "windows",
    "driver",
    "update",
    "network",
    "router",
    "wifi",
    "kabel",
    "skærm",
    "tastatur",
    "mus",
    "printeren",
    "kører",
    "langsomt",
    "måske",
    "også",
    "først",
    "Grüße",
    "Straße",
    "Drucker",
    "Passwort",
    "Müller",
    "Größe",
    "öffnen",
    "schließen",
    "über",
    "für",
    "wäre",
    "installed",
    "removed",
    "checked",
    "cleaned",
    "spooler",
    "queue",
    "paper",
    "toner",
    "tray",
    "stripes",
    "scanner",
    "fax",
    "disk",
    "full",
    "slow",
    "boot",
    "blue",
    "screen",
    "virus",
    "backup",
    "restore",
    "file",
    "folder",
    "share",
    "drive",
    "account",
    "locked",
    "unlocked",
    "license",
    "expired",
    "renewed",
    "office",
    "excel",
    "word",
    "browser",
    "chrome",
    "edge",
    "cookie",
    "cache",
    "proxy",
    "firewall",
    "port",
    "closed",
    "open",
    "remote",
    "session",
    "desk",
    "phone",
    "called",
    "back",
    "asked",
    "waiting",
    "customer",
    "kunden",
    "ringede",
    "igen",
    "løste",
    "fejlen",
    "genstartede",
    "maskinen",
    "køber",
    "nøgle",
    "æske",
    "år",
    "rødgrød",
    "fløde",
    "blåbær",
    "Øresund",
    "Ærø",
    "åben",
]
_SYLLABLES = [
    "ba",
    "ko",
    "mi",
    "tu",
    "ra",
    "sel",
    "dor",
    "fin",
    "gul",
    "hav",
    "jet",
    "kir",
    "lom",
    "nes",
    "pol",
    "rus",
    "sim",
    "tan",
    "ver",
    "wil",
    "øst",
    "æbl",
    "år",
    "ström",
    "bü",
    "groß",
]
_MADE_UP = 30_000
_ABOUT = 12
_NOTE = 32
_ZERO = START.isoformat().replace("+00:00", "Z")

Happened = tuple[UUID, dict[str, Any], dict[str, Any], UUID]
"""The case, the author, the event's body, and the customer whose case it is."""


class Entry(NamedTuple):
    """One event of the log, with what the service keeps beside it."""

    version: int
    id: UUID
    device: UUID
    device_seq: int
    stream_id: UUID
    kind: str
    owner: UUID
    for_customer: bool
    json: str


class ShopLog:
    """Makes the log. Each case has so many notes and sessions; eight events are always there, a session is four."""

    def __init__(self, notes: int = 8, sessions: int = 1) -> None:
        self._random = random.Random(20261102)
        self._now = START
        self.words = [*_COMMON, *self._made_up()]
        self._weights = list(accumulate(1 / (rank + 4) for rank in range(len(self.words))))
        self._notes, self._sessions = notes, sessions
        self._people = {"customer": self._named("customer", 2000), "technician": self._named("technician", 8)}
        self._sequences: dict[str, int] = {}
        self.machines = [
            f"{kind}-{number:03}" for kind in ("FRONT", "LAGER", "KØKKEN", "BÜRO") for number in range(500)
        ]

    def entries(self, count: int) -> Iterator[Entry]:
        """This many events, from version 1 on."""
        running: list[Iterator[Happened]] = []
        for version in range(1, count + 1):
            while len(running) < OPEN:
                running.append(self._case())
            self._now += timedelta(seconds=self._random.uniform(20, 220))
            chosen = self._random.randrange(len(running))
            while (happened := next(running[chosen], None)) is None:
                running[chosen] = self._case()
            yield self._entry(version, *happened)

    def text(self, words: int) -> str:
        """So many words, as often as people use them."""
        return " ".join(self._random.choices(self.words, cum_weights=self._weights, k=words))

    def _entry(self, version: int, case_id: UUID, author: dict[str, Any], body: dict[str, Any], owner: UUID) -> Entry:
        event_id, device = self._id(), UUID(int=UUID(author["id"]).int + 1)
        sequence = self._sequences[author["id"]] = self._sequences.get(author["id"], 0) + 1
        written = {
            "id": str(event_id), "stream": "case", "stream_id": str(case_id),
            "at": self._now.isoformat().replace("+00:00", "Z"), "author": author, "device": str(device),
            "device_seq": sequence, "body": body,
        }  # fmt: skip
        visible = body.get("audience") != "internal"
        text = json.encode(written).decode()
        return Entry(version, event_id, device, sequence, case_id, body["kind"], owner, visible, text)

    def _case(self) -> Iterator[Happened]:
        chance = self._random
        case_id = self._id()
        customer, technician = (chance.choice(self._people[role]) for role in ("customer", "technician"))
        work = {"kind": "work_recorded", "start": _ZERO, "end": _ZERO, "work": "covered"}
        finding = {"check": "disk", "level": "problem", "sentence": self.text(_ABOUT), "evidence": [], "seconds": 0.2}
        opened = {"about": self.text(_ABOUT), "machine": chance.choice(self.machines), "language": "da"}
        consent = {"shares_diagnostics": True, "price": "Covered by your agreement."}
        bodies: list[tuple[dict[str, Any], dict[str, Any]]] = [
            (customer, {"kind": "case_opened", **opened}),
            (customer, {"kind": "diagnostics_shared", "findings": [finding] * 3, "redactions": 4, "report": REPORT}),
            (customer, {"kind": "consent_given", **consent}),
            (technician, {"kind": "case_taken"}),
            *(each for _ in range(self._sessions) for each in self._session(customer, technician)),
            *((technician, self._note()) for _ in range(self._notes)),
            (technician, {**work, "text": self.text(_ABOUT)}),
            (technician, {**work, "text": self.text(_ABOUT)}),
            (technician, {"kind": "solution_proposed", "text": self.text(_ABOUT), "certainty": "verified"}),
            (customer, {"kind": "case_closed", "thanks": self.text(3)}),
        ]
        for author, body in bodies:
            yield case_id, author, body, UUID(customer["id"])

    def _session(
        self, customer: dict[str, Any], technician: dict[str, Any]
    ) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        session, key = str(self._id()), f"ssh-ed25519 {self._random.getrandbits(256):064x}"
        ended = {
            "kind": "session_ended", "session": session, "reason": "technician left", "seconds": 312.5, "commands": 7,
            "files": 1, "connect_seconds": 0.4, "audit_head": None, "audit": None, "recording": None,
        }  # fmt: skip
        started = {"technician": technician["name"], "relay": "relay", "customer_key": key, "technician_key": key}
        yield customer, {"kind": "session_offered", "session": session}
        yield technician, {"kind": "session_started", "session": session, **started}
        yield technician, ended
        yield customer, ended

    def _note(self) -> dict[str, Any]:
        said = {"text": self.text(_NOTE), "certainty": "verified", "audience": "internal", "corrects": None}
        return {"kind": "note_added", **said}

    def _id(self) -> UUID:
        """A UUIDv7 of the moment that the log has come to, as the program makes them."""
        bits = int(self._now.timestamp() * 1000) << 80 | self._random.getrandbits(80)
        return UUID(int=bits & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)

    def _named(self, role: str, number: int) -> list[dict[str, Any]]:
        names = (" ".join(self._random.choices(self.words[-2000:], k=2)).title() for _ in range(number))
        return [{"role": role, "id": str(self._id()), "name": name} for name in names]

    def _made_up(self) -> Iterator[str]:
        for _ in range(_MADE_UP):
            yield "".join(self._random.choices(_SYLLABLES, k=self._random.choice((2, 2, 3, 3, 4))))
