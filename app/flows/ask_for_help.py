"""A customer asks for help: the case, what is shared, what is agreed, all on record before anything is sent."""

import platform
import sys
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from app.domain.consent import Grants
from app.domain.events import CaseOpened, ConsentGiven, DiagnosticsShared
from app.flows.diagnose import Diagnosis
from app.flows.enrol import become_customer
from app.flows.errors import BadInputError
from app.flows.party import Party
from app.flows.synchronise import send_soon
from app.system.clock import new_id
from app.system.translations import _, language


@dataclass(frozen=True, slots=True)
class HelpRequest:
    """What the customer decided. `diagnosis` is None where they share nothing; `price` is the sentence they saw."""

    name: str
    about: str
    diagnosis: Diagnosis | None
    grants: Grants
    price: str = ""


def ask_for_help(party: Party, request: HelpRequest) -> UUID:
    """Open the case and send it. Returns the case's id.

    Raises where the provider does not yet know this device and does not answer; nothing is written then. Later on, a
    case that cannot be sent at once is kept and sent with the next sync.
    """
    if not request.name.strip() or not request.about.strip():
        raise BadInputError(_("Tell us your name and, in a word or two, what is wrong. “I don't know” is fine."))
    become_customer(party, request.name.strip())
    case_id = new_id()
    party.write(case_id, CaseOpened(about=request.about, machine=_machine(), language=language()))
    if request.diagnosis is not None:
        party.write(case_id, _shared(party, request.diagnosis))
    consent = ConsentGiven(shares_diagnostics=request.diagnosis is not None, grants=request.grants, price=request.price)
    party.write(case_id, consent)
    send_soon(party)
    return case_id


def _shared(party: Party, diagnosis: Diagnosis) -> DiagnosticsShared:
    return DiagnosticsShared(
        findings=diagnosis.redacted.report.findings,
        redactions=diagnosis.replacements,
        report=party.store.put_blob(diagnosis.shared_json().encode()),
    )


def _machine() -> str:
    """What kind of machine it is. Not its name: a host name is the customer's to tell."""
    if sys.platform == "linux":
        with suppress(OSError):
            return platform.freedesktop_os_release()["PRETTY_NAME"]
    return f"{platform.system()} {platform.release()}".strip() or "?"
