"""What is said about a case between people, in plain sentences: waiting, estimates, handovers, questions, choices."""

from datetime import datetime
from functools import singledispatch

from app.domain import events as ev
from app.domain.records import Record
from app.system.translations import _


@singledispatch
def said(_body: Record) -> str | None:
    """The sentence for an event's body, or None where another file has it."""
    return None


@said.register
def _waits(body: ev.CaseWaits) -> str:
    return {
        ev.Awaited.CUSTOMER: _("Waits for the customer: {reason}"),
        ev.Awaited.VENDOR: _("Waits for a vendor: {reason}"),
        ev.Awaited.COLLEAGUE: _("Waits for a colleague: {reason}"),
    }[body.awaited].format(reason=body.reason)


@said.register
def _resumed(body: ev.CaseResumed) -> str:
    return _("Goes on with it: {text}").format(text=body.text) if body.text else _("Goes on with it")


@said.register
def _estimate(body: ev.EstimateGiven) -> str:
    sentence = estimate_words(body.ready, body.minutes)
    return _("{estimate}. Why: {reason}").format(estimate=sentence, reason=body.reason) if body.reason else sentence


def estimate_words(ready: datetime | None, minutes: int | None) -> str:
    """An estimate without its reason and its full stop."""
    from app.flows.sentences import duration  # it asks this file for its sentences

    when = _("Should be ready by {when}").format(when=f"{ready.astimezone():%Y-%m-%d %H:%M}") if ready else ""
    work = _("about {length} of work").format(length=duration(minutes * 60)) if minutes else ""
    if when and work:
        return f"{when}, {work}"
    return when or (_("Takes {work}").format(work=work) if work else _("It cannot be told yet how long it takes"))


@said.register
def _offered(body: ev.HandoverOffered) -> str:
    tried = _("Tried: {text}").format(text=body.tried)
    assumed = _("Assumed: {text}").format(text=body.assumed) if body.assumed else ""
    then = _("Next: {text}").format(text=body.next)
    return "\n".join(filter(None, (_("Offers the case to {name}").format(name=body.to), tried, assumed, then)))


@said.register
def _accepted(_body: ev.HandoverAccepted) -> str:
    return _("Took the case over")


@said.register
def _declined(body: ev.HandoverDeclined) -> str:
    return _("Does not take the case over: {reason}").format(reason=body.reason)


@said.register
def _withdrawn(_body: ev.HandoverWithdrawn) -> str:
    return _("Keeps the case: the handover is offered no more")


@said.register
def _asked(body: ev.ColleagueAsked) -> str:
    if body.to:
        return _("Asks {name}: {text}").format(name=body.to, text=body.text)
    return _("Asks colleagues: {text}").format(text=body.text)


@said.register
def _answered(body: ev.ColleagueAnswered) -> str:
    return _("Answers a colleague: {text}").format(text=body.text)


@said.register
def _ways(body: ev.AlternativesOffered) -> str:
    return "\n".join((_("Asks the customer to choose: {text}").format(text=body.text), *map(way_line, _numbered(body))))


def _numbered(body: ev.AlternativesOffered) -> list[tuple[int, ev.Way]]:
    return list(enumerate(body.ways, 1))


def way_line(numbered: tuple[int, ev.Way]) -> str:
    """One of the ways as a line: its number, its title, and what speaks for and against it."""
    number, way = numbered
    points = [*(f"+ {text}" for text in way.pros), *(f"- {text}" for text in way.cons)]
    return f"{number}. {way.title}" + (f" ({'; '.join(points)})" if points else "")


@said.register
def _chosen(body: ev.AlternativeChosen) -> str:
    if body.way is None:
        sentence = _("Does not know, and leaves the choice to the technician")
    else:
        sentence = _("Chooses way {number}").format(number=body.way)
    return f"{sentence}: {body.text}" if body.text else sentence


@said.register
def _came_back(_body: ev.CaseCameBack) -> str:
    return _("Knows this problem: it came back. Work on it is not charged")


@said.register
def _planned(body: ev.FixPlanned) -> str:
    return _("Plans a permanent fix: {text} ({owner}, by {day})").format(
        text=body.text, owner=body.owner, day=body.due.isoformat()
    )


@said.register
def _fixed(body: ev.FixDone) -> str:
    return (
        _("The permanent fix is in place: {text}").format(text=body.text)
        if body.text
        else _("The permanent fix is in place")
    )


@said.register
def _placed(body: ev.ProblemPlaced) -> str:
    sure = {
        ev.Certainty.VERIFIED: "",
        ev.Certainty.ASSUMED: _(" (assumed)"),
        ev.Certainty.UNKNOWN: _(" (perhaps)"),
        ev.Certainty.ASKED: _(" (a colleague is asked whether that is so)"),
    }[body.certainty]
    return _("{where}{sure}. What shows it: {evidence}").format(
        where=place_words(body.place, body.name), sure=sure, evidence=body.evidence
    )


def place_words(place: ev.Place, name: str) -> str:
    """Where a problem lies, without a full stop. `name` is whose it is, where that has a name."""
    where = {
        ev.Place.COMPUTER: _("It lies in this computer"),
        ev.Place.NETWORK: _("It lies in the network"),
        ev.Place.PROVIDER: _("It lies in the provider's own service"),
        ev.Place.VENDOR: _("It lies with a vendor"),
        ev.Place.OWN_IT: _("It is for the customer's own IT person"),
        ev.Place.UNKNOWN: _("It is not known yet where it lies"),
    }[place]
    return f"{where}: {name}" if name else where


@said.register
def _followed_up(body: ev.LineFollowedUp) -> str:
    return _("The owner followed that up: {text}").format(text=body.text)


@said.register
def _crossed(body: ev.LineCrossed) -> str:
    return _("Reports to the owner that a line was crossed: {text}").format(text=body.text)
