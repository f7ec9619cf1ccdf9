"""An erased person is gone from every place where the service keeps something, for good; what is charged for stays."""

import json
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.domain import streams
from app.domain.case import Case, Status, fold
from app.domain.customer import Customer
from app.domain.events import (
    CaseOpened,
    CaseTaken,
    Certainty,
    ColleagueAsked,
    CustomerNoted,
    Event,
    FixPlanned,
    HandoverOffered,
    NoteAdded,
    PersonJoined,
    SessionStarted,
    Stream,
    WorkKind,
    WorkRecorded,
)
from app.domain.people import Author, Role
from app.service import admin
from app.service.backup import back_up
from app.service.check import check
from app.service.database import Database, lock_log
from app.service.erase import _Change, erase, whom
from app.service.erasures import Erasures, new_erasure
from app.service.errors import SeveralPeopleError, UnknownPersonError
from app.service.restore import restore
from app.service.tables import metadata
from app.service.tokens import hash_token
from app.system.clock import new_id
from tests.service.filled import OF_KIM, Filled, all_events, filled, tables_of
from tests.service.parts import Person, Shop
from tests.service.test_copies import wait_until


@pytest.fixture
def full(shop: Shop) -> Filled:
    """A shop that runs and has something of everything."""
    return filled(shop)


def folded(person: Person, case: UUID) -> Case:
    """A case as this person's device would fold it."""
    events = (Event.model_validate(event) for event in all_events(person))
    return fold(case, (event for event in events if event.stream_id == case))


def charged(case: Case) -> list[Any]:
    """What is reckoned with."""
    return [(work.id, work.start, work.end, work.kind, work.author) for work in case.work]


def kept(shop: Shop) -> bytes:
    """Every byte of the data folder's files, names included, and every row of a database elsewhere."""
    names = "\n".join(str(path) for path in shop.settings.data.rglob("*"))
    return names.encode() + shop.kept()


def test_no_word_of_a_customer_is_left_in_any_file_or_row_while_the_service_runs(full: Filled) -> None:
    shop = full.shop
    before = kept(shop)
    # Names of blobs and rows of PostgreSQL tell texts as they are; what bytes show is escaped.
    assert [word for word in OF_KIM if not _stands_in(word, before)] == []
    partial = b"x" * 10
    full.kim.patch("ab" * 32, partial, 0, 20)
    case = folded(full.sanne, full.case)
    other = folded(full.sanne, full.other)
    steps: list[tuple[int, int]] = []
    done = erase(shop.settings, whom(shop.settings, "kim ærøskøbing"), lambda *step: steps.append(step))
    assert (done.cases, done.blobs, done.copies) == (2, 3, ())
    assert steps == [(1, 2), (2, 2)]
    after = kept(shop)
    assert [word for word in OF_KIM if _stands_in(word, after)] == []
    assert full.kim.me.id.hex + ".part" not in after.decode(errors="replace")
    again = folded(full.sanne, full.case)
    assert charged(again) == charged(case)
    assert [consent.price for consent in again.consents] == ["90 EUR an hour"]
    assert again.customer == Author(role=Role.CUSTOMER, id=full.kim.me.id, name="a former customer")
    assert again.status is Status.CLOSED
    assert folded(full.sanne, full.other) == other
    assert full.kim.http.get("/v1/events").status_code == 401
    assert full.sanne.http.get(f"/v1/blobs/{full.blobs['recording']}").status_code == 404
    assert full.lone.http.get(f"/v1/blobs/{full.blobs['shared']}").content == b"the same with all"
    assert check(shop.settings, read_blobs=True).faults == ()


