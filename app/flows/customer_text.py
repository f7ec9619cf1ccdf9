"""A customer's card as commands and a case show it: in lines, and as facts for scripts."""

from collections.abc import Iterable, Iterator

from app.domain.reference import reference
from app.flows.customers import CustomerView, Machine


def card_lines(view: CustomerView) -> tuple[str, ...]:
    """All that is known, what matters first; each entry with the short name that commands take."""
    return tuple(_lines(view))


def brief_lines(view: CustomerView) -> tuple[str, ...]:
    """What a colleague has to know before they pick up the telephone: care, notes, contacts, who knows them."""
    return tuple(_first(view))


def card_facts(view: CustomerView) -> dict[str, object]:
    """For scripts."""
    card = view.card
    return {
        "customer": str(card.id),
        "name": view.name,
        "kept": view.is_kept,
        "relation": card.relation.value,
        "care": card.care.told.text if card.care else None,
        "usual_technician": view.usual or None,
        "people": [_entry(entry) for entry in card.people] if view.is_kept else [],
        "contacts": [_entry(entry) for entry in card.contacts],
        "machines": [_machine_facts(machine) for machine in view.machines],
        "uses": [_entry(entry) for entry in card.uses],
        "notes": [_entry(entry) for entry in card.notes],
        "agreements": [{"agreement": str(name), "since": since.isoformat()} for since, name in card.agreements],
        "cases": [str(case.id) for case in view.cases],
        "collision": [edition.value.name for edition in card.profiles.latest] if card.profiles.collide else [],
    }


def _lines(view: CustomerView) -> Iterator[str]:
    card = view.card
    yield f"{view.name}  ({card.relation.value})" + ("" if view.is_kept else "  no card is kept yet")
    if card.profiles.collide:
        told = (edition.value for edition in card.profiles.latest)
        both = " and ".join(f"“{each.name}”, {each.relation.value}" for each in told)
        yield f"  COLLISION: changed at once to {both}. `bistand customer NAME rename` decides."
    yield from (f"  {line}" for line in _first(view))
    for machine in view.machines:
        text = f": {machine.text}" if machine.text else ""
        yield f"  machine   {machine.name}{text}  ({machine.cases} cases, key {str(machine.device)[:8]})"
    if len(card.people) > 1:
        yield f"  people    {', '.join(entry.told.name for entry in card.people)}"
    yield f"  cases     {len(view.cases)}"


def _first(view: CustomerView) -> Iterator[str]:
    card = view.card
    if card.care:
        yield f"TAKE CARE {card.care.told.text}"
    if view.usual:
        yield f"knows them {view.usual}"
    for note in card.notes:
        yield f"note      {note.told.text}  [{reference(note.id)}, {note.author.name}]"
    for contact in card.contacts:
        told = contact.told
        yield f"contact   {_joined((told.name, told.role, told.telephone, told.mail))}  [{reference(contact.id)}]"
    for use in card.uses:
        has = f"we hold {use.told.holds}" if use.told.holds else ""
        lacks = f"we do not hold {use.told.lacks}" if use.told.lacks else ""
        line = _joined((f"{use.told.what}: {use.told.vendor}", use.told.contact, has, lacks))
        yield f"uses      {line}  [{reference(use.id)}]"


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(part for part in parts if part)


def _entry(entry: object) -> dict[str, object]:
    told = entry.told.model_dump(mode="json", exclude={"kind", "corrects"})  # type: ignore[attr-defined]
    return {"entry": reference(entry.id), "event": str(entry.id), **told}  # type: ignore[attr-defined]


def _machine_facts(machine: Machine) -> dict[str, object]:
    return {
        "device": str(machine.device),
        "name": machine.name,
        "text": machine.text,
        "cases": machine.cases,
        "last": machine.last_at.isoformat() if machine.last_at else None,
    }
