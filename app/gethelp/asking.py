"""The customer's decisions, gathered page by page, and the work that follows from them.

The functions run on a worker, and load what they need there: the window opens without it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from app.domain.consent import Grants
from app.domain.knowledge import Article
from app.flows.party import Party
from app.gethelp.done_page import Answer
from app.system.translations import _

if TYPE_CHECKING:
    from app.flows.ask_for_help import HelpRequest
    from app.flows.diagnose import Diagnosis, Progress


@dataclass(slots=True)
class Draft:
    """What the customer decided so far. Only the Qt thread changes it; a worker gets a copy."""

    name: str = ""
    about: str = ""
    diagnosis: Diagnosis | None = None
    shares: bool = False
    grants: Grants = field(default_factory=Grants)
    price: str = ""

    def request(self) -> HelpRequest:
        """The decisions as they stand."""
        from app.flows.ask_for_help import HelpRequest

        diagnosis = self.diagnosis if self.shares else None
        return HelpRequest(self.name, self.about, diagnosis, self.grants, self.price)


@dataclass(frozen=True, slots=True)
class Asked:
    """The case that was opened. `pending` tells that it has not reached the provider yet.

    `tip` is what the customer may try meanwhile, or None.
    """

    case_id: UUID
    reference: str
    pending: bool
    tip: Article | None = None


def look(party: Party, on_progress: Callable[[Progress], None]) -> Diagnosis:
    """Let the computer tell what it can."""
    from app.flows.diagnose import diagnose

    return diagnose(party.settings.provider, on_progress)


def ask(party: Party, draft: Draft) -> Asked:
    """Open the case. Raises only where nothing was written: asking again would open a second one."""
    from app.flows.articles import tips_for
    from app.flows.ask_for_help import ask_for_help
    from app.flows.show_case import show_case
    from app.flows.synchronise import send_now

    case_id = ask_for_help(party, draft.request())
    if party.nudge is not None:
        send_now(party)  # the page tells whether it got through
    view = show_case(party, case_id)
    tip = next((each.article for each in tips_for(party, draft.about)), None)
    return Asked(case_id, view.reference, any(entry.pending for entry in view.timeline), tip)


def agree(party: Party, case_id: UUID, grants: Grants, price: str) -> None:
    """Put on record what the customer agrees to on a case that is open already."""
    from app.flows.give_consent import give_consent

    give_consent(party, case_id, grants, price)


def answer_with(party: Party, case_id: UUID, answer: Answer, words: str) -> None:
    """Put the customer's answer on record."""
    from app.flows.confirm_solution import confirm_solved, say_not_fixed, say_unsure

    if answer is Answer.FIXED:
        confirm_solved(party, case_id, words)
        return
    if answer is Answer.UNSURE:
        say_unsure(party, case_id, words or _("I cannot tell yet whether it is fixed."))
        return
    say_not_fixed(party, case_id, words or _("It is not fixed yet."))


def keep_receipt(party: Party, case_id: UUID, path: Path) -> None:
    """Write the customer's receipt there."""
    from app.flows.receipt import save_receipt

    save_receipt(party, case_id, path)
