"""The process that hosts one session: `python -m app.remote.customer.process`, spoken to over its stdin and stdout.

It holds the session's private keys, the shells and the files, and nothing else of Bistand. When its parent
goes away, by whatever cause, it ends everything that the session started and then itself.
"""

# ruff: noqa: E402 - the platform comes first, so that mypy passes over the rest on Windows

import sys

assert sys.platform != "win32"  # noqa: S101 - no session is hosted on Windows yet

import logging
import os
import signal
import threading
from typing import BinaryIO

from app.domain.events import EndReason
from app.remote.customer import control
from app.remote.customer.processes import adopt_orphans, cap_memory, die_with_parent
from app.remote.customer.serving import Serving
from app.remote.customer.voice import Voice
from app.remote.errors import RemoteError
from app.system.garbage import collect_seldom

_log = logging.getLogger(__name__)

_STACK_BYTES = 512 * 1024  # of each thread; the usual 8 MB would use up the memory cap with the sixtieth


def main() -> None:
    """Host one session, from `Begin` to `Over`. Never returns."""
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    incoming, outgoing = _take_streams()
    adopt_orphans()
    cap_memory()
    threading.stack_size(_STACK_BYTES)
    collect_seldom()
    begin = control.read(incoming, control.TO_HOST)
    if not isinstance(begin, control.Begin):
        sys.exit(2)
    voice = Voice(outgoing)
    try:
        serving = Serving(begin, voice)
    except (RemoteError, OSError) as error:
        voice.say(control.Refused(why=str(error)))
        voice.close()
        os._exit(1)
    threading.excepthook = lambda failed: _broke(failed, serving)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: serving.stop_soon(EndReason.FAULT, "the app went away"))
    die_with_parent(begin.parent)
    threading.Thread(target=_obey, args=(incoming, serving), name="control", daemon=True).start()
    voice.say(control.Ready(host_key=serving.host_key, link_key=serving.link_key))
    serving.wait()
    voice.close()
    os._exit(0)  # without Python's own end: threads of paramiko could hold it up


def _broke(failed: threading.ExceptHookArgs, serving: Serving) -> None:
    """A thread ended by what nobody had foreseen, as for want of memory. What it was to see to, nobody does now."""
    _log.error("A thread of the session broke.", exc_info=failed.exc_value)
    serving.stop(EndReason.FAULT, "something broke in the session's own process")


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    """The control streams, moved out of the way of everything that this process starts."""
    incoming, outgoing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    return os.fdopen(incoming, "rb"), os.fdopen(outgoing, "wb")


def _obey(incoming: BinaryIO, serving: Serving) -> None:
    """Do what the app says until it is gone."""
    while True:
        try:
            message = control.read(incoming, control.TO_HOST)
        except RemoteError:
            serving.stop(EndReason.FAULT, "the app said something that makes no sense")
            return
        match message:
            case control.Stop():
                serving.stop(message.reason)
            case None:
                serving.stop(EndReason.FAULT, "the app went away")
                return
            case _:
                _do(message, serving)


def _do(message: control.ToHost, serving: Serving) -> None:
    match message:
        case control.Listen():
            serving.listen(message.door)
        case control.NoDoor():
            serving.no_door(over=message.over)
        case control.Paired():
            serving.pair(message.technician, message.key)
        case control.NewGrants():
            serving.set_grants(message.grants, message.asked)
        case control.Declined():
            serving.decline(message.asked)
        case control.Pause():
            serving.pause(message.paused)
        case control.Secret():
            serving.type_secret(message.run, message.text)
        case _:
            _log.warning("A message that does not belong here: %s", message.kind)


if __name__ == "__main__":
    main()
