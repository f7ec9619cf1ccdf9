"""Time is told to Kimai: each piece once, whatever was sent before, and nothing that would be told wrongly."""

import dataclasses
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.events import WorkKind
from app.flows.errors import BadInputError, KimaiBusyError, NoKimaiTokenError
from app.flows.kimai import Sent, forget_token, keep_token, own_entries, send_to_kimai
from app.flows.kimai_file import KimaiFileError, KimaiPlaces, read_places
from app.flows.party import Party
from app.flows.timesheet import Entry
from app.store.lock import held
from app.sync.errors import (
    InsecureServiceError,
    KimaiError,
    KimaiFaultError,
    KimaiTokenError,
    NoKimaiError,
    NotKimaiError,
)
from app.sync.kimai import KimaiClient, mark
from tests.kimai import TOKEN, Kimai
from tests.ports import free_port
from tests.widgets.people import technician

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
PLACES = KimaiPlaces(project=1, activity=1, projects={"Møller & Søn": 2}, activities={WorkKind.TRAVEL: 3})


@pytest.fixture
def anna(tmp_path: Path) -> Iterator[Party]:
    """A technician whose own service cannot be reached: it is not needed."""
    someone = technician(tmp_path / "anna")
    yield someone
    someone.close()


@pytest.fixture(scope="module")
def bo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Party]:
    """A technician for many sendings: of what was sent nothing is remembered."""
    someone = technician(tmp_path_factory.mktemp("bo"))
    yield someone
    someone.close()


@pytest.fixture
def kimai() -> Iterator[Kimai]:
    """An empty Kimai."""
    with Kimai() as opened:
        yield opened


def entry(start: datetime = NOON, minutes: float = 30, number: int | None = None, **more: object) -> Entry:
    """A piece of work as a timesheet has it."""
    made = Entry(
        id=uuid4() if number is None else UUID(int=number),
        case_id=UUID(int=1),
        customer="Lone",
        technician="Anna",
        technician_id=UUID(int=2),
        start=start,
        end=start + timedelta(minutes=minutes),
        seconds=minutes * 60,
        kind=WorkKind.COVERED,
        text="Looked at the spooler",
    )
    return dataclasses.replace(made, **more)  # type: ignore[arg-type]


def tell(anna: Party, kimai: Kimai, *entries: Entry) -> Sent:
    """Send these, with the token that this Kimai knows."""
    anna.secrets.set(f"kimai token {kimai.url}", TOKEN)
    return send_to_kimai(anna, kimai.url, entries, PLACES)


def test_a_piece_is_told_by_the_wall_clock_of_kimais_user(anna: Party, kimai: Kimai) -> None:
    piece = entry(customer="MØLLER & SØN", kind=WorkKind.TRAVEL, text="To the office\nand back")
    assert tell(anna, kimai, piece) == Sent(created=1)
    assert kimai.records == {
        1: {
            "id": 1,
            "begin": "2026-11-02T13:00:00",
            "end": "2026-11-02T13:30:00",
            "project": 2,
            "activity": 3,
            "description": f"To the office and back {mark(piece.id)}",
            "billable": True,
        }
    }


@pytest.mark.parametrize("kind", WorkKind)
def test_what_is_given_away_is_not_billable(anna: Party, kimai: Kimai, kind: WorkKind) -> None:
    tell(anna, kimai, entry(kind=kind))
    assert kimai.records[1]["billable"] is (kind in (WorkKind.COVERED, WorkKind.SPECIAL, WorkKind.TRAVEL))


def test_what_is_there_is_left_alone_and_what_was_corrected_is_changed(anna: Party, kimai: Kimai) -> None:
    first, second = entry(), entry(NOON + timedelta(hours=2))
    tell(anna, kimai, first, second)
    assert tell(anna, kimai, first, second) == Sent(unchanged=2)
    assert len(kimai.writes()) == 2
    moved = dataclasses.replace(second, start=second.start - timedelta(days=40), end=second.end - timedelta(days=40))
    assert tell(anna, kimai, first, moved) == Sent(changed=1, unchanged=1)
    assert [record["begin"] for record in kimai.records.values()] == ["2026-11-02T13:00:00", "2026-09-23T16:00:00"]


