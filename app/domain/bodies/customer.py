"""What the shop knows of a customer: who they are, whom to talk to, what they have, what helps the next colleague."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.domain.records import LongText, Record, ShortText

Line = Annotated[str, Field(max_length=200)]
"""A short text that may be missing."""


class Relation(StrEnum):
    """What the customer is to the shop: it decides the wording, and whether money is mentioned (rule 15)."""

    EXTERNAL = "external"
    IN_HOUSE = "in-house"


class CustomerAdded(Record):
    """The shop keeps a card of this customer from now on."""

    kind: Literal["customer_added"] = "customer_added"
    name: ShortText
    relation: Relation = Relation.EXTERNAL


class CustomerChanged(Record):
    """Another name or relation. `based_on` names the events that told what was known when this was written."""

    kind: Literal["customer_changed"] = "customer_changed"
    name: ShortText
    relation: Relation
    based_on: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=20)]


class PersonJoined(Record):
    """Somebody who asks for help belongs to this customer. `person` is who they are to the service."""

    kind: Literal["person_joined"] = "person_joined"
    person: UUID
    name: ShortText


class ContactTold(Record):
    """Whom to talk to. `corrects` names an earlier event that this one takes the place of."""

    kind: Literal["contact_told"] = "contact_told"
    name: ShortText
    role: Line = ""
    telephone: Line = ""
    mail: Line = ""
    corrects: UUID | None = None


class MachineTold(Record):
    """What is worth knowing of a machine. `device` is the key by which it is known again, whatever it is called."""

    kind: Literal["machine_told"] = "machine_told"
    device: UUID
    name: ShortText
    text: Annotated[str, Field(max_length=2000)] = ""


class UseTold(Record):
    """What else they use, and who looks after it: `what` as web site, mail, telephone.

    `holds` is what the shop has of it itself (a password in its safe, the rights), `lacks` what it has to ask for.
    """

    kind: Literal["use_told"] = "use_told"
    what: ShortText
    vendor: ShortText
    contact: Line = ""
    holds: Annotated[str, Field(max_length=500)] = ""
    lacks: Annotated[str, Field(max_length=500)] = ""
    corrects: UUID | None = None


class CustomerNoted(Record):
    """A note that helps the next colleague. Never for the customer's eyes."""

    kind: Literal["customer_noted"] = "customer_noted"
    text: LongText
    corrects: UUID | None = None


class CareMarked(Record):
    """After a bad experience the next colleague takes particular care; or need not any longer."""

    kind: Literal["care_marked"] = "care_marked"
    care: bool
    text: Annotated[str, Field(max_length=2000)] = ""


class UsualTechnicianNamed(Record):
    """Who knows this customer, and is offered first (rule 3). None: nobody in particular."""

    kind: Literal["usual_technician_named"] = "usual_technician_named"
    technician: UUID | None
    name: Line = ""


class EntryRemoved(Record):
    """What the event `entry` told of this customer holds no longer: a contact, a machine, a vendor, a note."""

    kind: Literal["entry_removed"] = "entry_removed"
    entry: UUID


class AgreementAgreed(Record):
    """The customer has this agreement from this day on, in place of an earlier one."""

    kind: Literal["agreement_agreed"] = "agreement_agreed"
    agreement: UUID
    since: date
