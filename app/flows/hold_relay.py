"""A further relay at work: it asks the service for orders, does them, and tells what it carries. Outbound only."""

import logging
import secrets as randomness
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from pydantic import ValidationError

from app.domain.errors import BistandError
from app.domain.people import Role
from app.domain.records import Record
from app.domain.relay import Order, OrderAnswer, OrderKind, RelayLoad, RelayReport
from app.flows.errors import RelayFailedError, RelayNotEnrolledError
from app.remote.errors import RelayStoppedError
from app.remote.relay.relay import Relay, RelayInfo
from app.sync.errors import ServiceRefusedError, SyncError, UnauthorisedError
from app.sync.relay import LONGEST_WAIT, RelayClient
from app.system.clock import new_id
from app.system.secrets import Secrets

__all__ = ["HeldRelay", "RelayHealth", "RelayInfo", "RelayPass", "enrol_relay", "relay_pass"]

_log = logging.getLogger(__name__)

_IN_KEYRING = "relay"
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 5.0
_GOODBYE_SECONDS = 3.0


class RelayPass(Record):
    """What this machine is to a service: kept whole in the keyring, since it holds the token."""

    service: str
    name: str
    provider: str
    token: str


class RelayHealth(Record):
    """How a further relay is. `heard` tells whether the service took its last report."""

    heard: bool
    load: RelayLoad


def enrol_relay(secrets: Secrets, url: str, code: str) -> RelayPass:
    """Trade the owner's one-time code for a token, kept in the keyring. Raises what the service says."""
    client = RelayClient(url, token=lambda: None)
    try:
        enrolled = client.enrol(code, new_id())
    finally:
        client.close()
    if enrolled.me.role is not Role.RELAY:
        raise RelayNotEnrolledError
    passed = RelayPass(service=client.url, name=enrolled.me.name, provider=enrolled.provider, token=enrolled.token)
    secrets.set(_IN_KEYRING, passed.model_dump_json())
    return passed


def relay_pass(secrets: Secrets, url: str) -> RelayPass:
    """What this machine has been to this service since it enrolled. Raises `RelayNotEnrolledError`."""
    try:
        passed = RelayPass.model_validate_json(secrets.get(_IN_KEYRING) or "")
    except ValidationError:
        raise RelayNotEnrolledError from None
    if passed.service != url.strip().rstrip("/"):
        raise RelayNotEnrolledError
    return passed


class HeldRelay:
    """A service object: `start`, `close`. `relay` is running already, and stays so while the service is away.

    `on_fault` is called, on a thread of its own, once it cannot go on: the access was taken away, or sshd has ended.
    """

    def __init__(self, relay: Relay, client: RelayClient, on_fault: Callable[[BistandError], None]) -> None:
        self._relay = relay
        self._client = client
        self._on_fault = on_fault
        self._run_id = new_id()
        self._stopping = threading.Event()
        self._heard = threading.Event()
        self._thread = threading.Thread(target=self._work, name="relay orders", daemon=True)

    def start(self) -> None:
        """Begin to ask for orders. The first report is made at once."""
        self._thread.start()

    @property
    def health(self) -> RelayHealth:
        """How it is."""
        return RelayHealth(heard=self._heard.is_set(), load=self._relay.load)

    def wait_until_heard(self, seconds: float) -> bool:
        """Whether the service has taken a report, waiting so long at most."""
        return self._heard.wait(seconds)

    def close(self) -> None:
        """Say goodbye to the service, for three seconds at most, and ask no more. The relay itself is left running."""
        self._stopping.set()
        goodbye = threading.Thread(target=self._say_goodbye, name="relay goodbye", daemon=True)
        goodbye.start()
        goodbye.join(_GOODBYE_SECONDS)
        self._client.close()
        if self._thread.ident is not None:
            self._thread.join()

    def _say_goodbye(self) -> None:
        if self._heard.is_set():
            try:
                self._client.leave()
            except SyncError as error:
                _log.info("the service will notice by itself that this relay stopped: %s", error)

    def _work(self) -> None:
        fault: BistandError = RelayFailedError()
        try:
            self._ask_again_and_again()
        except BistandError as error:
            fault = error
        finally:
            if not self._stopping.is_set():
                self._on_fault(fault)

    def _ask_again_and_again(self) -> None:
        answers: tuple[OrderAnswer, ...] = ()
        pause = _FIRST_PAUSE
        while not self._stopping.is_set():
            if not self._relay.is_open:
                raise RelayStoppedError
            report = RelayReport(run=self._run_id, load=self._relay.load, held=self._relay.held, answers=answers)
            try:
                wait = LONGEST_WAIT if self._heard.is_set() else 0  # the first one tells at once that it is heard
                orders = self._client.report(report, wait).orders
            except SyncError as error:
                self._heard.clear()
                if isinstance(error, UnauthorisedError) or _is_final(error):
                    raise
                _log.warning("the service cannot be reached: %s", error)
                self._stopping.wait(pause * (0.5 + randomness.randbelow(1000) / 1000))  # relays shall not come in step
                pause = min(_LONGEST_PAUSE, pause * 2)
                continue
            self._heard.set()
            pause = _FIRST_PAUSE
            answers = tuple(self._obeyed(orders))

    def _obeyed(self, orders: Iterable[Order]) -> Iterator[OrderAnswer]:
        """Do them in their order; those that put somebody out, as many as come together, at once."""
        for puts_out, some in groupby(orders, lambda order: order.kind is OrderKind.EXPEL):
            if puts_out:
                yield from self._put_out(list(some))
            else:
                yield from map(self._let_in, some)

    def _put_out(self, orders: list[Order]) -> Iterator[OrderAnswer]:
        try:
            self._relay.expel_all({order.session for order in orders})
        except BistandError:
            _log.exception("keys could not be taken away; the service will ask for it again")
        yield from (OrderAnswer(order=order.id) for order in orders)

    def _let_in(self, order: Order) -> OrderAnswer:
        try:
            customer = order.kind is OrderKind.ADMIT_CUSTOMER
            admit = self._relay.admit_customer if customer else self._relay.admit_technician
            return OrderAnswer(order=order.id, door=admit(order.session, order.key or ""))
        except BistandError as error:
            _log.warning("an order cannot be done: %s", error)
            return OrderAnswer(order=order.id, refusal=str(error)[:500])


def _is_final(error: SyncError) -> bool:
    """Whether asking again is in vain: no right to, or another version's words. Others come from what lies between."""
    return isinstance(error, ServiceRefusedError) and error.status in (403, 422)
