"""Makes the store that later programs must be able to open, and tells what they must find in it.

`python -m tests.store.make_before` writes it as today's program does, into `made_before/schema-N.db`. It is made once,
with the release that brings schema N, and is never changed.
"""

from pathlib import Path
from uuid import UUID

from app.domain import events as ev
from app.domain.events import Confirmed
from app.store.opening import steps
from app.store.store import Store
from tests.store.parts import JENS, METTE, START, add_note, foreign, open_case, opened

HERE = Path(__file__).parent / "made_before"
CASE, OTHER_CASE, SESSION = UUID(int=11), UUID(int=12), UUID(int=13)
NOTES = ("Kører igen efter genstart", "Not sent yet")
REFUSED, REASON = "Refused", "Sanne has this case."
STAMP = "a stamp of the service"
REPORT, RECORDING = b"a report", b'{"version": 2, "width": 80, "height": 24}\n[0.5, "o", "hello"]\n'
MISSING = "ab" * 32


def made_by(schema: int) -> Path:
    """The store that the program with this schema made."""
    return HERE / f"schema-{schema}.db"


def fill(store: Store) -> None:
    """Put something of everything into it."""
    open_case(store, "The printer prints stripes", CASE)
    report = store.put_blob(REPORT)
    shared = ev.DiagnosticsShared(findings=(), redactions=2, report=report)
    store.append(METTE, ev.Stream.CASE, CASE, shared)
    first = add_note(store, CASE, NOTES[0])
    confirmed = [(event.id, number) for number, event in enumerate(store.outbox(9), 1)]
    store.accept(confirmed)
    store.blob_sent(report)
    recording = store.receive_blob(RECORDING)
    ended = ev.SessionEnded(session=SESSION, reason=ev.EndReason.EXPIRED, seconds=9, recording=recording, audit=MISSING)
    came = foreign(CASE, ended, author=JENS)
    store.receive([Confirmed(version=4, stamp=STAMP, event=came)], "the cursor")
    store.index_terminal(CASE, SESSION, START, "uptime 09:00 up 3 days")
    add_note(store, CASE, NOTES[1])
    refused = add_note(store, CASE, REFUSED)
    store.refuse(refused.id, REASON)
    store.discard(refused.id)
    open_case(store, "Second case", OTHER_CASE)
    store.set_value("last seen", str(first.device_seq))


if __name__ == "__main__":
    with opened(made_by(len(steps()))) as made:
        fill(made)
    for left in ("lock", "mark"):
        made_by(len(steps())).with_suffix(f".{left}").unlink()
