"""What a person is given of what is held about them: all of it, and nothing that is somebody else's."""

import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app.service.erase import whom
from app.service.errors import ExportError
from app.service.export_person import export_person
from tests.service.filled import Filled, all_events, filled
from tests.service.parts import Shop


@pytest.fixture(scope="module")
def full(shop_once: Shop) -> Filled:
    """A shop that runs and has something of everything."""
    return filled(shop_once)


def lines(content: bytes) -> list[dict[str, Any]]:
    """Facts, a line each."""
    return [json.loads(line) for line in content.splitlines()]


def test_a_customer_gets_every_event_that_they_may_read_and_what_hangs_on_them(full: Filled, tmp_path: Path) -> None:
    place = tmp_path / "for Kim"
    done = export_person(full.shop.settings, whom(full.shop.settings, "Kim Ærøskøbing"), place)
    held = {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()}
    told = [line["event"] for line in lines(held["events.jsonl"])]
    assert [event for event in told if event["stream"] == "case"] == all_events(full.kim)
    assert [event["body"]["kind"] for event in told if event["stream"] == "customer"] == [
        "customer_added", "person_joined", "contact_told", "machine_told", "use_told", "usual_technician_named",
    ]  # fmt: skip
    assert {line["id"] for line in lines(held["devices.jsonl"])} == {str(full.kim.device)}
    assert [line["id"] for line in lines(held["sessions.jsonl"])] == [str(full.session)]
    assert [line["name"] for line in lines(held["person.jsonl"])] == ["Kim Ærøskøbing"]
    assert len(lines(held["letters.jsonl"])) == 1
    wanted = ("report", "recording", "audit", "shared")
    assert {name for name in held if name.startswith("blobs/")} == {f"blobs/{full.blobs[each]}" for each in wanted}
    assert held[f"blobs/{full.blobs['recording']}"] == b"asciicast of Kim" * 9
    assert "Kim Ærøskøbing" in held["README.txt"].decode()
    whole = b"".join(held.values())
    for foreign in (
        b"Internal: Kim is rude",
        b"kims-unknown-kind",
        b"note on Kim",
        b"care with",
        b"Lone",
        b"mouse",
        full.kim.token.encode(),
    ):
        assert foreign not in whole
    assert done.missing == ()
    assert done.counts["events"] == len(told)
    assert {stat.S_IMODE(path.stat().st_mode) for path in place.rglob("*") if path.is_file()} == {0o600}
    assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_a_technician_gets_what_they_wrote_and_no_word_of_others(full: Filled, tmp_path: Path) -> None:
    place = tmp_path / "sanne.zip"
    export_person(full.shop.settings, whom(full.shop.settings, "Sanne Østergård"), place)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    with zipfile.ZipFile(place) as archive:
        assert archive.testzip() is None
        held = {name: archive.read(name) for name in archive.namelist()}
    own = [event for event in all_events(full.sanne) if event["author"]["id"] == str(full.sanne.me.id)]  # type: ignore[index]
    assert [line["event"] for line in lines(held["events.jsonl"])] == own
    assert [line["kind"] for line in lines(held["named.jsonl"])] == ["session_started"]
    assert not any(name.startswith("blobs/") for name in held)
    whole = b"".join(held.values())
    for foreign in (b"I looked too", b"My secret trouble", b"kimskey", b"asciicast of Kim", full.sanne.token.encode()):
        assert foreign not in whole


def test_it_is_written_over_nothing_and_leaves_nothing_half_done(full: Filled, tmp_path: Path) -> None:
    person = whom(full.shop.settings, "Lone")
    (tmp_path / "taken").mkdir()
    with pytest.raises(ExportError, match="already"):
        export_person(full.shop.settings, person, tmp_path / "taken")
    with pytest.raises(ExportError, match="No such file"):
        export_person(full.shop.settings, person, tmp_path / "nowhere" / "file.zip")

    def give_up(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    for name in ("folder", "file.zip"):
        with pytest.raises(KeyboardInterrupt):
            export_person(full.shop.settings, person, tmp_path / name, give_up)
    assert {path.name for path in tmp_path.iterdir()} == {"taken"}
