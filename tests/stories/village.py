"""A service and people with stores of their own, who type commands: all in one process, so that a story takes a second.

What is typed goes through the very command, as a person's program would run it; only that each has a process of its
own, and a keyring, is left to the other stories.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from app.domain.consent import Grants
from app.flows.ask_for_help import HelpRequest, ask_for_help
from app.flows.party import Party
from tests.flows.conftest import Town
from tests.stories.shop import Done


class Village:
    """Who lives there, and what they type."""

    def __init__(self, town: Town, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self._town, self._patch, self._capture = town, patch, capture
        self.data = town._data.data

    def technician(self, name: str) -> Party:
        """Somebody of the shop."""
        return self._town.technician(name)

    def asks(self, name: str, about: str) -> tuple[Party, str]:
        """A customer who asks for help, and their case."""
        party = self._town.somebody(name.split(maxsplit=1)[0].lower())
        return party, self.asks_again(party, name, about)

    def asks_again(self, party: Party, name: str, about: str) -> str:
        """Another case of theirs."""
        return str(ask_for_help(party, HelpRequest(name, about, None, Grants())))

    def goes_away(self) -> None:
        """The service cannot be reached any more."""
        self._town.service.close()

    def types(self, party: Party, *words: str) -> Done:
        """Run `bistand WORDS` on this person's machine."""

        @contextmanager
        def opened(**_: Any) -> Iterator[Party]:
            yield party

        self._patch.setattr(import_module(f"app.cli.{words[0].replace('-', '_')}"), "open_party", opened)
        return self._run(*words)

    def owner_types(self, *words: str) -> Done:
        """Run `bistand admin WORDS` where the service's data lies."""
        return self._run("admin", *words, "--data", str(self.data))

    def _run(self, *words: str) -> Done:
        self._capture.readouterr()
        code = main(words)
        return Done(code, *self._capture.readouterr())


def agreement(folder: Path, **more: str) -> Path:
    """A file with the small office's agreement; `hourly="850"` and the like change a line."""
    source = Path(__file__).parents[2] / "resources" / "agreements" / "small-office.toml"
    lines = source.read_text().splitlines()
    changed = [
        next((f"{name} = {value}" for name, value in more.items() if line.startswith(f"{name} = ")), line)
        for line in lines
    ]
    path = folder / "agreement.toml"
    path.write_text("\n".join(changed))
    return path
