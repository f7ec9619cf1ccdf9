"""How sure one can be of a solution: no surer than of what it is built upon (rule 8)."""

from app.domain.advice import Answer
from app.domain.case import Case
from app.domain.events import Certainty
from app.domain.note import Note


def unproven(case: Case) -> tuple[Note | Answer, ...]:
    """What technicians wrote on the case that is not verified, and that no later note corrected: oldest first.

    A solution is taken to be built upon all of it. Nobody is asked to say what exactly it rests on.
    """
    answers = (answer for question in case.questions for answer in question.answers)
    found = [note for note in case.notes if note.author.is_staff] + list(answers)
    return tuple(sorted((one for one in found if one.certainty is not Certainty.VERIFIED), key=lambda one: one.at))


def usual_certainty(case: Case) -> Certainty:
    """How sure a solution is, unless its writer says otherwise."""
    return Certainty.ASSUMED if unproven(case) else Certainty.VERIFIED
