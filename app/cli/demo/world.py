"""The demo's world: a service with its relay, a customer and two technicians, each with a home of their own."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from app.cli.demo.narrator import Narrator
from app.domain.errors import BistandError
from app.flows.enrol import enrol
from app.flows.party import Party
from app.system.paths import Home, private_folder
from app.system.secrets import MemorySecrets
from app.wiring import add_technician, build_party, init_service

PROVIDER = "Example IT"


class WorldError(BistandError):
    """The demo's own service did not come up."""


class World:
    """Everybody and everything in the demo. The homes are throw-away, and their keys are in memory only."""

    def __init__(self, narrator: Narrator) -> None:
        self.narrator = narrator
        self._cleaning = contextlib.ExitStack()
        self.url = ""

    def __enter__(self) -> Self:
        # A polite end takes the way of Ctrl-C, so that nothing is left running.
        signal.signal(signal.SIGTERM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
        try:
            self._build()
        except BaseException:
            self._cleaning.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cleaning.close()

    def stop_service(self) -> None:
        """Switch the service and its relay off, and wait until they are gone."""
        if self._service.poll() is None:
            self._service.terminate()
        self._service.wait(timeout=15)

    @property
    def service_running(self) -> bool:
        """Whether the service's process is there."""
        return self._service.poll() is None

    def _build(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="bistand-demo-"))
        self._cleaning.callback(shutil.rmtree, self.folder, ignore_errors=True)
        data = private_folder(self.folder / "service")
        init_service(None, data, PROVIDER)
        self.url = self._serve(data)
        self.narrator.tell(f"{PROVIDER} runs its service and an OpenSSH relay on this machine: {self.url}")
        self.documents = self._customers_documents()
        self.lone = self._party("lone")
        self.lone.remember(self.lone.settings.model_copy(update={"provider": self.url, "provider_name": PROVIDER}))
        self.anna = self._technician("Anna", data)
        self.bo = self._technician("Bo", data)
        self.narrator.tell("Anna and Bo are technicians; Lone is a customer. Each has a home and a store of their own.")

    def _serve(self, data: Path) -> str:
        command = [sys.executable, "-m", "app.cli.main", "serve", "--data", str(data), "--port", "0", "--json"]
        environment = {**os.environ, "BISTAND_HOME": str(self.folder / "owner")}
        self._service = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        self._cleaning.callback(self._end_service)
        assert self._service.stdout is not None  # noqa: S101 - Popen was asked for it
        line = self._service.stdout.readline()
        if not line:
            raise WorldError("The demo's service did not start; the lines before this one say why.")
        return str(json.loads(line)["url"])

    def _end_service(self) -> None:
        try:
            self.stop_service()
        except subprocess.TimeoutExpired:
            self._service.kill()
            self._service.wait()
        if self._service.stdout is not None:
            self._service.stdout.close()

    def _party(self, name: str) -> Party:
        party = build_party(Home(private_folder(self.folder / name)), MemorySecrets())
        self._cleaning.callback(party.close)
        return party

    def _technician(self, name: str, data: Path) -> Party:
        party = self._party(name.lower())
        enrol(party, self.url, add_technician(None, data, name))
        return party

    def _customers_documents(self) -> Path:
        """What lies on the customer's machine, with the trouble in it."""
        folder = private_folder(self.folder / "Documents" / "Invoices")
        (folder / "invoice-2041.txt").write_text("Invoice 2041\n3 chairs, 1 table: 4,200 kr.\n")
        (folder / "invoice-2041.txt.lock").write_text("locked by a program that crashed\n")
        return folder
