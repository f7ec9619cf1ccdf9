"""The one place where objects meet: builds the customer's app, the desk and the service."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.flows.party import Party
from app.store.key import store_key
from app.store.store import Store
from app.system import paths, settings
from app.system.clock import SystemClock
from app.system.paths import Home
from app.system.secrets import KeyringSecrets, MemorySecrets, Secrets


def build_party(home: Home, secrets: Secrets, provider: str | None = None) -> Party:
    """An identity at work on its home. Close it when done."""
    clock = SystemClock()
    device = home.identity()
    store = Store(home.store, store_key(secrets), device=device, clock=clock)
    party = Party(home, clock, secrets, store, settings.load(home))
    if provider is not None and provider != party.settings.provider:
        party.remember(_with_provider(party.settings, provider))
    return party


@contextmanager
def open_party(*, ephemeral: bool = False, provider: str | None = None) -> Iterator[Party]:
    """The identity of `BISTAND_HOME`, its secrets in the OS keyring; or a throw-away one.

    Raises `NoKeyringError` before anything is written where there is no keyring.
    """
    if ephemeral:
        with tempfile.TemporaryDirectory(prefix="bistand-") as folder:
            yield from _closing(build_party(Home(Path(folder)), MemorySecrets(), provider))
    else:
        home = paths.home()
        yield from _closing(build_party(home, KeyringSecrets(home.identity()), provider))


def _closing(party: Party) -> Iterator[Party]:
    try:
        yield party
    finally:
        party.close()


def _with_provider(old: settings.Settings, provider: str) -> settings.Settings:
    """A customer may turn to another provider, to which they are nobody yet."""
    return old.model_copy(update={"provider": provider, "provider_name": None, "me": None})
