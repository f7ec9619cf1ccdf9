"""Pushing and pulling: order, idempotency, refusal, visibility, waiting."""

import json
import re
import sqlite3
import threading
import time
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.events import (
    Audience,
    CaseOpened,
    CaseTaken,
    Certainty,
    DiagnosticsShared,
    Event,
    NoteAdded,
    Stream,
    UnknownBody,
)
from app.service import admin
from tests.service.parts import JSON, Shop, batch


def note(text: str = "Looked at it", audience: Audience = Audience.INTERNAL) -> NoteAdded:
    """A note, internal unless told otherwise."""
    return NoteAdded(text=text, certainty=Certainty.VERIFIED, audience=audience)


def test_what_one_pushes_another_pulls_in_order(shop: Shop) -> None:
    kim, sanne, bo = shop.customer("Kim"), shop.technician("Sanne"), shop.technician("Bo")
    case_id = kim.open_case()
    results = sanne.push(sanne.event(case_id, CaseTaken()), sanne.event(case_id, note("Kørt på")))
    assert [result["version"] for result in results] == [2, 3]
    assert bo.kinds() == ["case_opened", "case_taken", "note_added"]


def test_pushing_again_changes_nothing_and_tells_the_same_versions(shop: Shop) -> None:
    kim = shop.customer("Kim")
    case_id = uuid4()
    events = [
        kim.event(case_id, CaseOpened(about="Help", machine="m")),
        kim.event(case_id, note("x", Audience.CUSTOMER)),
    ]
    first = kim.push(*events)
    assert kim.push(*events) == first
    assert kim.push(events[1], events[1], events[0]) == [first[1], first[1], first[0]]
    assert kim.kinds() == ["case_opened", "note_added"]


def test_another_event_with_a_used_number_is_refused(shop: Shop) -> None:
    kim = shop.customer("Kim")
    case_id = kim.open_case()
    result = kim.push(kim.event(case_id, note("again", Audience.CUSTOMER), device_seq=1))[0]
    assert "same number" in result["reason"]


def test_a_gap_in_the_numbers_is_allowed_and_what_is_older_may_come_later(shop: Shop) -> None:
    kim = shop.customer("Kim")
    case_id = kim.open_case()
    assert kim.push(kim.event(case_id, note("later", Audience.CUSTOMER), device_seq=90))[0]["version"] == 2
    older = kim.event(case_id, note("earlier", Audience.CUSTOMER), device_seq=40)
    assert [kim.push(older)[0]["version"] for _ in range(2)] == [3, 3]


def test_a_refused_event_has_its_reason_and_does_not_hold_up_the_rest(shop: Shop) -> None:
    kim, sanne, bo = shop.customer("Kim"), shop.technician("Sanne"), shop.technician("Bo")
    case_id = kim.open_case()
    sanne.push(sanne.event(case_id, CaseTaken()))
    results = bo.push(bo.event(case_id, CaseTaken()), bo.event(case_id, note()))
    assert results[0]["reason"] == "Sanne has this case already. Ask for a handover."
    assert results[1]["version"] == 3


def test_a_refused_event_is_refused_for_the_same_reason_again(shop: Shop) -> None:
    kim, sanne, bo = shop.customer("Kim"), shop.technician("Sanne"), shop.technician("Bo")
    case_id = kim.open_case()
    sanne.push(sanne.event(case_id, CaseTaken()))
    events = [bo.event(case_id, CaseTaken()), bo.event(case_id, note())]
    assert bo.push(*events) == bo.push(*events)


def test_nobody_writes_as_somebody_else(shop: Shop) -> None:
    kim, sanne = shop.customer("Kim"), shop.technician("Sanne")
    case_id = kim.open_case()
    renamed = kim.me.model_copy(update={"name": "Sanne"})
    for author in (sanne.me, renamed):
        assert "not theirs" in kim.push(kim.event(case_id, note("x", Audience.CUSTOMER), author=author))[0]["reason"]


def test_an_event_of_another_device_keeps_its_id(shop: Shop) -> None:
    kim, lee = shop.customer("Kim"), shop.customer("Lee")
    event = kim.event(uuid4(), CaseOpened(about="Help", machine="m"))
    kim.push(event)
    assert "id already" in lee.push(lee.event(uuid4(), CaseOpened(about="Hi", machine="m"), id=event.id))[0]["reason"]


def test_a_customer_writes_on_their_own_cases_only(shop: Shop) -> None:
    kim, lee = shop.customer("Kim"), shop.customer("Lee")
    case_id = kim.open_case()
    result = lee.push(lee.event(case_id, note("Let me in", Audience.CUSTOMER)))[0]
    assert "reason" in result
    assert lee.pull()["events"] == []


