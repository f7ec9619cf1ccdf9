"""An agreement as commands tell it: its terms in lines, and its facts."""

from app.domain.agreement import Terms
from app.domain.agreement_log import Agreement
from app.domain.money import Money
from app.domain.reference import reference
from app.flows.money_text import money


def terms_lines(terms: Terms) -> tuple[str, ...]:
    """What matters most of the terms, a line each."""
    rates = [f"{_rate(terms.hourly_rate, terms)} an hour", f"{_rate(terms.special_rate, terms)} for what is outside"]
    if terms.travel_rate is not None:
        rates.append(f"{_rate(terms.travel_rate, terms)} for travel")
    if terms.after_hours_percent != 100:
        rates.append(f"{terms.after_hours_percent} % of it after hours")
    included = "all" if terms.included_minutes is None else f"{terms.included_minutes} minutes a month"
    goodwill = f"{terms.goodwill.minutes_per_job} minutes a job, {terms.goodwill.minutes_per_month} a month"
    until = f" until {terms.valid_until}" if terms.valid_until else ""
    return (
        f"from {terms.valid_from}{until}; covers {', '.join(sorted(terms.covers)) or 'nothing'}",
        "; ".join(rates),
        f"included: {included}; goodwill: {goodwill}; rework within {terms.rework_days} days",
    )


def agreement_lines(agreement: Agreement) -> tuple[str, ...]:
    """The agreement and what holds now; where two changes collide, both."""
    latest = agreement.editions.latest
    head = f"{agreement.name}  (edition {reference(latest[-1].id)} of {latest[-1].at:%Y-%m-%d})"
    lines = [head, *(f"  {line}" for line in terms_lines(latest[-1].value))]
    if agreement.editions.collide:
        names = " ".join(f"--based-on {reference(edition.id)}" for edition in latest)
        lines.append(f"  COLLISION: changed twice without knowing of each other. Bring them together: {names}")
        for edition in latest[:-1]:
            lines.append(f"  edition {reference(edition.id)} of {edition.at:%Y-%m-%d} says:")
            lines += [f"    {line}" for line in terms_lines(edition.value)]
    return tuple(lines)


def agreement_facts(agreement: Agreement) -> dict[str, object]:
    """For scripts. Rates are minor units for an hour."""
    latest = agreement.editions.latest
    return {
        "agreement": str(agreement.id),
        "name": agreement.name,
        "edition": reference(latest[-1].id),
        "terms": agreement.terms.model_dump(mode="json") if agreement.terms else None,
        "collision": [
            {"edition": reference(one.id), "at": one.at.isoformat(), "terms": one.value.model_dump(mode="json")}
            for one in latest
        ]
        if agreement.editions.collide
        else [],
    }


def _rate(amount: int, terms: Terms) -> str:
    return money(Money(amount=amount, currency=terms.currency))