def _stands_in(word: str, content: bytes) -> bool:
    escaped = json.dumps(word, ensure_ascii=False)[1:-1]
    return any(each.encode() in content for each in (word, escaped, word.replace("'", "\\'")))


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_whoever_has_not_heard_of_it_brings_no_text_back(full: Filled) -> None:
    shop = full.shop
    erase(shop.settings, whom(shop.settings, str(full.kim.me.id)))
    now = datetime.now(UTC)
    late = [
        full.sanne.event(full.case, NoteAdded(text="Kim told me in private", certainty=Certainty.VERIFIED)),
        full.sanne.event(
            full.case,
            WorkRecorded(start=now - timedelta(minutes=5), end=now, work=WorkKind.COVERED, text="spoke with Kim"),
        ),
    ]
    results = full.sanne.push(*late)
    assert all("version" in result for result in results)
    case = folded(full.sanne, full.case)
    assert case.work[-1].seconds == pytest.approx(300)
    assert case.work[-1].text == ""
    assert case.notes[-1].text == "(erased)"
    assert b"spoke with Kim" not in shop.kept()


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_from_a_card_with_others_on_it_one_alone_goes(full: Filled) -> None:
    shop = full.shop
    erase(shop.settings, whom(shop.settings, "Lone"))
    told = [event for event in all_events(full.sanne) if event["stream_id"] == str(full.card)]
    card = streams.fold(Stream.CUSTOMER, full.card, map(Event.model_validate, told))
    assert isinstance(card, Customer)
    assert (card.name, card.is_gone) == ("The Bakery", False)
    assert [entry.told.name for entry in card.people] == ["(erased)", "Bodil"]
    assert [entry.told.name for entry in card.contacts] == ["Bodil"]
    late = PersonJoined(person=full.lone.me.id, name="Lone again")
    assert "version" in full.sanne.push(full.sanne.event(full.card, late, stream=Stream.CUSTOMER))[0]
    assert b"Lone again" not in shop.kept()
    assert b"12 34 56 78" not in shop.kept()
    erase(shop.settings, whom(shop.settings, "Sanne Østergård"))
    assert "Sanne" not in str(all_events(full.bo))
    assert check(shop.settings).faults == ()


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_nothing_is_written_any_more_on_the_card_of_somebody_who_went(full: Filled) -> None:
    erase(full.shop.settings, whom(full.shop.settings, str(full.kim.me.id)))
    late = full.sanne.event(full.kim.me.id, CustomerNoted(text="Kim rang"), stream=Stream.CUSTOMER)
    assert "was erased" in full.sanne.push(late)[0]["reason"]


def test_a_push_that_waited_while_its_writer_was_erased_is_not_taken(full: Filled) -> None:
    """It was let in before, and must not open a case after."""
    shop = full.shop
    database = Database(shop.settings)
    answers: list[int] = []
    event = full.kim.event(new_id(), CaseOpened(about="My second trouble", machine="m"))
    body = {"cursor": None, "events": [event.model_dump(mode="json")]}
    pushing = threading.Thread(target=lambda: answers.append(full.kim.http.post("/v1/events", json=body).status_code))

    person = whom(shop.settings, str(full.kim.me.id))
    with database.write() as connection:
        lock_log(connection)
        pushing.start()
        wait_until(lambda: hash_token(full.kim.token) in shop.app.state.service.live.tokens)
        _Change(connection, new_erasure(person.id, datetime.now(UTC))).erase(person, lambda _done, _total: None)
    pushing.join(30)
    database.close()
    assert answers == [401]
    assert b"My second trouble" not in shop.kept()


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_of_a_technician_the_name_goes_everywhere_and_the_work_stays(full: Filled) -> None:
    shop = full.shop
    assert "Sanne Østergård".encode() in shop.kept()
    before = folded(full.bo, full.case)
    done = erase(shop.settings, whom(shop.settings, "Sanne Østergård"))
    assert (done.cases, done.blobs) == (4, 0)
    assert "Sanne Østergård".encode() not in shop.kept()
    assert full.sanne.http.get("/v1/events").status_code == 401
    case = folded(full.bo, full.case)
    assert [(note.text, note.author.name) for note in case.notes] == [
        ("Kim told me in private", "a former technician"),
        ("Internal: Kim is rude", "a former technician"),
    ]
    assert [work.seconds for work in case.work] == [work.seconds for work in before.work]
    assert case.sessions[0].technician == "a former technician"
    assert full.kim.kinds().count("person_erased") == 1  # a customer's copy names technicians, too
    assert full.lone.kinds().count("person_erased") == 1
    erase(shop.settings, whom(shop.settings, "Bo"))
    assert "let Bo" not in str(all_events(full.kim))
    assert b'"name":"Bo"' not in shop.kept()


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_an_older_backup_does_not_bring_anybody_back(full: Filled, tmp_path: Path) -> None:
    shop = full.shop
    back_up(shop.settings, tmp_path / "before.tar")
    erase(shop.settings, whom(shop.settings, "Kim Ærøskøbing"))
    told = [event for event in all_events(full.sanne) if event["body"]["kind"] == "person_erased"]  # type: ignore[index]
    shop.stop()
    back = restore(shop.settings, tmp_path / "before.tar", replace=True)
    assert back.erased == 1
    # What is kept beside was erased already, so nothing at all is left of the words.
    assert [word for word in OF_KIM if _stands_in(word, kept(shop))] == []
    shop.start()
    assert full.kim.http.get("/v1/events").status_code == 401
    again = [event for event in all_events(full.sanne) if event["body"]["kind"] == "person_erased"]  # type: ignore[index]
    assert [event["id"] for event in again] == [event["id"] for event in told]  # devices know this one already
    assert check(shop.settings, read_blobs=True).faults == ()


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_backup_takes_the_list_of_erasures_along(full: Filled, tmp_path: Path) -> None:
    """So that a machine that was lost with its data folder does not bring them back from an even older one."""
    shop = full.shop
    back_up(shop.settings, tmp_path / "before.tar")
    erase(shop.settings, whom(shop.settings, "Kim Ærøskøbing"))
    back_up(shop.settings, tmp_path / "after.tar")
    shop.stop()
    new = shop.settings.model_copy(update={"data": tmp_path / "new", "db": None})
    restore(new, tmp_path / "after.tar")
    assert restore(new, tmp_path / "before.tar", replace=True).erased == 1
    (entry,) = {erasure.person for erasure in Erasures(new.erasures).all()}
    listed = new.erasures.read_text()
    assert entry in listed
    assert str(full.kim.me.id) not in listed
    assert full.kim.me.id.hex not in listed


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_once_more_is_fine_and_completes_what_was_cut_off(full: Filled) -> None:
    shop = full.shop
    person = whom(shop.settings, "Kim Ærøskøbing")
    erase(shop.settings, person)
    events = all_events(full.sanne)
    blob = shop.settings.blobs / full.blobs["recording"][:2] / full.blobs["recording"]
    blob.write_bytes(b"asciicast of Kim" * 9)  # as if it had been killed before this one went
    erase(shop.settings, whom(shop.settings, str(person.id)))
    assert all_events(full.sanne) == events
    assert not blob.exists()


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_nothing_is_done_where_it_breaks_off(full: Filled) -> None:
    shop = full.shop
    before = tables_of(shop.settings)
    database = Database(shop.settings)
    with database.write() as connection:  # the last thing that an erasure writes
        connection.execute(text("CREATE TRIGGER stays BEFORE UPDATE ON people BEGIN SELECT RAISE(ABORT, 'stays'); END"))
    database.close()
    with pytest.raises(Exception, match="stays"):
        erase(shop.settings, whom(shop.settings, "Kim Ærøskøbing"))
    assert tables_of(shop.settings) == before
    assert full.kim.http.get(f"/v1/blobs/{full.blobs['report']}").content == b"report on Kim"


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_where_several_fit_all_are_named_and_nothing_is_done(full: Filled) -> None:
    shop = full.shop
    first, second = shop.customer("Same Name"), shop.customer("same name")
    with pytest.raises(SeveralPeopleError) as refusal:
        whom(shop.settings, "Same name")
    assert str(first.me.id) in str(refusal.value)
    assert str(second.me.id) in str(refusal.value)
    assert whom(shop.settings, str(first.me.id)).id == first.me.id
    shop.relay_machine("east")
    for nobody in ("Nobody", "east", "%", "", str(first.me.id)[:7]):
        with pytest.raises(UnknownPersonError):
            whom(shop.settings, nobody)


