"""A shop on this machine: a service, a relay, a customer and technicians, each a program of its own with its own home.

Everything is done with the very command that people type, in processes of their own, with a real keyring.
"""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from weakref import WeakSet

_PATIENCE = 60.0


@dataclass(frozen=True)
class Done:
    """What a command ended with."""

    code: int
    out: str
    err: str

    @property
    def facts(self) -> Any:
        """What it printed as JSON."""
        assert self.code == 0, self.err
        return json.loads(self.out)


_RUNNING: "WeakSet[Running]" = WeakSet()
"""Everybody's: where one waits in vain, another may have said why."""


@dataclass(eq=False)
class Running:
    """A command that prints a JSON object a line while it runs."""

    process: subprocess.Popen[str]
    lines: "queue.Queue[dict[str, Any] | None]" = field(default_factory=queue.Queue)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        _RUNNING.add(self)
        self._readers = [
            threading.Thread(target=self._read_out, daemon=True),
            threading.Thread(target=self._read_errors, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def event(self, name: str) -> dict[str, Any]:
        """The next event of this name; those before it are passed over."""
        while True:
            try:
                line = self.lines.get(timeout=_PATIENCE)
            except queue.Empty:
                said = "; ".join(f"{one.process.args!r}: {one.process.poll()}, {one.errors}" for one in _RUNNING)
                raise AssertionError(f"“{name}” did not come. What runs, its end and what it said: {said}") from None
            assert line is not None, f"it ended before “{name}”: {''.join(self.errors)}"
            if line["event"] == name:
                return line

    def interrupt(self) -> None:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def end(self) -> int:
        """Wait for its end, or end it by its id. Returns its exit code."""
        try:
            return self.process.wait(timeout=_PATIENCE)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            for reader in self._readers:
                reader.join(timeout=5)
            for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
                if pipe:
                    pipe.close()

    def _read_out(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(json.loads(line))
        self.lines.put(None)

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        self.errors.extend(self.process.stderr)


class Person:
    """Somebody at a machine of their own: a home, a keyring, a terminal."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        self.home = home
        self.environment = {**os.environ, **environment, "BISTAND_HOME": str(home), "NO_COLOR": "1"}

    def types(self, *words: str, typing: str = "", **more: Any) -> Done:
        """Run `bistand WORDS` to its end."""
        command = [sys.executable, "-m", "app.cli.main", *words]
        done = subprocess.run(
            command,
            env=self.environment,
            input=typing,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
            **more,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def starts(self, *words: str) -> Running:
        """Run `bistand WORDS` and go on."""
        command = [sys.executable, "-m", "app.cli.main", *words]
        process = subprocess.Popen(
            command,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return Running(process)


class Shop:
    """The owner's machine, and everybody else's."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        self._environment = environment
        self._running: list[Running] = []
        self.owner = self.person("owner")
        self.url = ""

    def __enter__(self) -> Self:
        assert self.owner.types("admin", "init", "--name", "Example IT").code == 0
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for running in reversed(self._running):
            if running.process.poll() is None:
                running.process.terminate()
            running.end()

    def open(self, port: int = 0, *words: str) -> None:
        """Start the service and its relay."""
        self._service = self.keep(self.owner.starts("serve", "--port", str(port), "--json", *words))
        self.url = self._service.event("ready")["url"]

    def close(self) -> None:
        """Stop the service and its relay."""
        self._service.interrupt()
        assert self._service.end() == 0, "".join(self._service.errors)

    def person(self, name: str) -> Person:
        """Somebody with a fresh machine."""
        return Person(self._folder / name, self._environment)

    def technician(self, name: str) -> Person:
        """Somebody who is enrolled as a technician."""
        person = self.person(name.lower())
        code = self.owner.types("admin", "technician", "add", name, "--json").facts["code"]
        assert person.types("enrol", self.url, code, "--json").facts["technician"] == name
        return person

    def asks_for_help(self, customer: Person, about: str, grants: str = "", **more: str) -> Running:
        """A customer at a console asks, and waits with a code."""
        words = ["gethelp", "--console", "--json", "--provider", self.url, "--about", about]
        words += ["--grant", grants] if grants else []
        for name, value in more.items():
            words += [f"--{name}", value]
        return self.keep(customer.starts(*words))

    def keep(self, running: Running) -> Running:
        """Have it ended with the shop."""
        self._running.append(running)
        return running
