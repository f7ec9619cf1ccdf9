"""Respect runs both ways (rule 14): thanks are read by those they are for, and a crossed line by the owner alone."""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from app.domain.case import Case
from app.domain.events import CaseClosed, Event, LineCrossed, SolutionProposed, WorkRecorded
from app.flows.party import Party
from app.flows.synchronise import send_soon
from app.flows.words import MOST_LETTERS, remark, words
from app.system.translations import _, resources

_GUIDANCE = "line-crossed.txt"
_MOST = 100
"""How many thanks are told at once: each is read from its whole case."""


@dataclass(frozen=True, slots=True)
class Thanks:
    """What a customer said when it was fixed. `at` is UTC; `helpers` are the names of those it is for."""

    case_id: UUID
    title: str
    at: datetime
    customer: str
    text: str
    helpers: tuple[str, ...]


def list_thanks(party: Party, *, everybody: bool = False) -> tuple[Thanks, ...]:
    """The newest thanks for this technician that are on this machine, or for everybody; the newest first."""
    thanks = (_thanks(party, event) for event in reversed(party.store.events_of_kind("case_closed")))
    me = party.me.id
    return tuple(islice((one for one, helpers in filter(None, thanks) if everybody or me in helpers), _MOST))


def _thanks(party: Party, event: Event) -> tuple[Thanks, frozenset[UUID]] | None:
    """What was said, and the ids of whom it is for; None where nothing was."""
    if not isinstance(event.body, CaseClosed) or not event.body.thanks:
        return None
    case = party.store.case(event.stream_id)
    helpers = _helpers(case)
    names = tuple(helpers.values())
    return Thanks(case.id, case.title, event.at, event.author.name, event.body.thanks, names), frozenset(helpers)


def guidance(party: Party) -> str:
    """What the shop wants done when a line was crossed: its own text in the home, or else the one that comes along."""
    for path in (party.home.folder / _GUIDANCE, resources() / "guidance" / _GUIDANCE):
        try:
            return path.read_text(encoding="utf-8").strip()[:MOST_LETTERS]
        except (OSError, UnicodeDecodeError):
            continue
    return ""


def report_line_crossed(party: Party, case_id: UUID, text: str, follow_up: str = "") -> Event:
    """Tell the owner, and nobody else. The owner is asked to follow it up, with these words if there are any."""
    body = LineCrossed(
        text=words(text, _("Say what happened, as it was. Only the owner reads it.")),
        follow_up=remark(follow_up) or _("Please talk with me about it."),
    )
    event = party.write(case_id, body)
    send_soon(party)
    return event


def _helpers(case: Case) -> dict[UUID, str]:
    """Who has the case, and who worked on it or solved it before."""
    did = (event.author for event in case.timeline if isinstance(event.body, WorkRecorded | SolutionProposed))
    people = [*([case.technician] if case.technician else []), *did]
    return {person.id: person.name for person in people}
