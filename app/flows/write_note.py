"""Write down something worth knowing, and how sure one is of it (rule 8)."""

from uuid import UUID

from app.domain.events import Audience, Certainty, Event, NoteAdded
from app.flows.errors import BadInputError
from app.flows.named import one_of
from app.flows.party import Party
from app.flows.synchronise import send_soon
from app.system.translations import _

MOST_LETTERS = 20_000


def write_note(
    party: Party,
    case_id: UUID,
    text: str,
    certainty: Certainty,
    audience: Audience = Audience.INTERNAL,
    replaces: UUID | None = None,
    untrusted_corrected: str = "",
) -> Event:
    """Add a note. It is in the store before this returns, whether or not the service answers.

    `replaces` is the refused note that this one stands in for, `untrusted_corrected` names the note that it corrects.
    """
    if not text.strip():
        raise BadInputError(_("A note needs some text."))
    if len(text) > MOST_LETTERS:
        raise BadInputError(_("A note has at most 20,000 letters. Split it in two."))
    corrects = None
    if untrusted_corrected:
        corrects = one_of(party.store.case(case_id).notes, untrusted_corrected, lambda _: True).id
    body = NoteAdded(text=text, certainty=certainty, audience=audience, corrects=corrects)
    event = party.write(case_id, body, replaces)
    send_soon(party)
    return event
