"""People with real stores on this machine, and the story of a case, for windows to show. No service is needed."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from app.domain import events as ev
from app.domain.consent import Grants, TerminalGrant
from app.domain.finding import Finding, Level
from app.domain.people import Author, Role
from app.flows.party import TOKEN, Party
from app.store.key import store_key
from app.store.store import Store
from app.system.clock import SystemClock, new_id
from app.system.paths import Home, private_folder
from app.system.secrets import MemorySecrets
from app.system.settings import Settings

NOBODY_LISTENS = "http://127.0.0.1:9"
LONE = Author(role=Role.CUSTOMER, id=new_id(), name="Møller & Søn")
FINDINGS = tuple(
    Finding(check=name, level=level, sentence=sentence, seconds=0.1)
    for name, level, sentence in (
        ("disks", Level.NOTICE, "The disk / is nearly full: 2.1 GB of 250 GB are free."),
        ("services", Level.PROBLEM, "The print service is not running."),
        ("network", Level.OK, "The network works: the way out answers in 2 ms."),
    )
)


def party(folder: Path, me: Author | None, provider: str | None = NOBODY_LISTENS) -> Party:
    """Somebody with a home and a real store. Close it."""
    home = Home(private_folder(folder))
    secrets, clock = MemorySecrets(), SystemClock()
    if me is not None:
        secrets.set(TOKEN, "a token that no service knows")
    store = Store(home.store, store_key(secrets), device=home.identity(), clock=clock)
    return Party(home, clock, secrets, store, Settings(provider=provider, provider_name="Example IT", me=me))


def technician(folder: Path, name: str = "Anna") -> Party:
    """A technician whose service cannot be reached."""
    return party(folder, Author(role=Role.TECHNICIAN, id=new_id(), name=name))


def open_case(someone: Party, about: str, *, waits: bool = False, customer: Author = LONE) -> UUID:
    """A case as its customer would have opened it."""
    case_id = new_id()
    until = someone.clock.now() + timedelta(hours=1)

    def write(body: ev.Body) -> None:
        someone.store.append(customer, ev.Stream.CASE, case_id, body)

    write(ev.CaseOpened(about=about, machine="Windows 11, PC-MOLLER-2"))
    report = hashlib.sha256(b"report").hexdigest()
    write(ev.DiagnosticsShared(findings=FINDINGS, redactions=7, report=report))
    write(ev.ConsentGiven(shares_diagnostics=True, grants=Grants(grants=(TerminalGrant(until=until),))))
    if waits:
        write(ev.SessionOffered(session=new_id()))
    return case_id


def recorded_session(someone: Party, case_id: UUID, output: str) -> UUID:
    """A session that is over, with a recording of this output, as a technician would have kept it."""
    session = new_id()
    me, stream = someone.me, ev.Stream.CASE
    lines = ['{"version": 2, "width": 80, "height": 24, "timestamp": 1763814600}']
    lines += [_frame(place * 0.4, line) for place, line in enumerate(output.splitlines(keepends=True))]
    recording = someone.store.put_blob(("\n".join(lines) + "\n").encode())
    someone.store.append(LONE, stream, case_id, ev.SessionOffered(session=session))
    keys = {"customer_key": "ssh-ed25519 A", "technician_key": "ssh-ed25519 B", "relay": "relay.example.com:443"}
    someone.store.append(LONE, stream, case_id, ev.SessionStarted(session=session, technician=me.name, **keys))
    ended = ev.SessionEnded(
        session=session, reason=ev.EndReason.TECHNICIAN_LEFT, seconds=812, commands=6, files=1, recording=recording
    )
    event = someone.store.append(me, stream, case_id, ended)
    someone.store.index_terminal(case_id, session, event.at, output)
    return session


def _frame(at: float, line: str) -> str:
    return json.dumps([round(at, 3), "o", line.replace("\n", "\r\n")])
