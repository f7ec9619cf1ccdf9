"""The one place where objects meet: builds the customer's app, the desk and the service.

Each function loads what it builds: a command in a terminal starts without windows and without the service, and
a window is on the screen before the store is opened.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.errors import BistandError

if TYPE_CHECKING:
    from uuid import UUID

    from app.desk.window import DeskWindow
    from app.flows.hold_relay import HeldRelay, RelayInfo
    from app.flows.party import Party
    from app.gethelp.window import GetHelpWindow
    from app.service.owner import OwnerTasks
    from app.service.settings import ServiceSettings
    from app.system.paths import Home
    from app.system.secrets import Secrets


def build_party(home: Home, secrets: Secrets, provider: str | None = None) -> Party:
    """An identity at work on its home. Close it when done."""
    from app.flows.party import Party
    from app.store.key import store_key
    from app.store.store import Store
    from app.system import settings
    from app.system.clock import SystemClock

    clock = SystemClock()
    device = home.identity()
    store = Store(home.store, store_key(secrets, home.folder), device=device, clock=clock)
    party = Party(home, clock, secrets, store, settings.load(home))
    if provider is not None:
        try:
            party.turn_to(provider)
        except BaseException:
            party.close()
            raise
    return party


@contextmanager
def open_party(*, ephemeral: bool = False, provider: str | None = None) -> Iterator[Party]:
    """The identity of `BISTAND_HOME`, its secrets in the OS keyring; or a throw-away one.

    Raises `NoKeyringError` before anything is written where there is no keyring.
    """
    from app.system import paths
    from app.system.secrets import KeyringSecrets, MemorySecrets

    if ephemeral:
        with tempfile.TemporaryDirectory(prefix="bistand-") as folder:
            yield from _closing(build_party(paths.Home(Path(folder)), MemorySecrets(), provider))
    else:
        home = paths.home()
        yield from _closing(build_party(home, KeyringSecrets(home.identity()), provider))


def _closing(party: Party) -> Iterator[Party]:
    try:
        yield party
    finally:
        party.close()


def run_gethelp(*, provider: str | None, ephemeral: bool) -> int:
    """Open the customer's window and stay until it is closed. Raises `NoDisplayError`.

    What keeps the identity from being opened is told in the window, and raised once that is closed.
    """
    from app.gethelp.opening import Opening
    from app.widgets.application import run_window

    faults: list[BistandError] = []
    with ExitStack() as closing:

        def party() -> Party:
            try:
                return closing.enter_context(open_party(ephemeral=ephemeral, provider=provider))
            except BistandError as error:
                faults.append(error)
                raise

        code = run_window(lambda: Opening(party), instead="Ask from a terminal: bistand gethelp --console.")
    if faults:
        raise faults[0]
    return code


def run_desk(*, ephemeral: bool) -> int:
    """Open the technician's window and stay until it is closed; where it is open already, have that one shown.

    Raises `NoDisplayError`, `OpenAlreadyError`.
    """
    from app.desk.window import DeskWindow
    from app.system.paths import home
    from app.widgets.application import application, require_display, run_window
    from app.widgets.only_one import OnlyOne

    instead = "Work from a terminal: bistand cases, bistand connect."
    require_display(instead)
    application()
    only = None if ephemeral else OnlyOne(home().folder, "desk")
    if only is not None and not only.claim():
        return 0
    with open_party(ephemeral=ephemeral) as party:

        def window() -> DeskWindow:
            made = DeskWindow(party)
            if only is not None:
                only.shows(made)
            return made

        return run_window(window, instead=instead)


def build_windows(customer: Party, technician: Party, *, offscreen: bool) -> tuple[GetHelpWindow, DeskWindow]:
    """Both kinds of windows in one program, not yet shown: for the demo."""
    from app.desk.window import DeskWindow
    from app.gethelp.window import GetHelpWindow
    from app.widgets.application import application

    application(offscreen=offscreen)
    return GetHelpWindow(customer), DeskWindow(technician)


def show_both_windows(customer: Party, technician: Party) -> UUID | None:
    """Both windows, until both are closed. Returns the case, where one was opened."""
    from app.widgets.application import stay

    windows = build_windows(customer, technician, offscreen=False)
    windows[0].move(0, 0)
    windows[1].move(windows[0].width(), 0)  # side by side
    stay(windows)
    return windows[0].case_id


@dataclass(frozen=True, slots=True)
class ServiceOptions:
    """How the owner wants the service to run."""

    db: str | None = None
    data: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8470
    tls: tuple[Path, Path] | None = None
    behind_proxy: bool = False
    with_relay: bool = True
    relay_host: str | None = None
    metrics_token: Path | None = None
    limits: Path | None = None
    blobs: str | None = None
    blobs_endpoint: str | None = None


def run_service(options: ServiceOptions, on_ready: Callable[[str], None]) -> None:
    """Serve until Ctrl-C, with a relay beside it. `on_ready` gets the URL once requests are answered.

    What the service has to say goes to stderr as JSON; `BISTAND_LOG` names the level.
    """
    from app.system.logs import log_as_json

    log_as_json(os.environ.get("BISTAND_LOG", "WARNING").upper())  # first: libraries log while they are imported
    from app.remote.relay.relay import Relay
    from app.service.app import create_app
    from app.service.limits_file import read_limits
    from app.service.run import Tls, serve
    from app.service.settings import Limits
    from app.service.tokens import metrics_token_hash

    token = metrics_token_hash(options.metrics_token) if options.metrics_token else None
    limits = read_limits(options.limits) if options.limits else Limits()
    settings = _service_settings(options.db, options.data, options.blobs, options.blobs_endpoint).model_copy(
        update={"metrics_token_hash": token, **dict(limits)}
    )
    relay = Relay(None, host=options.host, advertise=options.relay_host) if options.with_relay else None
    if relay is not None:
        relay.start()
    try:
        app = create_app(settings, relay)
        tls = Tls(*options.tls) if options.tls else None
        serve(app, options.host, options.port, on_ready, tls=tls, behind_proxy=options.behind_proxy)
    finally:
        if relay is not None:
            relay.close()


@dataclass(frozen=True, slots=True)
class RelayOptions:
    """How the owner wants a further relay to run. A `code` makes this machine one; `host` is where it listens."""

    service: str
    code: str | None = None
    host: str = "127.0.0.1"
    relay_host: str | None = None
    customers_port: int = 0
    technicians_port: int = 0
    ephemeral: bool = False


@contextmanager
def hold_relay(
    options: RelayOptions, on_fault: Callable[[BistandError], None]
) -> Iterator[tuple[RelayInfo, HeldRelay]]:
    """A further relay that serves until this is left. Raises before anything listens where it is not enrolled."""
    from app.flows.hold_relay import HeldRelay, enrol_relay, relay_pass
    from app.remote.relay.relay import Relay
    from app.sync.relay import RelayClient
    from app.system import paths
    from app.system.secrets import KeyringSecrets, MemorySecrets

    secrets = MemorySecrets() if options.ephemeral else KeyringSecrets(paths.home().identity())
    if options.code is not None:
        passed = enrol_relay(secrets, options.service, options.code)
    else:
        passed = relay_pass(secrets, options.service)
    relay = Relay(
        None,
        host=options.host,
        advertise=options.relay_host,
        customers_port=options.customers_port,
        technicians_port=options.technicians_port,
    )
    with relay:
        held = HeldRelay(relay, RelayClient(passed.service, token=lambda: passed.token), on_fault)
        held.start()
        try:
            yield relay.info, held
        finally:
            held.close()


def init_service(db: str | None, data: Path | None, provider: str) -> None:
    """Set a service up under the shop's name."""
    from app.service import admin

    admin.init(_service_settings(db, data), provider)


