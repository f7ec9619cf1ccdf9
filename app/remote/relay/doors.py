"""The two running sshds: started through the keeper, their logs followed, their connections found and ended.

sshd ends no connection when its key is taken away, so we do: its log names the process that serves a key.
"""

import contextlib
import json
import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from pathlib import Path

import psutil

from app.remote.errors import RelayStartError
from app.remote.relay.door_log import DoorLog
from app.remote.relay.sshd import Account, Side

_log = logging.getLogger(__name__)
_KEEPER = Path(__file__).with_name("keeper.py")
_START_SECONDS = 15
_END_SECONDS = 4
_LISTENS = re.compile(r"^Server listening on \S+ port \d+\.")
_ACCEPTED = re.compile(
    r"^auth\.c:auth_log\(\):\d+ \(pid=(?P<pid>\d{1,9})\): Accepted publickey for \S+ from \S+ port \d+ ssh2: "
    r"ED25519 (?P<fingerprint>SHA256:[A-Za-z0-9+/]{43})$"
)
_TURNED_AWAY = re.compile(r"^(Connection (closed|reset) by|Disconnect(ed|ing)( from)?) (authenticating|invalid) user ")
_FEW = 64


class Doors:
    """Both sshds and the threads that follow their logs. `is_admitted` is asked, on such a thread, at each login."""

    def __init__(
        self,
        sshd: str,
        folder: Path,
        configs: Mapping[Side, Path],
        account: Account,
        is_admitted: Callable[[Side, str], bool],
    ) -> None:
        self._is_admitted = is_admitted
        self._lock = threading.Lock()
        self._served: list[tuple[Side, str, psutil.Process]] = []
        self._many = _FEW
        self._refusals = 0
        self._listening = {side: threading.Event() for side in configs}
        self._ended = threading.Event()
        self._last_words: list[str] = []
        self._keeper, logs = _start_keeper(sshd, folder, configs, account)
        self._own = {self._keeper.pid}
        self._logs = {side: DoorLog(log, partial(self._note, side)) for side, log in logs.items()}
        self._followers = [
            threading.Thread(target=self._follow, args=(side,), name=f"relay {side}", daemon=True) for side in configs
        ]
        for follower in self._followers:
            follower.start()

    def wait_until_open(self) -> None:
        """Return once both listen. Raises `RelayStartError` with sshd's own words; then everything is ended."""
        for event in self._listening.values():
            if not event.wait(_START_SECONDS) or self._ended.is_set():
                self.close()
                raise RelayStartError(
                    "sshd did not start: " + (" ".join(self._last_words)[-500:] or "it said nothing.")
                )
        self._own |= {child.pid for child in psutil.Process(self._keeper.pid).children()}

    @property
    def are_open(self) -> bool:
        """Whether both sshds run."""
        return not self._ended.is_set() and self._keeper.poll() is None

    @property
    def refusals(self) -> int:
        """How many logins sshd has turned away."""
        return self._refusals

    def live(self) -> list[tuple[Side, str]]:
        """The live connections: at which door, with which key."""
        with self._lock:
            self._leave_out_the_ended()
            return [(side, key) for side, key, _ in self._served]

    def end(self, keys: Collection[tuple[Side, str]]) -> None:
        """End the live connections of these keys; they are gone when this returns, or a warning was logged."""
        for log in self._logs.values():
            log.catch_up()  # whoever came in a moment ago with one of these keys is known by it
        with self._lock:
            named = [process for side, key, process in self._served if (side, key) in keys]
        _kill(named)
        self.end_orphans()

    def end_orphans(self) -> None:
        """End what lost its sshd in the moment that it was ended: the keeper has inherited it."""
        with contextlib.suppress(psutil.NoSuchProcess):
            for pid in _children(self._keeper.pid):
                if pid not in self._own and (child := self._descendant(pid)) and child.status() != psutil.STATUS_ZOMBIE:
                    _kill([child])

    def close(self) -> None:
        """End both sshds and every connection. Closing twice does nothing."""
        if self._keeper.stdin is not None:
            self._keeper.stdin.close()
        try:
            self._keeper.wait(_START_SECONDS)
        except subprocess.TimeoutExpired:
            _log.warning("the relay's keeper did not end by itself")
            _kill([psutil.Process(self._keeper.pid)])
            self._keeper.wait()
        for follower in self._followers:
            if follower is not threading.current_thread():
                follower.join(_END_SECONDS)

    def _follow(self, side: Side) -> None:
        self._logs[side].follow()
        self._ended.set()
        self._listening[side].set()  # so that nobody waits for it any longer

    def _note(self, side: Side, line: str) -> None:
        if accepted := _ACCEPTED.match(line):
            try:
                self._serve(side, accepted["fingerprint"], int(accepted["pid"]))
            except psutil.Error:
                _log.exception("the relay's log could not be acted on")
        elif _LISTENS.match(line):
            self._listening[side].set()
        elif _TURNED_AWAY.match(line):
            with self._lock:
                self._refusals += 1
        elif not self._listening[side].is_set():
            self._last_words.append(line)
        _log.debug("%s: %s", side, line)

    def _serve(self, side: Side, fingerprint: str, pid: int) -> None:
        process = self._descendant(pid)
        if process is None:
            return
        with self._lock:
            self._served.append((side, fingerprint, process))
            if len(self._served) > self._many:  # each look costs, and a crowd may come at once
                self._leave_out_the_ended()
                self._many = max(_FEW, 2 * len(self._served))
        if not self._is_admitted(side, fingerprint):
            _kill([process])  # its key was taken away while it came in

    def _leave_out_the_ended(self) -> None:
        self._served = [entry for entry in self._served if entry[2].is_running()]

    def _descendant(self, pid: int) -> psutil.Process | None:
        """The process, if it descends from our sshds: nobody else's is ever ended."""
        try:
            process = psutil.Process(pid)
            return process if any(parent.pid == self._keeper.pid for parent in process.parents()) else None
        except psutil.NoSuchProcess:
            return None


