"""What was written on a customer's card, into an agreement or of a price, said in one plain sentence."""

from collections.abc import Callable, Mapping
from typing import Any

from app.domain import events as ev
from app.domain.records import Record
from app.domain.reference import reference
from app.system.translations import _


def beside(body: Record) -> str | None:
    """The body as people read it, or None where it is not told here."""
    words = _WORDS.get(type(body))
    return words(body) if words else None


def _care(body: ev.CareMarked) -> str:
    if not body.care:
        return _("No particular care is needed any longer")
    return _("Take care with this customer: {text}").format(text=body.text)


def _usual(body: ev.UsualTechnicianNamed) -> str:
    return _("{name} knows this customer").format(name=body.name) if body.name else _("Nobody in particular knows them")


def _from_customers() -> str:
    return _("Took the article from customers; technicians still read it")


_WORDS: Mapping[type, Callable[[Any], str]] = {
    ev.CustomerAdded: lambda body: _("Keeps a card of the customer {name}").format(name=body.name),
    ev.CustomerChanged: lambda body: _("The customer is called {name}").format(name=body.name),
    ev.PersonJoined: lambda body: _("{name} belongs to this customer").format(name=body.name),
    ev.ContactTold: lambda body: _("Contact: {name}").format(name=body.name),
    ev.MachineTold: lambda body: _("Machine: {name}").format(name=body.name),
    ev.UseTold: lambda body: _("They use {what} of {vendor}").format(what=body.what, vendor=body.vendor),
    ev.CustomerNoted: lambda body: body.text,
    ev.CareMarked: _care,
    ev.UsualTechnicianNamed: _usual,
    ev.EntryRemoved: lambda _body: _("Removed an entry of the card"),
    ev.CoverageDecided: lambda body: body.sentence,
    ev.PriceAccepted: lambda _body: _("Accepted the price"),
    ev.PriceDeclined: lambda body: _("Does not accept the price. {text}").format(text=body.text).strip(),
    ev.AgreementAgreed: lambda body: _("The customer has an agreement since {day}").format(day=body.since),
    ev.AgreementWritten: lambda body: _("Agreement: {name}").format(name=body.terms.name),
    ev.ArticleWritten: lambda body: _("Article: {title}").format(title=body.title),
    ev.ArticleWithdrawn: lambda body: _from_customers() if body.only_from_customers else _("Withdrew the article"),
    ev.ArticleHelped: lambda body: _("The article helped on the case {case}").format(case=reference(body.case)),
    ev.ShiftPlanned: lambda body: _("{name} is on call from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC").format(
        name=body.name, start=body.start, end=body.end
    ),
    ev.ShiftRemoved: lambda _body: _("Took a shift out of the rota"),
}