def upgrade_service(db: str | None, data: Path | None) -> Path | None:
    """Bring the database up to this program; returns the copy that was made first, if any."""
    from app.service import admin

    return admin.upgrade(_service_settings(db, data))


def move_service(db: str | None, data: Path | None, target: str) -> dict[str, int]:
    """Copy a service to another, empty database; returns how many rows each table has."""
    from app.service.moving import move

    return move(_service_settings(db, data), target)


def add_technician(db: str | None, data: Path | None, name: str) -> str:
    """Make a technician known; returns the one-time enrolment code."""
    from app.service import admin

    return admin.add_technician(_service_settings(db, data), name)


def revoke_technician(db: str | None, data: Path | None, name: str) -> None:
    """Close the service to a technician, at once."""
    from app.service import admin

    admin.revoke(_service_settings(db, data), name)


def add_relay(db: str | None, data: Path | None, name: str) -> str:
    """Make a further relay known; returns its one-time enrolment code."""
    from app.service import admin

    return admin.add_relay(_service_settings(db, data), name)


def revoke_relay(db: str | None, data: Path | None, name: str) -> None:
    """Close the service to a further relay."""
    from app.service import admin

    admin.revoke_relay(_service_settings(db, data), name)


def owner_tasks(
    db: str | None, data: Path | None, blobs: str | None = None, blobs_endpoint: str | None = None
) -> OwnerTasks:
    """What the owner does with a service's data: back up, restore, check, erase a person, tell them what is held."""
    from app.service.owner import OwnerTasks

    return OwnerTasks(_service_settings(db, data, blobs, blobs_endpoint))


def _service_settings(
    db: str | None, data: Path | None, blobs: str | None = None, blobs_endpoint: str | None = None
) -> ServiceSettings:
    from app.service.settings import ServiceSettings
    from app.system import paths

    folder = paths.private_folder(data or paths.home().folder / "service")
    return ServiceSettings(data=folder, db=db, blobs_at=blobs, blobs_endpoint=blobs_endpoint)
