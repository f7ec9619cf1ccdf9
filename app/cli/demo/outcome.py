"""What the demo came to, every value read back from where it really lies: a colleague's store, with the service off."""

import json
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from app.cli.demo.world import World
from app.domain.case import Case
from app.domain.finding import Level
from app.domain.session import Session
from app.flows.party import Party
from app.flows.read_session import commands_of, files_of
from app.flows.search_history import search_history
from app.flows.show_case import show_case
from app.flows.synchronise import synchronise

SEARCHED = ("lock", "4,200")
"""A word from a note, and one that only the terminal showed."""


def gather(world: World, case_id: UUID, out: Path) -> dict[str, Any]:
    """Bo fetches everything, the service is switched off, and Bo reads. Writes files into `out`."""
    received = synchronise(world.bo).received
    world.narrator.tell(f"Bo fetches what is new: {received} events, and the recording.")
    world.stop_service()
    world.narrator.tell("The service is switched off.")
    case = show_case(world.bo, case_id).case
    facts = {
        "case": {"id": str(case.id), "status": case.status.value},
        "diagnostics": _diagnostics(world.bo, case, out),
        "session": _session(world.bo, case.sessions[-1], out) if case.sessions else None,
        "work": {"notes": len(case.notes), "seconds": case.seconds_worked},
        "sync": {"sent": _sent(case, world.anna), "received": received},
        "offline": (offline := _offline(world)),
    }
    world.narrator.tell(
        f"Bo finds “{'” and “'.join(SEARCHED)}” in {offline['found']} places, "
        f"in {offline['search_ms']:.1f} ms, with no network."
    )
    return facts


def _diagnostics(reader: Party, case: Case, out: Path) -> dict[str, Any] | None:
    """What the customer shared, as it came to the colleague."""
    content = reader.store.blob(case.report) if case.report else None
    if content is None:
        return None
    (out / "diagnostics.json").write_bytes(content)
    report = json.loads(content)
    shared = next(event.body for event in case.timeline if event.kind == "diagnostics_shared")
    findings = {level.value: sum(finding.level is level for finding in case.findings) for level in Level}
    return {
        "checks": len(report["findings"]),
        "seconds": report["seconds"],
        "findings": findings,
        "redactions": getattr(shared, "redactions", 0),
    }


def _session(reader: Party, session: Session, out: Path) -> dict[str, Any]:
    """The session as its recording and its audit tell of it."""
    recording = reader.store.blob(session.recording) if session.recording else None
    if recording is not None:
        (out / "session.cast").write_bytes(recording)
    return {
        "relay": session.relay,
        "connect_seconds": session.connect_seconds,
        "commands": [
            {"command": done.command, "exit_status": done.exit_status} for done in commands_of(reader, session)
        ],
        "files": [
            {"name": file.name, "bytes": file.bytes, "sha256": file.sha256} for file in files_of(reader, session)
        ],
        "recording": str(out / "session.cast") if recording is not None else None,
        "audit_head": session.audit_head.head if session.audit_head else None,
    }


def _sent(case: Case, party: Party) -> int:
    """How many events of this party's own device have reached the colleague."""
    return sum(event.device == party.store.device for event in case.timeline)


def _offline(world: World) -> dict[str, Any]:
    began = time.perf_counter()
    found = sum(len(search_history(world.bo, word)) for word in SEARCHED)
    milliseconds = (time.perf_counter() - began) * 1000
    return {"service_running": world.service_running, "found": found, "search_ms": round(milliseconds, 2)}