def test_a_kimai_that_rounds_has_each_piece_once_all_the_same(anna: Party, kimai: Kimai) -> None:
    kimai.rounds = True
    piece = entry(NOON + timedelta(seconds=25))
    tell(anna, kimai, piece)
    assert tell(anna, kimai, piece) == Sent(changed=1)
    assert len(kimai.records) == 1


def test_a_record_is_found_among_pages_that_repeat_rows(anna: Party, kimai: Kimai) -> None:
    piece = entry()
    tell(anna, kimai, piece)
    text = f"copied from {piece.id}"
    for number in range(2, 1205):
        kimai.records[number] = {**kimai.records[1], "id": number, "description": text}
    kimai.records[1]["description"], kimai.records[1204]["description"] = text, f"mine {mark(piece.id)}"
    kimai.repeats_rows = True
    assert tell(anna, kimai, piece) == Sent(changed=1)
    assert len(kimai.records) == 1204
    assert kimai.records[1204]["description"].startswith("Looked at")


def test_a_record_that_somebody_copied_in_kimai_is_told_and_not_multiplied(anna: Party, kimai: Kimai) -> None:
    piece = entry()
    tell(anna, kimai, piece)
    kimai.records[9] = {**kimai.records[1], "id": 9}
    assert tell(anna, kimai, piece) == Sent(unchanged=1, copied=(piece,))
    assert len(kimai.records) == 2


def test_a_text_copied_from_kimai_does_not_make_one_record_another(anna: Party, kimai: Kimai) -> None:
    first = entry()
    tell(anna, kimai, first)
    second = entry(NOON + timedelta(hours=2), text=kimai.records[1]["description"])
    assert tell(anna, kimai, second, first) == Sent(created=1, unchanged=1)
    assert [row["description"] for row in kimai.records.values()] == [
        f"Looked at the spooler {mark(piece.id)}" for piece in (first, second)
    ]


def test_what_kimai_refuses_is_told_and_stops_no_other(anna: Party, kimai: Kimai) -> None:
    first, second = entry(), entry(NOON + timedelta(hours=2))
    tell(anna, kimai, first)
    kimai.locked.add(1)
    longer = dataclasses.replace(first, end=first.end + timedelta(minutes=5))
    sent = tell(anna, kimai, longer, second)
    assert (sent.created, sent.changed) == (1, 0)
    (lost,) = sent.not_sent
    assert lost.entry == longer
    assert lost.reason == "You are not allowed to update this timesheet (HTTP 403)"


def test_which_fields_kimai_finds_wrong_is_told(anna: Party, kimai: Kimai) -> None:
    backwards = entry(minutes=-30)
    (lost,) = tell(anna, kimai, backwards).not_sent
    assert lost.reason == "Validation Failed (HTTP 400): end: End date must not be earlier then start date."


@pytest.mark.parametrize(
    ("start", "minutes", "is_told"),
    [
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), 20, True),  # before the repeated hour, which is 0:00 to 2:00 UTC
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), 45, False),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), 15, False),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), 15, False),
        (datetime(2026, 10, 25, 1, 59, 59, tzinfo=UTC), 90, False),
        (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), 15, True),
        (datetime(2026, 10, 24, 23, 0, tzinfo=UTC), 240, True),
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), 60, True),
    ],
)
def test_a_time_that_the_wall_clock_shows_twice_is_not_told(
    anna: Party, kimai: Kimai, start: datetime, minutes: float, is_told: bool
) -> None:
    piece = entry(start, minutes)
    sent = tell(anna, kimai, piece)
    assert (sent.created, len(sent.not_sent)) == ((1, 0) if is_told else (0, 1))
    if not is_told:
        assert kimai.writes() == []
        assert "the hour that the clock repeats" in sent.not_sent[0].reason
        assert mark(piece.id) in sent.not_sent[0].reason
        times = {
            name: moment.astimezone(ZoneInfo(kimai.timezone)).strftime("%Y-%m-%dT%H:%M:%S")
            for name, moment in (("begin", piece.start), ("end", piece.end))
        }
        kimai.records[5] = {"id": 5, "project": 8, "activity": 8, "description": f"By hand {mark(piece.id)}", **times}
        assert tell(anna, kimai, piece) == Sent(unchanged=1)
    else:
        (row,) = KimaiClient(kimai.url, token=lambda: TOKEN).find(piece.id)
        assert (row.begin, row.end) == (piece.start, piece.end)