def _children(pid: int) -> list[int]:
    """Its children's ids: asked each second, so without a look at every process of the machine where that goes."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:  # this kernel does not tell
        return [child.pid for child in psutil.Process(pid).children()]


def _kill(processes: Iterable[psutil.Process]) -> None:
    """End connections: the process that guards each and the one that serves it."""
    doomed = []
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.suspend()  # so that it starts no further process meanwhile
            doomed.append(process)
            doomed += [psutil.Process(child) for child in _children(process.pid)]
    for one in doomed:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    _, alive = psutil.wait_procs(doomed, timeout=_END_SECONDS)
    if alive:
        _log.warning("a connection at the relay did not end: %s", [one.pid for one in alive])


def _start_keeper(
    sshd: str, folder: Path, configs: Mapping[Side, Path], account: Account
) -> tuple[subprocess.Popen[bytes], dict[Side, int]]:
    pipes = {side: os.pipe() for side in configs}
    told = {
        "sshd": sshd,
        "folder": str(folder),
        "uid": account.uid,
        "gid": account.gid,
        "doors": [[str(configs[side]), writer] for side, (_, writer) in pipes.items()],
    }
    writers = [writer for _, writer in pipes.values()]
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", str(_KEEPER), json.dumps(told)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=writers[0],
            pass_fds=writers,
            cwd="/",
            env={"PATH": os.environ.get("PATH", os.defpath)},
            start_new_session=True,  # Ctrl-C in a terminal is for the owner, who then ends us
        )
    except OSError as error:
        for reader, _ in pipes.values():
            os.close(reader)
        raise RelayStartError(f"The relay cannot start its keeper: {error.strerror}.") from error
    finally:
        for writer in writers:
            os.close(writer)
    return process, {side: reader for side, (reader, _) in pipes.items()}
