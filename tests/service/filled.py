"""A shop with something of everything in it, so that a backup, an erasure and a check have something to find."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from app.domain import events as ev
from app.domain.consent import ColleagueGrant, FilesGrant, Grants, PortGrant, TerminalGrant
from app.domain.finding import Evidence, Finding, Level
from app.service.database import Database
from app.service.settings import ServiceSettings
from app.service.tables import metadata
from tests.service.parts import KEY, Person, Shop, letter

LATER = datetime.now(UTC) + timedelta(hours=1)
OF_KIM = (
    "Kim Ærøskøbing", "My secret trouble", "kims/diary", "Kim told me in private", "Internal: Kim is rude",
    "spoke with Kim about it", "Kim's printer is mended", "Thanks a thousand from Kim", "Not fixed, says Kim",
    "kims.router", "kimskey", "asciicast of Kim", "audit of Kim", "report on Kim", "Kim's disk is full",
    "kims-unknown-kind", "Kim's Café", "kims-telephone", "kims-laptop", "kims-web-site", "a colleague's note on Kim",
    "take care with Kim",
)  # fmt: skip
"""Words that are about Kim, and stand somewhere."""


@dataclass
class Filled:
    """People and what they did."""

    shop: Shop
    kim: Person
    lone: Person
    sanne: Person
    bo: Person
    case: UUID
    other: UUID
    session: UUID
    card: UUID
    bakers: UUID
    blobs: dict[str, str]


def filled(shop: Shop) -> Filled:
    """Kim and Lone have a case each; Sanne works on both, Bo may look on at Kim's."""
    kim, lone = shop.customer("Kim Ærøskøbing"), shop.customer("Lone")
    sanne, bo = shop.technician("Sanne Østergård"), shop.technician("Bo")
    case, session = kim.open_case("My secret trouble"), uuid4()
    other = lone.open_case("The mouse is dead")
    blobs = {
        "report": kim.upload(b"report on Kim"),
        "recording": sanne.upload(b"asciicast of Kim" * 9),
        "audit": kim.upload(b"audit of Kim"),
        "other": lone.upload(b"report on Lone"),
        "shared": kim.upload(b"the same with all"),
    }
    lone.upload(b"the same with all")
    full = Filled(shop, kim, lone, sanne, bo, case, other, session, uuid4(), uuid4(), blobs)
    _kim_lets_sanne_in(full)
    _sanne_works(full)
    _the_others_say(full)
    _sanne_keeps_cards(full)
    return full


def _kim_lets_sanne_in(full: Filled) -> None:
    kim, sanne, case, session = full.kim, full.sanne, full.case, full.session
    finding = Finding(
        check="disks", level=Level.PROBLEM, sentence="Kim's disk is full", seconds=1,
        evidence=(Evidence(name="folder", value="kims/diary"),),
    )  # fmt: skip
    grants = Grants(
        grants=(
            TerminalGrant(until=LATER),
            FilesGrant(folder="/home/kims/diary", until=LATER),
            PortGrant(host="kims.router", port=80, address="192.168.4.7", until=LATER),
            ColleagueGrant(name="Bo", until=LATER),
        )
    )
    kim.http.post("/v1/sessions", json={"session": str(session), "case": str(case), "key": KEY})
    kim.http.post(f"/v1/sessions/{session}/mail", json=letter(b"kimskey"))
    assert sanne.http.post(f"/v1/sessions/{session}/join", json={"key": KEY}).status_code == 200
    accepted(
        kim,
        kim.event(case, ev.DiagnosticsShared(findings=(finding,), redactions=0, report=full.blobs["report"])),
        kim.event(case, ev.ConsentGiven(shares_diagnostics=True, grants=grants, price="90 EUR an hour")),
        kim.event(case, ev.SessionOffered(session=session)),
        kim.event(
            case,
            ev.SessionStarted(
                session=session, technician="Sanne Østergård", customer_key="kimskey", technician_key=KEY, relay="own"
            ),
        ),
    )


