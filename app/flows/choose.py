"""Ask the customer which way to go, with what speaks for each; the choice is theirs, or left to the technician."""

from collections.abc import Sequence
from uuid import UUID

from app.domain.events import MOST_WAYS, AlternativeChosen, AlternativesOffered, Event, Way
from app.flows.errors import BadInputError
from app.flows.named import one_of
from app.flows.party import Party
from app.flows.synchronise import send_soon
from app.flows.words import A_LINE, remark, words
from app.system.translations import _


def way(title: str, pros: Sequence[str] = (), cons: Sequence[str] = ()) -> Way:
    """One of the ways. Raises `BadInputError`."""
    if max(len(pros), len(cons)) > MOST_WAYS:
        raise BadInputError(_("At most {most} points speak for or against one way.").format(most=MOST_WAYS))
    empty = _("Every way has a title, and every point for or against it some words.")
    return Way(
        title=words(title, empty, A_LINE),
        pros=tuple(words(text, empty, A_LINE) for text in pros),
        cons=tuple(words(text, empty, A_LINE) for text in cons),
    )


def offer_alternatives(party: Party, case_id: UUID, text: str, ways: Sequence[Way]) -> Event:
    """Ask the customer to choose. Raises `RefusedError` where the case is not one's own."""
    text = words(text, _("Say in a sentence what is to be decided: the customer reads it."))
    if not 2 <= len(ways) <= MOST_WAYS:
        raise BadInputError(_("Name two ways or more, and at most {most}.").format(most=MOST_WAYS))
    event = party.write(case_id, AlternativesOffered(text=text, ways=tuple(ways)))
    send_soon(party)
    return event


def choose(party: Party, case_id: UUID, number: int | None, text: str = "", untrusted_question: str = "") -> Event:
    """The customer's choice; None leaves it to the technician (rule 1). Without a name, of the newest question.

    Raises `NothingAskedError`, and `RefusedError` for anybody else.
    """
    if number is not None and not 1 <= number <= MOST_WAYS:
        raise BadInputError(_("Choose by the number that stands before it."))
    asked = one_of(party.store.case(case_id).choices, untrusted_question, lambda _: True)
    event = party.write(case_id, AlternativeChosen(question=asked.id, way=number, text=remark(text)))
    send_soon(party)
    return event