@settings(max_examples=30)
@given(st.data())
def test_sending_in_any_order_with_drops_in_the_middle_never_doubles(bo: Party, data: st.DataObject) -> None:
    """Each run may break off before or after any request was done; the last one is left in peace."""
    pieces = [entry(NOON + timedelta(hours=number), number=number + 1) for number in range(4)]
    with Kimai() as kimai:
        for _ in range(data.draw(st.integers(1, 4))):
            kimai.drops.extend(data.draw(st.lists(st.sampled_from(["", "", "", "before", "after"]), max_size=10)))
            lengths = data.draw(st.lists(st.integers(1, 50), min_size=4, max_size=4))
            pieces = [
                dataclasses.replace(piece, end=piece.start + timedelta(minutes=length))
                for piece, length in zip(pieces, lengths, strict=True)
            ]
            chosen = data.draw(st.lists(st.sampled_from(pieces), unique=True))
            with suppress(KimaiError):
                tell(bo, kimai, *data.draw(st.permutations(chosen)))
            kimai.drops.clear()
        tell(bo, kimai, *data.draw(st.permutations(pieces)))
        kept = sorted((record["description"], record["end"]) for record in kimai.records.values())
        local = timedelta(hours=1)
        assert kept == sorted(
            (f"{piece.text} {mark(piece.id)}", f"{(piece.end + local).replace(tzinfo=None).isoformat()}")
            for piece in pieces
        )