def test_a_customer_sees_what_is_meant_for_them_alone(shop: Shop) -> None:
    kim, lee, sanne = shop.customer("Kim"), shop.customer("Lee"), shop.technician("Sanne")
    case_id, _ = kim.open_case(), lee.open_case()
    sanne.push(
        sanne.event(case_id, CaseTaken()),
        sanne.event(case_id, note("He shouts", Audience.INTERNAL)),
        sanne.event(case_id, note("Try again now", Audience.CUSTOMER)),
        sanne.event(case_id, UnknownBody(kind="rocket_launched")),
    )
    assert kim.kinds() == ["case_opened", "case_taken", "note_added"]
    assert "shouts" not in str(kim.pull())
    assert lee.kinds() == ["case_opened"]
    assert len(sanne.kinds()) == 6


def test_a_kind_from_a_newer_program_passes_whole(shop: Shop) -> None:
    kim, sanne, bo = shop.customer("Kim"), shop.technician("Sanne"), shop.technician("Bo")
    event = sanne.event(kim.open_case(), UnknownBody.model_validate({"kind": "hologram_shown", "minutes": [5, 9]}))
    sanne.push(event)
    assert Event.model_validate(bo.pull()["events"][-1]["event"]) == event


def test_an_event_that_is_not_understood_is_refused_alone(shop: Shop) -> None:
    kim = shop.customer("Kim")
    body = batch(kim.event(uuid4(), CaseOpened(about="Help", machine="m")), kim.event(uuid4(), UnknownBody(kind="x")))
    body["events"][1]["body"] = {"kind": "case_opened", "about": "Help", "machine": "m", "mood": "bad"}
    results = kim.http.post("/v1/events", json=body).json()["results"]
    assert "version" in results[0]
    assert "does not understand" in results[1]["reason"]


@pytest.mark.parametrize(
    "change",
    [
        {"at": "9999-12-31T23:59:59-12:00"},
        {"at": "0001-01-01T00:00:00+12:00"},
        {"device_seq": 2**53 + 1},
        {"device_seq": 0},
        {"stream": "weather"},
        {"body": {"kind": "x", "half": "\ud800"}},
        {"body": {"kind": "x", "\ud800": 1}},
        {"body": {"kind": "x", "number": float("nan")}},
        {"body": {"kind": "x" * 61}},
        {"body": {"kind": "x\0y"}},
        {"body": None},
    ],
)
def test_what_cannot_be_kept_is_refused_and_not_a_fault(shop_once: Shop, change: dict[str, object]) -> None:
    kim = shop_once.customer("Kim")
    entry = kim.event(uuid4(), CaseOpened(about="Help", machine="m")).model_dump(mode="json")
    content = json.dumps({"events": [{**entry, **change}]})
    answer = kim.http.post("/v1/events", content=content.encode(), headers=JSON)
    assert answer.status_code == 200
    assert "does not understand" in answer.json()["results"][0]["reason"]


def test_streams_that_nobody_decides_on_yet_are_refused(shop: Shop) -> None:
    sanne = shop.technician("Sanne")
    assert "reason" in sanne.push(sanne.event(uuid4(), UnknownBody(kind="x"), stream=Stream.ROTA))[0]


def test_a_blob_must_be_there_before_the_event_that_names_it(shop: Shop) -> None:
    kim = shop.customer("Kim")
    case_id = kim.open_case()
    report = DiagnosticsShared(findings=(), redactions=0, report="ab" * 32)
    assert "has not reached the service" in kim.push(kim.event(case_id, report))[0]["reason"]
    sent = report.model_copy(update={"report": kim.upload(b'{"findings": []}')})
    assert kim.push(kim.event(case_id, sent))[0]["version"] == 2


def test_naming_somebody_elses_blob_opens_it_to_nobody(shop: Shop) -> None:
    kim, lee = shop.customer("Kim"), shop.customer("Lee")
    secret = kim.upload(b"what Kim's machine holds")
    named = lee.event(lee.open_case(), DiagnosticsShared(findings=(), redactions=0, report=secret))
    assert "has not reached" in lee.push(named)[0]["reason"]
    assert lee.http.get(f"/v1/blobs/{secret}").status_code == 404


def test_more_than_a_batch_is_too_much(shop: Shop) -> None:
    kim = shop.customer("Kim")
    case_id = uuid4()
    events = [kim.event(case_id, UnknownBody(kind="x")) for _ in range(501)]
    answer = kim.http.post("/v1/events", json=batch(*events))
    assert (answer.status_code, answer.json()["type"]) == (413, "too-large")


def test_a_large_body_is_stopped(shop: Shop) -> None:
    kim = shop.customer("Kim")
    announced = kim.http.post("/v1/events", content=b"x" * (shop.settings.max_body + 1))
    assert announced.status_code == 413
    unannounced = kim.http.post("/v1/events", content=iter([b" " * 1_000_000] * 9))
    assert unannounced.status_code == 413


