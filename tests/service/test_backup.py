"""A backup by hand, as docs/operating.md tells it: taken while the service works, put back, and nothing is lost."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from app.domain.events import Audience, Certainty, NoteAdded
from tests.service.on_sqlite import db, db_once  # noqa: F401 - fixtures
from tests.service.parts import Shop


def test_a_backup_by_hand_is_whole_and_can_be_gone_back_to(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
    order = re.findall(r"^(sqlite3|rsync) ", page, flags=re.MULTILINE)
    assert order == ["sqlite3", "rsync", "sqlite3"]
    shop = Shop(tmp_path).start()
    try:
        kim = shop.customer("Kim")
        case_id = kim.open_case()
        kept = kim.upload(b"kept")
        copy = tmp_path / "backup"
        copy.mkdir()
        with (
            closing(sqlite3.connect(shop.settings.data / "service.db")) as source,
            closing(sqlite3.connect(copy / "service.db")) as target,
        ):
            source.backup(target)
        shutil.copytree(shop.settings.blobs, copy / "blobs", ignore=shutil.ignore_patterns("parts"))
        note = NoteAdded(text="after the backup", certainty=Certainty.ASSUMED, audience=Audience.CUSTOMER)
        later = kim.event(case_id, note)
        kim.push(later)
        ahead = kim.pull()["cursor"]
        shop.stop()
        shutil.rmtree(shop.settings.data)
        shutil.copytree(copy, shop.settings.data)
        shop.start()
        assert kim.kinds() == ["case_opened"]
        assert kim.http.get(f"/v1/blobs/{kept}").content == b"kept"
        answer = kim.http.get("/v1/events", params={"after": ahead})
        assert (answer.status_code, answer.json()["type"]) == (409, "unknown-epoch")
        assert "version" in kim.push(later)[0]  # what the device still has comes back
        assert kim.kinds() == ["case_opened", "note_added"]
    finally:
        shop.close()
