"""What it costs is agreed before work starts: who may tell a price, and who accepts it (rule 6)."""

from app.domain import events as ev
from app.domain.case import Case, Status
from app.domain.price import accepted_special
from app.domain.refusals import refuse, require


def check_price(case: Case, body: ev.Body) -> None:
    """Let a price, an answer to one, or work at the special rate pass. Raises `RefusedError`."""
    match body:
        case ev.CoverageDecided(responsibility=whose, likely=likely):
            require(case.status is not Status.CLOSED, "This case is closed. Only the customer can reopen it.")
            _check_whose(case, whose)
            other = next((price.told.likely.currency for price in case.prices), likely.currency)
            require(
                likely.currency == other,
                f"Prices on this case are in {other}: {likely.currency} cannot be mixed in. Ask the owner which "
                "agreement the customer has.",
            )
        case ev.PriceAccepted(decision=decision) | ev.PriceDeclined(decision=decision):
            price = next((price for price in case.prices if price.id == decision), None)
            if price is None:
                refuse("There is no such price on this case.")
            newest = case.prices[-1]
            require(price.id == newest.id, "Another price was told since. Look at that one.")
            is_special = price.told.outcome is ev.Outcome.SPECIAL
            require(is_special, "Nothing has to be accepted here: it costs nothing extra.")
            require(not price.accepted, "This price is accepted already.")
        case ev.WorkRecorded(work=ev.WorkKind.SPECIAL):
            require(
                accepted_special(case.prices) is not None,
                "The customer has accepted no price for work outside the agreement on this case. Tell them one first "
                "(bistand cover), and record it once they have accepted it; or record it as goodwill.",
            )


def _check_whose(case: Case, whose: ev.Responsibility) -> None:
    """A price is for the one whose problem it was found to be (rule 5)."""
    found = case.places[-1] if case.places else None
    if found is not None and found.place is not ev.Place.UNKNOWN:
        where = found.name or found.place.value
        fits = whose is found.responsibility
        require(fits, f"The problem was found to lie with {where}. Say first what shows otherwise: bistand whose.")
