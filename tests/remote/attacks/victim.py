"""The customer's end for strangers to attack: `python -m tests.remote.attacks.victim SOCKET KEY GRANTS`.

A process of its own under the hosting process's own memory cap, so that what the attacker needs is not counted. It
lets in whoever comes to the Unix socket as `app.remote.customer.serving` does, writes its host key, and then a line of
facts for each line that it is sent.
"""

# ruff: noqa: E402 - the platform comes first

import sys

assert sys.platform != "win32"
import json
import logging
import os
import socket
import threading
import time
from contextlib import suppress
from typing import Any

import paramiko

from app.domain.consent import Grants, PortGrant
from app.remote.customer.colleague import Watching
from app.remote.customer.ports import Passage
from app.remote.customer.processes import cap_memory
from app.remote.customer.server import Guest, Server
from app.remote.customer.terminal import Run, Window
from app.remote.errors import RemoteError
from app.remote.gate import Gate
from app.remote.keys import new_key, public_text
from app.remote.transport import CUSTOMER_WINDOW, LOGIN_SECONDS, HardenedTransport, inner_transport
from app.system.clock import SystemClock

HANGS_AFTER = 8.0
"""Seconds that a transport may live on once its far end has hung up."""
MOST_REMEMBERED = 20


class Watched(Server):
    """Remembers every channel that was granted, and whether its owner had logged in."""

    def __init__(self, key: str, gate: Gate, seen: "Seen") -> None:
        super().__init__(Guest("Anna", key), gate, seen, seen.note)
        self._seen = seen

    def opened(self, channel: paramiko.Channel) -> None:
        super().opened(channel)
        self._seen.channels += 1
        self._seen.unknown += not channel.get_transport().is_authenticated()


class Seen:
    """What came to pass. It does no work: whatever it is asked to do should not have come so far."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.connections = self.messages = self.logins = self.channels = self.unknown = self.refused = 0
        self.worked: list[str] = []
        self.hung: list[str] = []
        self.crashed: list[str] = []
        threading.excepthook = self.crash

    def crash(self, args: "threading.ExceptHookArgs") -> None:
        self.crashed.append(f"{args.thread.name if args.thread else '?'}: {args.exc_type.__name__} {args.exc_value}")

    def note(self, kind: str, subject: str, **facts: str | int | bool) -> None:
        self.refused += kind == "refused"

    def has_room(self) -> bool:
        return True

    def opened(self, channel: paramiko.Channel) -> None:
        """The server keeps it itself."""

    def run(self, channel: paramiko.Channel, command: str | None, window: Window | None, sent: dict[str, str]) -> Run:
        self.worked.append(f"ran {command!r:.60}")
        return Run(
            len(self.worked),
            channel,
            command,
            window,
            record=_nothing,
            on_fault=_nothing,
            on_end=_nothing,
            hold=_nothing,
            on_prompt=_nothing,
        )

    def files(self, channel: paramiko.Channel, server: paramiko.ServerInterface) -> None:
        self.worked.append("served files")

    def port(self, channel: paramiko.Channel, grant: PortGrant) -> Passage:
        self.worked.append(f"went to {grant.host}")
        return Passage(channel, grant, self.note, _nothing)

    def audit(self, channel: paramiko.Channel) -> bool:
        self.worked.append("sent the audit")
        return True

    def watch(self, channel: paramiko.Channel, name: str) -> Watching:
        self.worked.append(f"was watched by {name}")
        return Watching(channel, lambda: False, _nothing)

    def facts(self) -> dict[str, Any]:
        named = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
        return {
            "connections": self.connections, "messages": self.messages, "logins": self.logins,
            "channels": self.channels, "unknown": self.unknown, "refused": self.refused,
            "worked": self.worked[:MOST_REMEMBERED], "hung": self.hung[:MOST_REMEMBERED],
            "crashed": self.crashed[:MOST_REMEMBERED], "threads": sorted(named),
        }  # fmt: skip


class Door:
    """Lets everybody come as far as they can."""

    def __init__(self, path: str, technician: str, grants: Grants) -> None:
        self.key = new_key()
        self.seen = Seen()
        self._technician = technician
        self._gate = Gate(grants, SystemClock())
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen(64)
        threading.Thread(target=self._accept, name="door", daemon=True).start()

    def _accept(self) -> None:
        while True:
            met, _ = self._listener.accept()
            threading.Thread(target=self._welcome, args=(met,), name="welcome", daemon=True).start()

    def _welcome(self, met: socket.socket) -> None:
        transport = inner_transport(met, "technician", CUSTOMER_WINDOW)
        transport.add_server_key(self.key)
        self._count(transport)
        began = time.monotonic()
        with suppress(paramiko.SSHException, OSError, EOFError):
            transport.start_server(event=threading.Event(), server=Watched(self._technician, self._gate, self.seen))
            while transport.is_active() and (transport.logged_in.is_set() or time.monotonic() - began < LOGIN_SECONDS):
                transport.join(0.05)
        transport.shut()
        transport.join(HANGS_AFTER)
        with self.seen.lock:
            self.seen.connections += 1
            self.seen.logins += transport.logged_in.is_set()
            if transport.is_alive():
                self.seen.hung.append(f"after {time.monotonic() - began:.0f} s")

    def _count(self, transport: HardenedTransport) -> None:
        read = transport.packetizer.read_message

        def counted() -> tuple[int, paramiko.Message]:
            try:
                message = read()
            except EOFError:
                raise
            except Exception:
                self._add()
                raise
            self._add()
            return message

        transport.packetizer.read_message = counted  # type: ignore[method-assign]  # for this one object

    def _add(self) -> None:
        with self.seen.lock:
            self.seen.messages += 1


def _nothing(*_: object) -> None:
    """Nobody listens."""


def main() -> None:
    logging.disable(logging.CRITICAL)
    cap_memory()
    path, technician, grants = sys.argv[1:]
    door = Door(path, technician, Grants.model_validate_json(grants))
    print(public_text(door.key), flush=True)
    for _ in sys.stdin:
        print(json.dumps(door.seen.facts()), flush=True)
    os._exit(0)


if __name__ == "__main__":
    with suppress(RemoteError):
        main()
