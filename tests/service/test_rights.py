"""Every route by every role: closed unless it is meant to be open."""

import hashlib
from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from app.domain.events import Audience, Certainty, NoteAdded
from tests.service.parts import KEY, TUS, Person, Shop, letter, report

People = tuple[Person, Person, Person]
UPLOAD = {"Upload-Offset": "0", "Upload-Length": "9", "Content-Type": "application/offset+octet-stream", **TUS}

# What each answers: nobody, the case's customer, another customer, a technician.
MATRIX = {
    ("get", "/v1/provider"): (200, 200, 200, 200),
    ("get", "/healthz"): (200, 200, 200, 200),
    ("get", "/v1/openapi.json"): (200, 200, 200, 200),
    ("post", "/v1/enrol"): (422, 422, 422, 422),
    ("post", "/v1/customers"): (422, 422, 422, 422),
    ("post", "/v1/events"): (401, 200, 200, 200),
    ("get", "/v1/events"): (401, 200, 200, 200),
    ("head", "/v1/blobs/{sha256}"): (401, 200, 200, 200),
    ("patch", "/v1/blobs/{sha256}"): (401, 204, 204, 409),  # a technician may read it, so it is there for them
    ("get", "/v1/blobs/{sha256}"): (401, 200, 404, 200),
    ("post", "/v1/sessions"): (401, 200, 404, 403),
    ("post", "/v1/sessions/{session}/join"): (401, 403, 403, 200),
    ("post", "/v1/sessions/{session}/mail"): (401, 201, 404, 201),
    ("get", "/v1/sessions/{session}/mail"): (401, 200, 404, 200),
    ("delete", "/v1/sessions/{session}"): (401, 204, 404, 204),
    ("post", "/v1/relays/enrol"): (422, 422, 422, 422),
    ("post", "/v1/relays/report"): (401, 403, 403, 403),
    ("post", "/v1/relays/leave"): (401, 403, 403, 403),
}
RELAYS = {  # what a further relay is answered; 403 everywhere else where a token is needed
    ("post", "/v1/relays/report"): 200,
    ("post", "/v1/relays/leave"): 204,
}


def _routes(app: FastAPI) -> set[tuple[str, str]]:
    return {(method, path) for path, methods in app.openapi()["paths"].items() for method in methods}


@pytest.fixture(scope="module")
def people(shop_once: Shop) -> People:
    """The case's customer, another customer, a technician."""
    return shop_once.customer("Kim"), shop_once.customer("Lee"), shop_once.technician("Sanne")


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
    return matter


def _ask(http: httpx.Client, route: tuple[str, str], matter: Matter) -> int:
    method, path = route
    bodies: dict[str, object] = {
        "/v1/events": {"events": []},
        "/v1/sessions": {"session": str(matter.session), "case": str(matter.case), "key": KEY},
        "/v1/sessions/{session}/join": {"key": KEY},
        "/v1/sessions/{session}/mail": letter(b"x"),
        "/v1/enrol": {},
        "/v1/relays/enrol": {},
        "/v1/relays/report": report().model_dump(mode="json"),
        "/v1/customers": {},
    }
    url = path.format(session=matter.session, sha256=matter.sha256)
    if "blobs" in path:
        content = matter.content if method == "patch" else None
        return http.request(method, url, headers=UPLOAD, content=content).status_code
    return http.request(method, url, json=bodies.get(path) if method == "post" else None).status_code


def test_the_matrix_knows_every_route(shop_once: Shop) -> None:
    documented = set(shop_once.anonymous().get("/v1/openapi.json").json()["paths"])
    assert documented == {path for _, path in MATRIX} - {"/v1/openapi.json"}
    assert _routes(shop_once.app) == set(MATRIX) - {("get", "/v1/openapi.json")}


@pytest.mark.parametrize("route", sorted(MATRIX), ids=" ".join)
def test_a_route_is_open_to_whom_it_is_meant_for(shop_once: Shop, people: People, route: tuple[str, str]) -> None:
    kim, lee, sanne = people
    found = []
    for person in (None, kim, lee, sanne):
        matter = _matter(kim)
        if route[0] != "patch" or person is sanne:
            kim.upload(matter.content)
        found.append(_ask(person.http if person else shop_once.anonymous(), route, matter))
    assert tuple(found) == MATRIX[route]


@pytest.mark.parametrize("route", sorted(MATRIX), ids=" ".join)
def test_a_relay_may_use_its_own_routes_alone(shop_once: Shop, people: People, route: tuple[str, str]) -> None:
    relay = shop_once.relay_machine(str(uuid4()))
    expected = RELAYS.get(route, 403 if MATRIX[route][0] == 401 else MATRIX[route][0])
    assert _ask(relay.http, route, _matter(people[0])) == expected


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
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "Not Found",
    }
    assert kim.http.put("/v1/events").status_code == 405


def test_internal_notes_and_others_cases_never_reach_a_customer_whatever_they_ask(shop: Shop) -> None:
    kim, lee, sanne = shop.customer("Kim"), shop.customer("Lee"), shop.technician("Sanne")
    case_id, others = kim.open_case("MINE"), lee.open_case("NOT-MINE")
    for which in (case_id, others):
        internal = NoteAdded(text="SECRET", certainty=Certainty.ASSUMED, audience=Audience.INTERNAL)
        sanne.push(sanne.event(UUID(str(which)), internal))
    cursor = kim.pull()["cursor"]
    epoch = cursor.split(":")[0]
    for after in (None, *(f"{epoch}:{version}" for version in range(5))):
        told = str(kim.pull(after))
        assert "SECRET" not in told
        assert "NOT-MINE" not in told
