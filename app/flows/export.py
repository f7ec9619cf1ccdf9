"""Everything on this device as JSON Lines, for whoever wants to keep it or to read it with another program.

The first line tells what it is, the last how much there was: a file without its last line is not whole. Between them
are events, each as it was written and with how far it has come, and the names of files.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.domain.progress import Counted, uncounted
from app.flows.errors import ExportNotWrittenError
from app.flows.party import Party
from app.store.everything import Everything, KeptEvent, KeptFile
from app.system.paths import replacing

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Exported:
    """How much was written. `missing` counts the files that events name and that are not here."""

    events: int
    files: int
    missing: int


def export(party: Party, path: Path, progress: Counted = uncounted) -> Exported:
    """Write it into a private file, whole or not at all, in place of what was there.

    It is of one moment, whatever other programs write meanwhile. `progress` counts events, on the store's thread, and
    what it raises stops the work; then nothing was changed. Raises `ExportNotWrittenError`.
    """
    try:
        with replacing(path) as file:
            return party.store.read_all(lambda all_of_it: _write(party, _lines(file, path), all_of_it, progress))
    except OSError as error:
        raise ExportNotWrittenError(path, error.strerror or str(error)) from error


_Put = Callable[[dict[str, object], str], None]


def _write(party: Party, put: _Put, all_of_it: Everything, progress: Counted) -> Exported:
    me = party.settings.me
    put(
        {
            "line": "about",
            "format": FORMAT,
            "made": party.clock.now().isoformat(),
            "device": str(party.store.device),
            "provider": party.settings.provider_name,
            "person": me.name if me else None,
        },
        "",
    )
    events = files = missing = 0
    for event in all_of_it.events:
        progress(events, all_of_it.count)
        put(_about(event), f', "event": {event.json}')
        events += 1
    for file in all_of_it.files:
        put(_file(file), "")
        files, missing = files + 1, missing + (file.bytes is None)
    put({"line": "end", "events": events, "files": files}, "")
    return Exported(events, files, missing)


def _about(event: KeptEvent) -> dict[str, object]:
    about: dict[str, object] = {"line": "event", "state": event.state, "version": event.version}
    if event.reason is not None:
        about |= {"reason": event.reason, "became": event.settlement, "replaced_by": event.replaced_by}
    return about | {"files": event.blobs}


def _file(file: KeptFile) -> dict[str, object]:
    return {"line": "file", "sha256": file.sha256, "bytes": file.bytes, "here": file.bytes is not None}


def _lines(file: BinaryIO, path: Path) -> _Put:
    def put(facts: dict[str, object], rest: str) -> None:
        line = f"{json.dumps(facts, ensure_ascii=False)[:-1]}{rest}}}\n"
        try:
            file.write(line.encode())
        except OSError as error:  # else the store would take it for a fault of its own disk
            raise ExportNotWrittenError(path, error.strerror or str(error)) from error

    return put
