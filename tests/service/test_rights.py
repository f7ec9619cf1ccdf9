"""Every route by every role: closed unless it is meant to be open."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from app.domain.events import (
    Audience,
    CaseTaken,
    Certainty,
    ColleagueAsked,
    HandoverOffered,
    LineCrossed,
    NoteAdded,
)
from app.service import admin
from app.service.guard import OPEN
from app.service.templates import routes_of
from app.service.tokens import hash_token
from tests.service.parts import KEY, TUS, NotedRelay, Person, Shop, letter, report

UPLOAD = {"Upload-Offset": "0", "Upload-Length": "9", "Content-Type": "application/offset+octet-stream", **TUS}
NUMBERS_TOKEN = "t" * 32

# What each route answers to whom: nobody, someone whose access was taken away, the case's customer (Kim), another
# customer, a technician, the owner, a further relay, and whoever holds the token for the numbers.
# fmt: off
MATRIX = {
    #                                        nobody  gone  Kim   Lee  Sanne owner relay numbers
    ("GET",    "/healthz"):                   (200,  200,  200,  200,  200,  200,  200,  200),
    ("GET",    "/readyz"):                    (200,  200,  200,  200,  200,  200,  200,  200),
    ("GET",    "/metrics"):                   (401,  401,  401,  401,  401,  401,  401,  200),
    ("GET",    "/v1/openapi.json"):           (200,  200,  200,  200,  200,  200,  200,  200),
    ("HEAD",   "/v1/openapi.json"):           (401,  401,  200,  200,  200,  200,  403,  401),
    ("GET",    "/v1/provider"):               (200,  200,  200,  200,  200,  200,  200,  200),
    ("POST",   "/v1/enrol"):                  (403,  403,  403,  403,  403,  403,  403,  403),
    ("POST",   "/v1/customers"):              (200,  200,  200,  200,  200,  200,  200,  200),
    ("POST",   "/v1/events"):                 (401,  401,  200,  200,  200,  200,  403,  401),
    ("GET",    "/v1/events"):                 (401,  401,  200,  200,  200,  200,  403,  401),
    ("HEAD",   "/v1/blobs/{sha256}"):         (401,  401,  200,  200,  200,  200,  403,  401),
    ("PATCH",  "/v1/blobs/{sha256}"):         (401,  401,  409,  204,  409,  409,  403,  401),
    ("GET",    "/v1/blobs/{sha256}"):         (401,  401,  200,  404,  200,  200,  403,  401),
    ("POST",   "/v1/sessions"):               (401,  401,  200,  404,  403,  403,  403,  401),
    ("POST",   "/v1/sessions/{session}/join"): (401, 401,  403,  403,  200,  200,  403,  401),
    ("POST",   "/v1/sessions/{session}/mail"): (401, 401,  201,  404,  201,  201,  403,  401),
    ("GET",    "/v1/sessions/{session}/mail"): (401, 401,  200,  404,  200,  200,  403,  401),
    ("DELETE", "/v1/sessions/{session}"):     (401,  401,  204,  404,  403,  204,  403,  401),
    ("POST",   "/v1/relays/enrol"):           (403,  403,  403,  403,  403,  403,  403,  403),
    ("POST",   "/v1/relays/report"):          (401,  401,  403,  403,  403,  403,  200,  401),
    ("POST",   "/v1/relays/leave"):           (401,  401,  403,  403,  403,  403,  204,  401),
}
# fmt: on
# Where an upload answers 409, the file is there for that person already; whoever cannot see it may send it again.
# The two enrolments answer 403 to a code that is wrong; registering as a customer is for anybody.


@dataclass(frozen=True)
class Cast:
    """Everybody who asks, in the matrix' order, and Kim."""

    kim: Person
    everybody: tuple[httpx.Client, ...]


