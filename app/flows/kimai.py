"""Tell Kimai what was worked: each piece once, however often it is sent, and anew where it was corrected."""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.domain.events import WorkKind
from app.domain.progress import Counted, uncounted
from app.flows.errors import BadInputError, KimaiBusyError, NoKimaiTokenError
from app.flows.kimai_file import KimaiFileError, KimaiPlaces
from app.flows.party import Party
from app.flows.timesheet import Entry
from app.store.lock import held
from app.sync.errors import KimaiRefusedError, NotKimaiError
from app.sync.kimai import MARK, KimaiClient, KimaiPiece, KimaiUser, mark, wall_clock

_BILLABLE = {WorkKind.COVERED, WorkKind.SPECIAL, WorkKind.TRAVEL}
_BUSY_SECONDS = 0.5
_TOKEN = re.compile(r"[!-~]{1,500}")
_REPEATED = (
    "it began or ended in the hour that the clock repeats in autumn, and Kimai cannot be told which of the two is "
    "meant. Enter it there by hand, and end its description with {mark}"
)


@dataclass(frozen=True, slots=True)
class NotSent:
    """A piece of work that Kimai has not, or has not as it is, and why."""

    entry: Entry
    reason: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the pieces. `copied` are those of which Kimai has more than one record, made there by hand."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    not_sent: tuple[NotSent, ...] = ()
    copied: tuple[Entry, ...] = ()


def keep_token(party: Party, url: str, token: str) -> KimaiUser:
    """Keep the token in the keyring, for this Kimai alone, once it was seen to open it.

    Raises `KimaiError`, and `BadInputError` for what can be no token.
    """
    token = token.strip()
    if not _TOKEN.fullmatch(token):
        raise BadInputError("That is no token of Kimai's: it is one word of letters and digits.")
    with _client(url, token) as client:
        user = client.me()
        party.secrets.set(_secret(client.url), token)
    return user


def forget_token(party: Party, url: str) -> None:
    """Take the token of this Kimai out of the keyring."""
    with _client(url, None) as client:
        party.secrets.forget(_secret(client.url))


def own_entries(party: Party, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Those that this device's technician worked: a token of Kimai's stands for one person."""
    return tuple(entry for entry in entries if entry.technician_id == party.me.id)


def send_to_kimai(
    party: Party, url: str, entries: Sequence[Entry], places: KimaiPlaces, progress: Counted = uncounted
) -> Sent:
    """Look for each piece there by its mark; add it, change it, or leave it. `progress` counts pieces.

    A piece that Kimai refuses stops no other. What stops all raises `KimaiError`; then, as after a stop by `progress`,
    what was sent stays sent, and the next time goes on. Raises `KimaiFileError` before anything is sent,
    `NoKimaiTokenError`, and `KimaiBusyError` where another program of this home is at it.
    """
    targets = _targets(entries, places)
    with _client(url, None) as client:
        token = party.secrets.get(_secret(client.url))
    if not token:
        raise NoKimaiTokenError(client.url)
    with _alone(party), _client(url, token) as client:
        zone = _zone(client)
        sent = Sent()
        for done, target in enumerate(targets):
            progress(done, len(targets))
            sent = _send(client, target, zone, sent)
    return sent


@dataclass(frozen=True, slots=True)
class _Target:
    """A piece of work and where it belongs in Kimai."""

    entry: Entry
    project: int
    activity: int


def _send(client: KimaiClient, target: _Target, zone: ZoneInfo, sent: Sent) -> Sent:
    entry, piece = target.entry, _piece(target, zone)
    try:
        rows = client.find(entry.id)
        if len(rows) > 1:
            sent = replace(sent, copied=(*sent.copied, entry))
        if _is_repeated(entry.start, zone) or _is_repeated(entry.end, zone):
            if rows and rows[0].is_at(piece, zone):  # somebody entered it by hand
                return replace(sent, unchanged=sent.unchanged + 1)
            return replace(sent, not_sent=(*sent.not_sent, NotSent(entry, _REPEATED.format(mark=mark(entry.id)))))
        if not rows:
            client.create(piece)
            return replace(sent, created=sent.created + 1)
        if rows[0].is_like(piece, zone):
            return replace(sent, unchanged=sent.unchanged + 1)
        client.change(rows[0].id, piece)
        return replace(sent, changed=sent.changed + 1)
    except KimaiRefusedError as error:
        return replace(sent, not_sent=(*sent.not_sent, NotSent(entry, error.reason)))


def _piece(target: _Target, zone: ZoneInfo) -> KimaiPiece:
    entry = target.entry
    words = "".join(letter if letter.isprintable() else " " for letter in MARK.sub("", entry.text))
    return KimaiPiece(
        begin=wall_clock(entry.start, zone),
        end=wall_clock(entry.end, zone),
        project=target.project,
        activity=target.activity,
        description=f"{words.strip()} {mark(entry.id)}".strip(),
        billable=entry.kind in _BILLABLE,
    )


def _is_repeated(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether the wall clock shows the same time twice on that day, here and an hour apart."""
    local = moment.astimezone(zone)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _zone(client: KimaiClient) -> ZoneInfo:
    name = client.me().timezone
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise NotKimaiError(client.url, f"it names “{name[:60]}” as its user's time zone") from error


def _targets(entries: Sequence[Entry], places: KimaiPlaces) -> tuple[_Target, ...]:
    """Where each piece belongs. Raises `KimaiFileError` with all that is missing at once."""
    targets, customers, kinds = [], set(), set()
    for entry in entries:
        project, activity = places.project_of(entry.customer), places.activity_of(entry.kind)
        if project is None:
            customers.add(f"“{entry.customer}”")
        if activity is None:
            kinds.add(entry.kind.value)
        if project is not None and activity is not None:
            targets.append(_Target(entry, project, activity))
    lacking = [f"a project for {', '.join(sorted(customers))}"] if customers else []
    lacking += [f"an activity for {', '.join(sorted(kinds))}"] if kinds else []
    if lacking:
        raise KimaiFileError(
            f"The file of Kimai's numbers lacks {' and '.join(lacking)}. Name it there, or a `project` and an "
            "`activity` for all that is not named. Nothing was sent."
        )
    return tuple(targets)


def _secret(url: str) -> str:
    """The name that a token goes by in the keyring: no other address is ever shown it."""
    return f"kimai token {url}"


@contextmanager
def _client(url: str, token: str | None) -> Iterator[KimaiClient]:
    client = KimaiClient(url, token=lambda: token)
    try:
        yield client
    finally:
        client.close()


@contextmanager
def _alone(party: Party) -> Iterator[None]:
    """Two programs that look for a piece at once would both not find it, and both add it."""
    with ExitStack() as lock:
        try:
            lock.enter_context(held(party.home.folder / "kimai.lock", _BUSY_SECONDS))
        except OSError as error:
            raise KimaiBusyError from error
        yield
