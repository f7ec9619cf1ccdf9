"""The service's log through a whole main job, at its most talkative: JSON alone, and nothing of anybody in it."""

import json
from pathlib import Path

import pytest

from tests.stories.shop import Shop

pytestmark = pytest.mark.keyring
TOKEN = "numbers-" * 5


def test_a_main_job_leaves_nothing_of_anybody_in_the_log(
    tmp_path: Path, secret_service: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = tmp_path / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    with Shop(tmp_path, secret_service) as shop:
        shop.close()
        shop.owner.environment["BISTAND_LOG"] = "DEBUG"
        shop.open(0, "--metrics-token", str(token))
        secrets = _main_job(shop, tmp_path)
        bad = shop.person("stranger").types("enrol", shop.url, "7QF2-MK4T-0000-0000")
        assert bad.code != 0
        shop.close()
        log = "".join(shop._service.errors)
    lines = [json.loads(line) for line in log.splitlines()]
    assert {line["route"] for line in lines if line["message"] == "request"} >= {
        "/v1/customers", "/v1/enrol", "/v1/events", "/v1/sessions", "/v1/sessions/{session}/mail", "/v1/blobs/{sha256}",
    }  # fmt: skip
    for what, secret in {**secrets, "a wrong code": "7QF2-MK4T", "the numbers' token": TOKEN}.items():
        assert secret not in log, what


def _main_job(shop: Shop, folder: Path) -> dict[str, str]:
    """One, from enrolment to the customer's word. Returns what the log must not hold."""
    anna, lone = shop.person("anna"), shop.person("lone")
    enrolment = shop.owner.types("admin", "technician", "add", "Anna Holm", "--json").facts["code"]
    assert anna.types("enrol", shop.url, enrolment, "--json").facts["technician"] == "Anna Holm"
    asked = shop.asks_for_help(lone, "Kørekortsag: it prints nothing", f"terminal,files={folder}", name="Lone Møller")
    case, code = asked.event("requested")["case"], asked.event("code")["code"]
    done = anna.types("connect", case, "--code", code, "--json", "--run", "echo spooler-word").facts
    assert done["commands"][0]["stdout"] == "spooler-word\n"
    assert asked.end() == 0
    anna.types("note", case, "A note about the toner", "--certainty", "verified")
    anna.types("sync")
    return {
        "a case": case,
        "a code": code,
        "a code as it is spoken": f"{code[:4]} {code[4:]}",
        "an enrolment code": enrolment,
        "a customer's name": "Lone",
        "a technician's name": "Anna",
        "what a case is about": "Kørekortsag",
        "what was typed": "spooler-word",
        "a note": "toner",
        "a session": done["session"],
        "a token": "Bearer",
        "a key": "ssh-ed25519 AAAA",
    }