def _sanne_works(full: Filled) -> None:
    sanne, case, now = full.sanne, full.case, datetime.now(UTC)
    note = ev.NoteAdded(text="Kim told me in private", certainty=ev.Certainty.VERIFIED, audience=ev.Audience.CUSTOMER)
    work = ev.WorkRecorded(
        start=now - timedelta(minutes=25), end=now, work=ev.WorkKind.COVERED, text="spoke with Kim about it"
    )
    end = ev.SessionEnded(
        session=full.session, reason=ev.EndReason.TECHNICIAN_LEFT, seconds=90, recording=full.blobs["recording"]
    )
    accepted(
        sanne,
        sanne.event(case, ev.CaseTaken()),
        sanne.event(case, note),
        sanne.event(case, ev.NoteAdded(text="Internal: Kim is rude", certainty=ev.Certainty.ASSUMED)),
        sanne.event(case, work),
        sanne.event(case, end),
        sanne.event(case, ev.UnknownBody.model_validate({"kind": "later", "text": "kims-unknown-kind"})),
        sanne.event(case, ev.SolutionProposed(text="Kim's printer is mended", certainty=ev.Certainty.VERIFIED)),
        sanne.event(full.other, ev.NoteAdded(text="A dead mouse", certainty=ev.Certainty.VERIFIED)),
    )


def _the_others_say(full: Filled) -> None:
    kim, lone, bo, case, other, blobs = full.kim, full.lone, full.bo, full.case, full.other, full.blobs
    end = ev.SessionEnded(session=full.session, reason=ev.EndReason.EXPIRED, seconds=90, audit=blobs["audit"])
    accepted(
        kim,
        kim.event(case, end),
        kim.event(case, ev.CaseReopened(text="Not fixed, says Kim")),
        kim.event(case, ev.DiagnosticsShared(findings=(), redactions=0, report=blobs["shared"])),
        kim.event(case, ev.CaseClosed(thanks="Thanks a thousand from Kim")),
    )
    accepted(
        lone,
        lone.event(other, ev.DiagnosticsShared(findings=(), redactions=0, report=blobs["other"])),
        lone.event(other, ev.DiagnosticsShared(findings=(), redactions=0, report=blobs["shared"])),
    )
    accepted(bo, bo.event(other, ev.NoteAdded(text="I looked too", certainty=ev.Certainty.ASSUMED)))


def _sanne_keeps_cards(full: Filled) -> None:
    """Kim has one alone; Lone's has a colleague of hers on it."""
    sanne, kim, lone = full.sanne, full.kim.me, full.lone.me

    def told(card: UUID, *bodies: ev.Body) -> None:
        accepted(sanne, *(sanne.event(card, body, stream=ev.Stream.CUSTOMER) for body in bodies))

    told(
        kim.id,
        ev.CustomerAdded(name="Kim's Café"),
        ev.PersonJoined(person=kim.id, name=kim.name),
        ev.ContactTold(name="Per", telephone="kims-telephone"),
        ev.MachineTold(device=full.kim.device, name="kims-laptop"),
        ev.UseTold(what="web site", vendor="kims-web-site"),
        ev.CustomerNoted(text="a colleague's note on Kim"),
        ev.CareMarked(care=True, text="take care with Kim"),
        ev.UsualTechnicianNamed(technician=sanne.me.id, name=sanne.me.name),
    )
    told(
        full.card,
        ev.CustomerAdded(name="The Bakery"),
        ev.PersonJoined(person=lone.id, name="Lone"),
        ev.PersonJoined(person=full.bakers, name="Bodil"),
        ev.ContactTold(name="Lone", telephone="12 34 56 78"),
        ev.ContactTold(name="Bodil", telephone="23 45 67 89"),
    )


def accepted(person: Person, *events: ev.Event) -> None:
    """Push these; all of them are taken."""
    results = person.push(*events)
    assert all("version" in result for result in results), results


def all_events(person: Person) -> list[dict[str, object]]:
    """All that this person may read."""
    return [entry["event"] for entry in person.pull()["events"]]


def tables_of(settings: ServiceSettings) -> dict[str, list[object]]:
    """Every row of every table."""
    database = Database(settings)
    with database.read() as connection:
        found = {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }
    database.close()
    return found  # type: ignore[return-value]
