"""A shop whose people type many small commands, in the test's own process: that takes a tenth of the time.

The commands, the stores, the keyring and the service are the real ones, and the service is a program of its own. All
stories of one run share the shop; each has a customer and a case to itself.
"""

import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, NamedTuple
from unittest.mock import patch

import keyring
from keyring.backends import SecretService

from app.cli.main import main
from tests.ports import refusing_port
from tests.stories.shop import Done, Person, Shop


class Typist(Person):
    """Somebody at a machine of their own, who types here."""

    def types(self, *words: str, **_: Any) -> Done:
        """Run `bistand WORDS` to its end."""
        out, err = io.StringIO(), io.StringIO()
        with patch.dict(os.environ, self.environment), redirect_stdout(out), redirect_stderr(err):
            code = main(words)
        return Done(code, out.getvalue(), err.getvalue())

    def facts(self, *words: str) -> Any:
        """What the command prints with `--json`; it must succeed."""
        return self.types(*words, "--json").facts

    def fails(self, *words: str) -> str:
        """What the command says on stderr; it must not succeed, and must not be a fault of the program's."""
        done = self.types(*words)
        assert done.code in (1, 2), done.out
        assert "Traceback" not in done.err
        return done.err

    def case(self, case: str) -> dict[str, Any]:
        """The case as it stands here once all is fetched."""
        assert self.types("sync").code == 0
        found: dict[str, Any] = self.facts("case", case)
        return found

    def reads(self, case: str) -> list[str]:
        """The sentences of the case's timeline, once all is fetched."""
        return [entry["text"] for entry in self.case(case)["timeline"]]

    @contextmanager
    def offline(self) -> Iterator[None]:
        """At their provider's address nobody answers, as long as this lasts."""
        settings = self.home / "settings.json"
        online = settings.read_text()
        with refusing_port() as port:
            settings.write_text(online.replace(json.loads(online)["provider"], f"http://127.0.0.1:{port}"))
            yield
        settings.write_text(online)


class Asked(NamedTuple):
    """A customer, and the case that they opened. Anna has it."""

    customer: Typist
    case: str


class Street(Shop):
    """The shop, with Anna and Bo."""

    anna: Typist
    bo: Typist

    def person(self, name: str) -> Typist:
        """Somebody with a fresh machine."""
        return Typist(self._folder / name, self._environment)

    def technician(self, name: str) -> Typist:
        """Somebody who is enrolled as a technician."""
        person = super().technician(name)
        assert isinstance(person, Typist)
        return person

    def settle(self) -> None:
        """Have Anna and Bo come."""
        self.anna, self.bo = self.technician("Anna"), self.technician("Bo")

    def asks(self, name: str, about: str = "The printer hums, and prints nothing") -> Asked:
        """A customer asks for help at a console, and Anna takes the case."""
        customer = self.person(name.lower())
        words = ("gethelp", "--console", "--provider", self.url, "--about", about, "--name", name)
        case = customer.facts(*words)["case"]
        assert self.anna.types("sync").code == 0
        assert self.anna.facts("take", case)["case"] == case
        return Asked(customer, case)


@contextmanager
def keyring_of(environment: dict[str, str]) -> Iterator[None]:
    """This process finds the keyring that is told of there, and afterwards the one from before."""
    before = keyring.get_keyring()
    with patch.dict(os.environ, environment):
        keyring.set_keyring(SecretService.Keyring())  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        keyring.set_keyring(before)