def test_a_stop_in_the_middle_goes_on_from_there(anna: Party, kimai: Kimai) -> None:
    pieces = [entry(NOON + timedelta(hours=number)) for number in range(5)]
    anna.secrets.set(f"kimai token {kimai.url}", TOKEN)

    def stop_at_three(done: int, _total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send_to_kimai(anna, kimai.url, pieces, PLACES, stop_at_three)
    assert tell(anna, kimai, *pieces) == Sent(created=2, unchanged=3)
    assert len(kimai.records) == 5


def test_two_programs_of_one_home_do_not_tell_at_once(anna: Party, kimai: Kimai) -> None:
    with held(anna.home.folder / "kimai.lock", 1), pytest.raises(KimaiBusyError, match="just now"):
        tell(anna, kimai, entry())
    assert kimai.asked == []


def test_a_token_is_kept_once_it_opens_and_for_its_own_kimai_alone(anna: Party, kimai: Kimai) -> None:
    with pytest.raises(KimaiTokenError, match="does not know the token"):
        keep_token(anna, kimai.url, "wrong")
    with pytest.raises(NoKimaiTokenError):
        send_to_kimai(anna, kimai.url, (), PLACES)
    assert keep_token(anna, f"{kimai.url}/", f" {TOKEN}\n").timezone == "Europe/Copenhagen"
    assert send_to_kimai(anna, kimai.url, (entry(),), PLACES) == Sent(created=1)
    with Kimai() as other:
        with pytest.raises(NoKimaiTokenError):
            send_to_kimai(anna, other.url, (entry(),), PLACES)
        assert other.asked == []
    forget_token(anna, kimai.url)
    with pytest.raises(NoKimaiTokenError):
        send_to_kimai(anna, kimai.url, (), PLACES)


@pytest.mark.parametrize("token", ["", "   ", "two words", "line\nbreak", "ø", "x" * 600])
def test_what_can_be_no_token_is_sent_nowhere(anna: Party, kimai: Kimai, token: str) -> None:
    with pytest.raises(BadInputError, match="no token"):
        keep_token(anna, kimai.url, token)
    assert kimai.asked == []


@pytest.mark.parametrize("url", ["http://time.example.com", "time.example.com", "https://anna:secret@time.example.com"])
def test_an_address_that_would_tell_the_token_in_the_open_is_refused(anna: Party, url: str) -> None:
    with pytest.raises(InsecureServiceError, match="https://"):
        keep_token(anna, url, TOKEN)


@pytest.mark.parametrize(
    ("status", "error"), [(401, KimaiTokenError), (500, KimaiFaultError), (429, KimaiFaultError), (302, NotKimaiError)]
)
def test_what_stops_all_is_told(anna: Party, kimai: Kimai, status: int, error: type[KimaiError]) -> None:
    kimai.faults.extend([0, 0, 0, status])
    with pytest.raises(error):
        tell(anna, kimai, entry(), entry(), entry())
    assert len(kimai.records) == 1


def test_a_kimai_that_does_not_answer_is_told(anna: Party) -> None:
    with pytest.raises(NoKimaiError, match="what Kimai has taken is not sent twice"):
        keep_token(anna, f"http://127.0.0.1:{free_port()}", TOKEN)


@pytest.mark.parametrize("page", [b"<html>Welcome</html>", b"[]", b'{"id": "seven"}'])
def test_what_is_no_kimai_is_told(anna: Party, kimai: Kimai, page: bytes) -> None:
    kimai.page = page
    with pytest.raises(NotKimaiError, match="is not Kimai"):
        keep_token(anna, kimai.url, TOKEN)


def test_a_time_zone_that_nobody_knows_is_told_before_anything_is_sent(anna: Party, kimai: Kimai) -> None:
    kimai.timezone = "Mars/Olympus"
    with pytest.raises(NotKimaiError, match="Mars/Olympus"):
        tell(anna, kimai, entry())
    assert kimai.writes() == []


def test_ones_own_work_is_ones_own(anna: Party) -> None:
    mine, bos = entry(technician_id=anna.me.id), entry()
    assert own_entries(anna, (mine, bos)) == (mine,)


def test_all_places_that_nobody_named_are_told_before_anything_is_sent(anna: Party, kimai: Kimai) -> None:
    anna.secrets.set(f"kimai token {kimai.url}", TOKEN)
    places = KimaiPlaces(projects={"Lone": 1}, activities={WorkKind.COVERED: 1})
    pieces = [entry(), entry(customer="Bo"), entry(customer="Ada", kind=WorkKind.TRAVEL)]
    with pytest.raises(KimaiFileError, match="a project for “Ada”, “Bo” and an activity for travel"):
        send_to_kimai(anna, kimai.url, pieces, places)
    assert kimai.asked == []


def test_the_file_of_places_is_read(tmp_path: Path) -> None:
    path = tmp_path / "kimai.toml"
    path.write_text('project = 1\n[projects]\n"Møller & Søn" = 2\n[activities]\ntravel = 3\n')
    places = read_places(path)
    assert [places.project_of(name) for name in ("møller & søn", "Lone")] == [2, 1]
    assert [places.activity_of(kind) for kind in (WorkKind.TRAVEL, WorkKind.COVERED)] == [3, None]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("project = 0", "“project” is wrong"),
        ("project = true", "“project” is wrong"),
        ('project = "1"', "“project” is wrong"),
        ("[activities]\nfun = 1", "“activities.fun” is wrong"),
        ("token = 'a'", "“token” is wrong"),
        ("project", "is no TOML"),
        ("#" * 300_000, "too large"),
    ],
)
def test_what_is_wrong_with_the_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "kimai.toml"
    path.write_text(text)
    with pytest.raises(KimaiFileError, match=said):
        read_places(path)


def test_a_file_that_is_not_there_is_told_with_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(KimaiFileError, match=r"kimai.toml, such as:(?s:.*)travel = 3"):
        read_places(tmp_path / "kimai.toml")