@pytest.fixture(scope="module")
def shop_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A service whose numbers may be read."""
    settings: dict[str, Any] = {"enrolments_per_minute": 6000, "metrics_token_hash": hash_token(NUMBERS_TOKEN)}
    shop = Shop(tmp_path_factory.mktemp("shop"), NotedRelay(), **settings).start()
    yield shop
    shop.close()


@pytest.fixture(scope="module")
def cast(shop_of_all: Shop) -> Cast:
    """All roles, each on a device of its own."""
    shop = shop_of_all
    kim, gone, numbers = shop.customer("Kim"), shop.technician("Gone"), shop.anonymous()
    admin.revoke(shop.settings, "Gone")
    numbers.headers["Authorization"] = f"Bearer {NUMBERS_TOKEN}"
    known = (gone, kim, shop.customer("Lee"), shop.technician("Sanne"), shop.owner("Olga"), shop.relay_machine("east"))
    return Cast(kim, (shop.anonymous(), *(person.http for person in known), numbers))


@dataclass(frozen=True)
class Matter:
    """What a request is about: all of it Kim's."""

    case: UUID
    session: UUID
    content: bytes

    @property
    def sha256(self) -> str:
        """The content's address."""
        return hashlib.sha256(self.content).hexdigest()


def _matter(kim: Person) -> Matter:
    matter = Matter(kim.open_case(), uuid4(), uuid4().bytes[:9])
    body = {"session": str(matter.session), "case": str(matter.case), "key": KEY}
    assert kim.http.post("/v1/sessions", json=body).status_code == 200
    kim.upload(matter.content)
    return matter


def _ask(http: httpx.Client, route: tuple[str, str], matter: Matter) -> httpx.Response:
    method, path = route
    bodies: dict[str, object] = {
        "/v1/events": {"events": []},
        "/v1/sessions": {"session": str(matter.session), "case": str(matter.case), "key": KEY},
        "/v1/sessions/{session}/join": {"key": KEY},
        "/v1/sessions/{session}/mail": letter(b"x"),
        "/v1/enrol": {"code": "wrong", "device": str(uuid4())},
        "/v1/relays/enrol": {"code": "wrong", "device": str(uuid4())},
        "/v1/relays/report": report().model_dump(mode="json"),
        "/v1/customers": {"name": "New", "device": str(uuid4())},
    }
    url = path.format(session=matter.session, sha256=matter.sha256)
    if "blobs" in path:
        content = matter.content if method == "PATCH" else None
        return http.request(method, url, headers=UPLOAD, content=content)
    return http.request(method, url, json=bodies.get(path) if method == "POST" else None)


def _routes(app: FastAPI) -> set[tuple[str, str]]:
    return {(method, path) for _, path, methods in routes_of(app) for method in methods}


def test_the_matrix_knows_every_route(shop_of_all: Shop) -> None:
    assert _routes(shop_of_all.app) == set(MATRIX)


def test_every_route_is_described_save_the_description_itself(shop_of_all: Shop) -> None:
    paths = shop_of_all.anonymous().get("/v1/openapi.json").json()["paths"]
    described = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert described == {route for route in MATRIX if route[1] != "/v1/openapi.json"}


def test_what_is_open_to_nobody_in_particular_is_what_the_guard_names() -> None:
    assert {route for route, answers in MATRIX.items() if answers[0] != 401} == OPEN


@pytest.mark.parametrize("route", sorted(MATRIX), ids=" ".join)
def test_a_route_is_open_to_whom_it_is_meant_for(cast: Cast, route: tuple[str, str]) -> None:
    answers = [_ask(http, route, _matter(cast.kim)) for http in cast.everybody]
    assert tuple(answer.status_code for answer in answers) == MATRIX[route]
    for answer in answers:
        assert answer.status_code < 400 or answer.headers["Content-Type"] == "application/problem+json"


