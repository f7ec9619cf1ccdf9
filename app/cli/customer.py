"""`bistand customer NAME [ACTION]`: what is known of a customer, and what a technician adds to it."""

import argparse
from collections.abc import Callable
from uuid import UUID

from app.cli.common import add_identity, plain, show, typed
from app.cli.identity import open_party
from app.domain import events as ev
from app.domain.customer import Customer
from app.domain.errors import UsageError
from app.flows.customer_text import card_facts, card_lines
from app.flows.customers import (
    add_customer,
    named_customer,
    named_entry,
    named_technician,
    rename,
    tell,
    view_of,
)
from app.flows.list_cases import named_case
from app.flows.party import Party


def arguments(parser: argparse.ArgumentParser) -> None:
    """Whose card, and what to do with it; nothing: show it."""
    parser.add_argument("name", metavar="NAME", help="the customer's name or id, or of somebody who asked for help")
    add_identity(parser)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    add = actions.add_parser("add", help="keep a card of a new customer")
    add.add_argument("--case", metavar="CASE", help="whoever opened this case is on it")
    rename_to = actions.add_parser("rename", help="another name, or another relation to the shop")
    rename_to.add_argument("to", metavar="NEW", nargs="?", help="the new name")
    for action in (add, rename_to):
        relation = action.add_mutually_exclusive_group()
        relation.add_argument("--in-house", action="store_true", help="of one's own house: no money is mentioned")
        relation.add_argument("--external", action="store_true", help="a customer who pays")
    joins = actions.add_parser("person", help="whoever opened a case belongs to this customer")
    joins.add_argument("case", metavar="CASE")
    note = actions.add_parser("note", help="a note that helps the next colleague")
    note.add_argument("text", metavar="TEXT")
    contact = actions.add_parser("contact", help="whom to talk to")
    contact.add_argument("contact", metavar="NAME")
    for name in ("role", "telephone", "mail"):
        contact.add_argument(f"--{name}", default="")
    uses = actions.add_parser("uses", help="what else they use, and who looks after it")
    uses.add_argument("what", metavar="WHAT", help="web site, mail, telephone")
    uses.add_argument("--vendor", required=True, help="who looks after it")
    uses.add_argument("--contact", default="", help="how the vendor is reached")
    uses.add_argument("--holds", default="", help="what we have of it ourselves")
    uses.add_argument("--lacks", default="", help="what we have to ask for")
    for action in (note, contact, uses):
        action.add_argument("--corrects", metavar="ENTRY", help="the entry that this one takes the place of")
    machine = actions.add_parser("machine", help="what is worth knowing of the machine that a case came from")
    machine.add_argument("case", metavar="CASE")
    machine.add_argument("--name", dest="machine", help="what it is called here")
    machine.add_argument("--text", default="", help="what is worth knowing")
    care = actions.add_parser("care", help="handle with care, after a bad experience")
    care.add_argument("text", metavar="WHY", nargs="?", default="")
    care.add_argument("--over", action="store_true", help="no longer")
    usual = actions.add_parser("usual", help="who knows them, and is offered first")
    usual.add_argument("technician", metavar="NAME", help="a technician's name, me, or nobody")
    remove = actions.add_parser("remove", help="an entry holds no longer")
    remove.add_argument("entry", metavar="ENTRY")
    for action in actions.choices.values():  # before the action or after it, as people type
        for option in ("--json", "--ephemeral"):
            action.add_argument(option, action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    """Do it, and show the card as it is then."""
    with open_party(ephemeral=options.ephemeral) as party, typed():
        if options.action == "add":
            case = party.store.case(named_case(party, options.case)) if options.case else None
            card = add_customer(party, options.name, _relation(options) or ev.Relation.EXTERNAL, case)
        else:
            card = named_customer(party, options.name)
        if options.action in _ACTIONS:
            _ACTIONS[options.action](party, card, options)
        view = view_of(party, named_customer(party, str(card.id)) if options.action else card)
    show(options, card_facts(view), plain("\n".join(card_lines(view))))
    return 0


def _relation(options: argparse.Namespace) -> ev.Relation | None:
    if options.in_house:
        return ev.Relation.IN_HOUSE
    return ev.Relation.EXTERNAL if options.external else None


def _rename(party: Party, card: Customer, options: argparse.Namespace) -> None:
    if not options.to and _relation(options) is None:
        raise UsageError("Say the new name, --in-house or --external.")
    rename(party, card, options.to, _relation(options))


def _person(party: Party, card: Customer, options: argparse.Namespace) -> None:
    person = party.store.case(named_case(party, options.case)).customer
    if person is not None:
        tell(party, card, ev.PersonJoined(person=person.id, name=person.name))


def _note(party: Party, card: Customer, options: argparse.Namespace) -> None:
    if not options.text.strip():
        raise UsageError("A note needs some text.")
    tell(party, card, ev.CustomerNoted(text=options.text, corrects=_corrected(card, options)))


def _contact(party: Party, card: Customer, options: argparse.Namespace) -> None:
    body = ev.ContactTold(
        name=options.contact, role=options.role, telephone=options.telephone, mail=options.mail,
        corrects=_corrected(card, options),
    )  # fmt: skip
    tell(party, card, body)


def _uses(party: Party, card: Customer, options: argparse.Namespace) -> None:
    body = ev.UseTold(
        what=options.what, vendor=options.vendor, contact=options.contact, holds=options.holds, lacks=options.lacks,
        corrects=_corrected(card, options),
    )  # fmt: skip
    tell(party, card, body)


def _machine(party: Party, card: Customer, options: argparse.Namespace) -> None:
    case = party.store.case(named_case(party, options.case))
    if case.device is not None:
        tell(party, card, ev.MachineTold(device=case.device, name=options.machine or case.machine, text=options.text))


def _care(party: Party, card: Customer, options: argparse.Namespace) -> None:
    tell(party, card, ev.CareMarked(care=not options.over, text=options.text))


def _usual(party: Party, card: Customer, options: argparse.Namespace) -> None:
    if options.technician.casefold() == "nobody":
        tell(party, card, ev.UsualTechnicianNamed(technician=None))
    else:
        technician = named_technician(party, options.technician)
        tell(party, card, ev.UsualTechnicianNamed(technician=technician.id, name=technician.name))


def _remove(party: Party, card: Customer, options: argparse.Namespace) -> None:
    tell(party, card, ev.EntryRemoved(entry=named_entry(card, options.entry)))


def _corrected(card: Customer, options: argparse.Namespace) -> UUID | None:
    return named_entry(card, options.corrects) if options.corrects else None


_ACTIONS: dict[str, Callable[[Party, Customer, argparse.Namespace], None]] = {
    "rename": _rename, "person": _person, "note": _note, "contact": _contact, "uses": _uses, "machine": _machine,
    "care": _care, "usual": _usual, "remove": _remove,
}  # fmt: skip
