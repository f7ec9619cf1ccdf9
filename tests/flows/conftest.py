"""A real service, and people with real stores, in one process; their keys are in memory."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import pytest

from app.domain.consent import Grants
from app.flows.ask_for_help import HelpRequest, ask_for_help
from app.flows.enrol import enrol
from app.flows.party import Party
from app.service import admin
from app.service.app import create_app
from app.service.run import RunningService
from app.service.settings import ServiceSettings
from app.store.key import store_key
from app.store.store import Store
from app.system.clock import SystemClock
from app.system.paths import Home, private_folder
from app.system.secrets import MemorySecrets
from app.system.settings import Settings


class Town:
    """Whoever takes part: a service, customers and technicians."""

    def __init__(self, folder: Path, cleaning: ExitStack) -> None:
        self._folder = folder
        self._cleaning = cleaning
        self._data = ServiceSettings(data=private_folder(folder / "service"))
        admin.init(self._data, "Example IT")
        self.service = RunningService(create_app(self._data, None))
        self.url = self.service.start()
        cleaning.callback(self.service.close)

    def somebody(self, name: str) -> Party:
        """A fresh machine."""
        home = Home(private_folder(self._folder / name))
        secrets, clock = MemorySecrets(), SystemClock()
        store = Store(home.store, store_key(secrets), device=home.identity(), clock=clock)
        party = Party(home, clock, secrets, store, Settings(provider=self.url))
        self._cleaning.callback(party.close)
        return party

    def customer_with_case(self, about: str = "The printer prints nothing") -> tuple[Party, UUID]:
        """Somebody who asked for help, and their case."""
        lone = self.somebody("lone")
        return lone, ask_for_help(lone, HelpRequest("Lone Møller", about, None, Grants()))

    def technician(self, name: str) -> Party:
        """Somebody of the shop."""
        party = self.somebody(name)
        enrol(party, self.url, admin.add_technician(self._data, name))
        return party


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A town with a service and nobody in it yet."""
    with ExitStack() as cleaning:
        yield Town(tmp_path, cleaning)
