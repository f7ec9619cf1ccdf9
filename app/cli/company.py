"""What goes along with a technician's session in a terminal: wishes, forwards, OpenSSH's programs, and plain news."""

import argparse
import shlex
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.cli.common import plain
from app.cli.permissions import parse_forward, parse_wish
from app.domain.consent import ColleagueWish, Wish
from app.domain.errors import BistandError, UsageError
from app.domain.reference import reference
from app.flows.join_session import Answer, JoinedSession, RefusedByCustomerError, RemoteError
from app.flows.sentences import granted

_MINUTES = 30
_PATIENCE = 300.0
_TICK = 0.5


class NotAllowedError(BistandError):
    """The customer did not allow what was asked for."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is wanted besides the steps: wishes with their minutes, forwards, and where the ssh_config goes."""

    wishes: tuple[tuple[Wish, int], ...]
    forwards: tuple[tuple[int, str, int], ...]
    config: Path | None


def planned(options: argparse.Namespace) -> Plan:
    """What the arguments say. Raises `UsageError`, before the code is used."""
    wishes = tuple((wish, minutes or _MINUTES) for wish, minutes in map(parse_wish, options.ask))
    if wishes and not (options.why or "").strip():
        raise UsageError("Say why, the customer reads it: --why TEXT.")
    config = options.ssh_config.expanduser().absolute() if options.ssh_config is not None else None
    return Plan(wishes, tuple(map(parse_forward, options.forward)), config)


class Company:
    """Tells on stderr what holds and what changes, and keeps what goes along. `over` is set once the session is."""

    def __init__(self, joined: JoinedSession, over: threading.Event) -> None:
        self._joined = joined
        self._over = over
        self._paused = joined.paused
        self._allowed = ""
        self._here: tuple[str, ...] = ()
        self._config: Path | None = None
        self.forwards: list[dict[str, object]] = []
        self._tell_what_holds()
        joined.on_change(self._tell_what_holds)
        joined.on_reach(tell_reach)

    @property
    def is_there(self) -> bool:
        """Whether anything goes along."""
        return bool(self.forwards) or self._config is not None

    @property
    def can_have_a_terminal(self) -> bool:
        """Whether a terminal is allowed, and one is here to show it in."""
        return sys.stdin.isatty() and self._joined.grants.allows_terminal(datetime.now(UTC))

    @property
    def facts(self) -> dict[str, object]:
        """For scripts."""
        return {"forwards": self.forwards, "ssh_config": str(self._config) if self._config else None}

    def ask(self, wishes: tuple[tuple[Wish, int], ...], why: str) -> None:
        """Ask the customer for each of them. Raises `NotAllowedError` where one is not allowed."""
        for wish, minutes in wishes:
            what = plain(granted(wish))
            tell_sentence(f"Asking the customer whether you may {what}, for {minutes} minutes.")
            match self._joined.ask(wish, minutes, why, _PATIENCE):
                case Answer.ALLOWED:
                    tell_sentence(f"The customer allows you to {what}.")
                    if isinstance(wish, ColleagueWish):
                        tell_sentence(_how_to_come(wish, self._joined))
                case Answer.DECLINED:
                    raise NotAllowedError(f"The customer does not want you to {what}. Talk it over with them.")
                case Answer.SILENT:
                    raise NotAllowedError(f"The customer has not answered whether you may {what}. Talk to them.")

    def open(self, plan: Plan) -> None:
        """Begin what goes along. Raises `RemoteError` where a port or the file cannot be had."""
        for local, host, port in plan.forwards:
            made = self._joined.forward(local, host, port, _tell_failure)
            self.forwards.append({"port": made.port, "host": host, "to_port": port})
            tell_sentence(f"127.0.0.1:{made.port} goes to {host}, port {port}, at the customer's.")
        if plan.config is not None:
            self._joined.ssh_config(plan.config, _tell_failure)
            self._config = plan.config
            tell_sentence(f"Now this works, until the session ends: ssh -F {shlex.quote(str(plan.config))} customer")

    def stay(self) -> None:
        """Wait for Ctrl-C, a polite end, or the session's."""
        tell_sentence("Ctrl-C ends the session.")
        stay(self._over)

    @contextmanager
    def hint(self, wish: str) -> Iterator[None]:
        """Where the customer has not allowed it, say how to ask."""
        try:
            yield
        except RefusedByCustomerError:
            if self._joined.paused:
                tell_sentence("The customer has paused the session. Ask them to let it go on.")
            else:
                tell_sentence(f"You can ask for it first: --ask {shlex.quote(plain(wish))} --why TEXT")
            raise

    def _tell_what_holds(self) -> None:
        """Say what is allowed, who is here and whether the customer has paused, where it is news. Session's threads."""
        paused, now = self._joined.paused, datetime.now(UTC)
        if paused is not self._paused:
            self._paused = paused
            tell_sentence("The customer has paused the session." if paused else "The customer lets the session go on.")
        here, before = self._joined.colleagues, self._here
        self._here = here
        for name in (*here, *before):
            if name not in before or name not in here:
                tell_sentence(f"{name} {'is here now' if name in here else 'is not here any more'}.")
        live = self._joined.grants.live(now).grants
        allowed = ", ".join(f"{granted(grant)} (until {grant.until.astimezone():%H:%M})" for grant in live)
        if allowed != self._allowed:
            self._allowed = allowed
            tell_sentence(f"The customer allows you to: {allowed or 'do nothing more'}.")


def _how_to_come(wish: ColleagueWish, joined: JoinedSession) -> str:
    types = " --type" if wish.may_type else ""
    return (
        f"The customer sees a code for {wish.name} now, and reads it out. "
        f"{wish.name} types: bistand connect {reference(joined.case_id)} --code CODE --watch{types}"
    )


def stay(over: threading.Event) -> None:
    """Wait for Ctrl-C, a polite end, or until it is over."""
    enough = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: enough.set()) for number in numbers}
    try:
        while not (enough.wait(_TICK) or over.is_set()):
            pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def tell_reach(reached: bool) -> None:
    """The customer's computer is lost, or is back."""
    tell_sentence(
        "The customer's computer is back." if reached else "The connection is lost. It is tried again, for two minutes."
    )


def _tell_failure(error: RemoteError) -> None:
    tell_sentence(str(error))


def tell_sentence(sentence: str) -> None:
    """Say it on stderr, where the terminal may just be in the hands of the far shell."""
    end = "\r\n" if sys.stderr.isatty() else "\n"
    print(plain(sentence), end=end, file=sys.stderr, flush=True)