def test_whoever_is_turned_away_has_read_and_changed_nothing(cast: Cast) -> None:
    matter = _matter(cast.kim)
    letters = f"/v1/sessions/{matter.session}/mail"
    before = cast.kim.pull()["events"]
    for route, statuses in MATRIX.items():
        for http, status in zip(cast.everybody, statuses, strict=True):
            if status not in (401, 403, 404):
                continue
            told = _ask(http, route, matter).content
            assert not any(secret in told for secret in (matter.content, b"printer", b"host_key", b"events"))
    assert cast.kim.pull()["events"] == before
    assert cast.everybody[4].get(letters).json()["letters"] == []
    assert cast.kim.http.get(f"/v1/blobs/{matter.sha256}").content == matter.content
    assert cast.kim.http.post(letters, json=letter(b"still open")).status_code == 201


def test_nobody_writes_into_anothers_case(shop: Shop) -> None:
    kim, lee = shop.customer("Kim"), shop.customer("Lee")
    case_id = kim.open_case()
    note = NoteAdded(text="Mine now", certainty=Certainty.ASSUMED, audience=Audience.CUSTOMER)
    as_kim = lee.event(case_id, note, author=kim.me, device=kim.device)
    from_her_device = lee.event(case_id, note, device=kim.device)
    for event in (lee.event(case_id, note), as_kim, from_her_device):
        (verdict,) = lee.push(event)
        assert "reason" in verdict
    assert kim.kinds() == ["case_opened"]
    assert lee.kinds() == []


@pytest.mark.parametrize("path", ["/", "/docs", "/redoc", "/v1", "/v1/", "/v1/nothing", "/v1/events/", "/openapi.json"])
def test_what_is_not_there_is_closed(shop_once: Shop, path: str) -> None:
    http = shop_once.anonymous()
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW"):
        answer = http.request(method, path)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert method == "HEAD" or answer.json()["type"] == "unauthorised"


@pytest.mark.parametrize("header", ["", "Bearer", "Basic abc", "Bearer wrong", "Bearer " + "x" * 5000])
def test_no_other_word_opens_the_door(shop_once: Shop, header: str) -> None:
    assert shop_once.anonymous().get("/v1/events", headers={"Authorization": header}).status_code == 401


def test_who_is_known_hears_what_is_not_there(shop: Shop) -> None:
    kim = shop.customer("Kim")
    assert kim.http.get("/v1/nothing").json() == {
        "type": "missing",
        "title": "Not Found",
        "status": 404,
        "detail": "There is nothing at this address. /v1/openapi.json tells what there is.",
    }
    answer = kim.http.put("/v1/events")
    assert (answer.status_code, answer.json()["type"]) == (405, "method")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(answer.headers["Allow"].split(", ")) <= {"GET", "POST"}


def test_internal_notes_and_others_cases_never_reach_a_customer_whatever_they_ask(shop: Shop) -> None:
    kim, lee, sanne = shop.customer("Kim"), shop.customer("Lee"), shop.technician("Sanne")
    case_id, others = kim.open_case("MINE"), lee.open_case("NOT-MINE")
    among_colleagues = (
        CaseTaken(),
        HandoverOffered(to="SECRET", tried="SECRET", assumed="SECRET", next="SECRET"),
        ColleagueAsked(text="SECRET", to="SECRET"),
        LineCrossed(text="SECRET", follow_up="SECRET"),
    )
    for which in (case_id, others):
        internal = NoteAdded(text="SECRET", certainty=Certainty.ASSUMED, audience=Audience.INTERNAL)
        verdicts = sanne.push(sanne.event(which, internal), *(sanne.event(which, body) for body in among_colleagues))
        assert all("version" in verdict for verdict in verdicts)
    cursor = kim.pull()["cursor"]
    epoch = cursor.split(":")[0]
    for after in (None, *(f"{epoch}:{version}" for version in range(12))):
        told = str(kim.pull(after))
        assert "SECRET" not in told
        assert "NOT-MINE" not in told