def test_pages_follow_each_other_without_a_gap(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.service.events.LARGEST_PAGE", 500)
    kim, sanne = shop.customer("Kim"), shop.technician("Sanne")
    case_id = kim.open_case()
    for _ in range(3):
        sanne.push(*(sanne.event(case_id, note(str(number))) for number in range(400)))
    cursor, versions, pages = None, [], 0
    more = True
    while more:
        page = sanne.pull(cursor)
        versions += [entry["version"] for entry in page["events"]]
        cursor, more, pages = page["cursor"], page["more"], pages + 1
    assert versions == list(range(1, 1202))
    assert pages == 3
    assert kim.pull()["cursor"] == cursor


def test_a_waiting_pull_is_answered_soon_after_a_push(shop: Shop) -> None:
    kim, sanne = shop.customer("Kim"), shop.technician("Sanne")
    case_id = kim.open_case()
    cursor = sanne.pull()["cursor"]
    answered: list[tuple[float, list[object]]] = []

    def wait() -> None:
        events = sanne.pull(cursor, wait=20)["events"]
        answered.append((time.monotonic(), events))

    waiting = threading.Thread(target=wait)
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive()
    pushed = time.monotonic()
    kim.push(kim.event(case_id, note("Hello?", Audience.CUSTOMER)))
    waiting.join(20)
    assert answered[0][0] - pushed < 10  # else it would have waited for all of its twenty
    assert len(answered[0][1]) == 1


def test_what_wakes_a_customer_without_being_for_them_brings_their_cursor_on(shop: Shop) -> None:
    kim, sanne = shop.customer("Kim"), shop.technician("Sanne")
    case_id = kim.open_case()
    cursor = kim.pull()["cursor"]
    sanne.push(sanne.event(case_id, note("Between us")))
    page = kim.pull(cursor, wait=0)
    assert page["events"] == []
    assert int(page["cursor"].split(":")[1]) == 2


def test_a_pull_that_waits_hands_nothing_to_somebody_who_was_put_out_meanwhile(shop: Shop) -> None:
    kim, sanne = shop.customer("Kim"), shop.technician("Sanne")
    case_id = kim.open_case()
    cursor = sanne.pull()["cursor"]
    answers: list[int] = []

    def wait() -> None:
        answers.append(sanne.http.get("/v1/events", params={"after": cursor, "wait": 20}).status_code)

    waiting = threading.Thread(target=wait)
    waiting.start()
    waiting.join(0.3)
    admin.revoke(shop.settings, "Sanne")
    kim.push(kim.event(case_id, note("Psst", Audience.CUSTOMER)))
    waiting.join(10)
    assert answers == [401]


def test_a_pull_does_not_wait_longer_than_it_was_asked_to(shop: Shop) -> None:
    sanne = shop.technician("Sanne")
    began = time.monotonic()
    assert sanne.pull(sanne.pull()["cursor"], wait=0.2)["events"] == []
    assert 0.2 <= time.monotonic() - began < 10
    assert sanne.http.get("/v1/events?wait=26").status_code == 422


def test_a_cursor_of_another_log_is_noticed_by_pull_and_push(shop: Shop) -> None:
    kim = shop.customer("Kim")
    case_id = kim.open_case()
    epoch, version, tag = kim.pull()["cursor"].split(":")
    another = f"{epoch}:{version}:{int(tag, 16) ^ 1:012x}"  # another event in its place: a backup that has gone on
    for cursor in (
        f"{'0' * 32}:1:{tag}", f"{epoch}:{int(version) + 1}:{tag}", another, f"{epoch}:0:{tag}", f"{epoch}:2",
        "nonsense", f"{epoch}:{version}0000000000000000000",
    ):  # fmt: skip
        answer = kim.http.get("/v1/events", params={"after": cursor})
        assert (answer.status_code, answer.json()["type"]) == (409, "unknown-epoch")
        body = batch(kim.event(case_id, note("x", Audience.CUSTOMER)), cursor=cursor)
        assert kim.http.post("/v1/events", json=body).status_code == 409
    assert re.fullmatch(r"[0-9a-f]{32}:1:[0-9a-f]{12}", kim.pull()["cursor"])


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_the_database_is_set_so_that_what_is_answered_is_on_the_disk(shop: Shop) -> None:
    shop.customer("Kim").open_case()
    connection = sqlite3.connect(shop.settings.data / "service.db")
    try:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    finally:
        connection.close()
    path = shop.settings.data / "service.db"
    assert path.stat().st_mode & 0o077 == 0


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    texts=st.lists(st.text(min_size=1, max_size=200).filter(lambda text: bool(text.strip())), min_size=1, max_size=8),
    extra=st.dictionaries(st.text(min_size=1, max_size=10), st.integers() | st.text(max_size=20), max_size=3),
)
def test_any_batch_comes_back_as_it_was(shop: Shop, texts: list[str], extra: dict[str, object]) -> None:
    kim = shop.customer("Kim")
    sanne = shop.technician(f"Sanne {uuid4()}")
    case_id = kim.open_case()
    events = [sanne.event(case_id, note(text)) for text in texts]
    events.append(sanne.event(case_id, UnknownBody.model_validate({**extra, "kind": "from the future"})))
    cursor = sanne.pull()["cursor"]
    versions = [result["version"] for result in sanne.push(*events)]
    page = sanne.pull(cursor)["events"]
    assert [Event.model_validate(entry["event"]) for entry in page] == events
    assert [entry["version"] for entry in page] == versions
