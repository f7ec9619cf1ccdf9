"""The served description is kept: schemathesis asks a running service for everything that it allows, and much else.

Each run draws a seed and prints it; `BISTAND_CONTRACT_SEED` repeats one, `BISTAND_CONTRACT_CASES` asks for more cases.
"""

import os
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from app.service.tokens import hash_token
from tests.service.parts import KEY, NotedRelay, Shop

CASES = int(os.environ.get("BISTAND_CONTRACT_CASES", "350"))
SEED = int(os.environ.get("BISTAND_CONTRACT_SEED", "0")) or random.SystemRandom().randrange(1, 2**32)
NUMBERS_TOKEN = "n" * 32
OPERATIONS = 19

# Who asks what, and which refusals are right though no schema can tell them: bounds in bytes, what is over, the tus
# protocol's own answers, and a name that holds what cannot be seen.
CONFIG = """
[parameters]
wait = 0

[checks]
negative_data_rejection.expected-statuses = [400, 401, 403, 404, 405, 406, 409, 410, 412, 413, 415, 422, 423, 429]
positive_data_acceptance.expected-statuses = ["2xx", "3xx", 401, 403, 404, 409, 410, 413, 429]
missing_required_header.expected-statuses = [400, 401, 403, 406, 412, 415, 422]

[[operations]]
include-path = "/v1/customers"
checks.positive_data_acceptance.expected-statuses = ["2xx", 409, 422]

[[operations]]
include-name = "PATCH /v1/blobs/{{sha256}}"
checks.positive_data_acceptance.expected-statuses = ["2xx", 400, 401, 409, 413, 423, 429, 460]

[[operations]]
include-name = "POST /v1/sessions"
headers = {{ Authorization = "Bearer {customer}" }}

[[operations]]
include-name = "GET /v1/sessions/{{session}}/mail"
parameters = {{ session = "{session}" }}

[[operations]]
include-name = "POST /v1/sessions/{{session}}/mail"
parameters = {{ session = "{session}" }}

[[operations]]
include-name = "POST /v1/sessions/{{session}}/join"
parameters = {{ session = "{session}" }}

[[operations]]
include-name = "GET /v1/blobs/{{sha256}}"
parameters = {{ sha256 = "{sha256}" }}

[[operations]]
include-path = "/v1/relays/report"
headers = {{ Authorization = "Bearer {relay}" }}

[[operations]]
include-path = "/v1/relays/leave"
headers = {{ Authorization = "Bearer {relay}" }}

[[operations]]
include-path = "/metrics"
headers = {{ Authorization = "Bearer {numbers}" }}
"""


def _config(shop: Shop) -> str:
    kim, session = shop.customer("Kim"), str(uuid4())
    case_id = str(kim.open_case())
    assert kim.http.post("/v1/sessions", json={"session": session, "case": case_id, "key": KEY}).status_code == 200
    return CONFIG.format(
        customer=kim.token,
        relay=shop.relay_machine("east").token,
        numbers=NUMBERS_TOKEN,
        session=session,
        sha256=kim.upload(b"0123456789"),
    )


@pytest.mark.timeout(60 + CASES // 4)
def test_the_description_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plenty: dict[str, Any] = dict.fromkeys(("enrolments_per_minute", "mails_per_minute", "requests_per_minute"), 10**6)
    shop = Shop(tmp_path, NotedRelay(), metrics_token_hash=hash_token(NUMBERS_TOKEN), **plenty).start()
    try:
        (tmp_path / "contract.toml").write_text(_config(shop))
        done = subprocess.run(
            [
                Path(sys.executable).with_name("st"), "--config-file", tmp_path / "contract.toml", "--no-color",
                "run", f"{shop.url}/v1/openapi.json", "--checks", "all", "--seed", str(SEED), "--warnings", "off",
                "--workers",
                "2",
                "--phases", "fuzzing" if CASES < 2000 else "coverage,fuzzing,stateful",
                "-n", str(1 + (2 if CASES < 2000 else 1) * CASES // OPERATIONS), "--generation-database", "none",
                "-H", f"Authorization: Bearer {shop.technician('Sanne').token}",
            ],
            env={**os.environ, "SCHEMATHESIS_HOOKS": str(Path(__file__).with_name("contract_hooks.py"))},
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        shop.close()
    told = re.search(r"(\d+) generated", done.stdout)
    assert told is not None, done.stdout + done.stderr
    with capsys.disabled():
        sys.stdout.write(f"\n  {told[1]} requests against the description, seed {SEED} ")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Tested: {OPERATIONS}" in done.stdout
    assert int(told[1]) >= CASES