def test_a_name_with_odd_letters_is_found_where_others_told_it(shop: Shop) -> None:
    names = ('A "quoted" \\ one', "100%", "_", "Ærø ☎ 𝄞")
    for name in names:
        admin.add_technician(shop.settings, name)
    kim = shop.customer("Kim")
    case = kim.open_case()

    for name in names:
        kim.push(kim.event(case, SessionStarted(
            session=new_id(), technician=name, customer_key="", technician_key="", relay="own")))  # fmt: skip
    for name in names:
        assert erase(shop.settings, whom(shop.settings, name)).cases == 1
    assert [session.technician for session in folded(kim, case).sessions] == ["a former technician"] * 4


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_whoever_was_offered_a_case_by_any_spelling_of_their_name_is_named_no_more(shop: Shop) -> None:
    anna, kim = shop.technician("Anna"), shop.customer("Kim")
    shop.technician("Bo Ørsted")
    case = kim.open_case()
    anna.push(
        anna.event(case, CaseTaken()),
        anna.event(case, HandoverOffered(to="bo Ørsted", tried="x", next="y")),
        anna.event(case, ColleagueAsked(text="?", to="Bo Ørsted")),
        anna.event(case, FixPlanned(text="x", owner="BO Ørsted", due=date(2099, 1, 1))),
    )
    assert erase(shop.settings, whom(shop.settings, "Bo Ørsted")).cases == 1
    assert "ørsted" not in shop.kept().decode(errors="replace").casefold()
    (offer,) = folded(anna, case).handovers
    assert (offer.to, offer.author.name) == ("a former technician", "Anna")


def test_tables_are_all_thought_of() -> None:
    """A table that is new may hold somebody, too: erase, export-person and backup have to know of it."""
    assert set(metadata.tables) == {
        "log", "people", "codes", "devices", "events", "blob_names", "uploads", "sessions", "places", "mail",
        "arrivals", "removals", "joinings", "orders", "stations", "stamp_key",
    }  # fmt: skip
