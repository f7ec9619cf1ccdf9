"""Rule 7: small favours are welcome and visible: their value is shown, never billed nor lost in silence."""

from pathlib import Path

from tests.stories.village import Village, agreement

MONTH = ("--month", "2026-02")


def test_a_favour_has_a_reason_and_a_value_and_stands_on_the_bill_for_nothing(village: Village, tmp_path: Path) -> None:
    _, case = village.asks("Lone Møller", "A question about a spreadsheet")
    anna, bo = village.technician("Anna"), village.technician("Bo")
    village.owner_types("agreement", "import", str(agreement(tmp_path)), "--customer", "Lone Møller")
    village.types(anna, "sync")
    favour = ("work", case, "--kind", "goodwill", "--from", "2026-02-03T10:00+01:00", "--to", "2026-02-03T10:08+01:00")
    assert "why this is a favour" in village.types(anna, *favour).err
    assert village.types(anna, *favour, "--text", "She brought cake").code == 0
    village.types(bo, "sync")
    village.goes_away()
    (book,) = village.types(bo, "goodwill", *MONTH, "--json").facts
    assert [(each["reason"], each["value"]) for each in book["favours"]] == [("She brought cake", 10_667)]
    assert (book["value"], book["left"], book["has_grown"]) == (10_667, 52 * 60 * 10**6, False)
    bill = village.types(bo, "bill", *MONTH, "--customer", "Lone Møller", "--json").facts
    assert (bill["total"], bill["goodwill"]) == (0, 10_667)
    assert "worth 106.67 DKK" in village.types(bo, "goodwill", *MONTH, "--customer", "Lone Møller").out


def test_small_jobs_that_have_grown_are_hinted_at(village: Village, tmp_path: Path) -> None:
    _, case = village.asks("Lone Møller", "This and that")
    anna = village.technician("Anna")
    village.owner_types("agreement", "import", str(agreement(tmp_path)), "--customer", "Lone Møller")
    village.types(anna, "sync")
    for hour in (9, 10):
        words = ("--from", f"2026-02-03T{hour:02}:00+01:00", "--to", f"2026-02-03T{hour:02}:40+01:00")
        assert village.types(anna, "work", case, "--kind", "goodwill", "--text", "small", *words).code == 0
    assert "grown together" in village.types(anna, "goodwill", *MONTH).out
    assert village.types(anna, "goodwill", "--month", "2026-01").out == "No favour was done in this month.\n"


def test_time_is_corrected_split_and_dated_back_and_never_overlaps_unsaid(village: Village) -> None:
    _, first = village.asks("Lone Møller", "The printer is silent")
    anna, bo = village.technician("Anna"), village.technician("Bo")
    village.types(anna, "sync")
    day = "2026-01-05"
    assert village.types(anna, "work", first, "--from", f"{day} 14:00", "--to", f"{day} 14:40", "--text", "x").code == 0
    overlapping = ("work", first, "--from", f"{day} 14:30", "--to", f"{day} 15:00")
    refused = village.types(anna, *overlapping)
    assert (refused.code, "--overlap" in refused.err) == (2, True)
    assert village.types(anna, *overlapping, "--overlap").code == 0
    one, other = village.types(anna, "work", first, "--json").facts
    assert village.types(anna, "work", first, "--corrects", other["work"], "--from", f"{day} 14:40").code == 0
    rest = ("--at", f"{day} 14:15", "--kind", "internal", "--text", "read the manual")
    assert village.types(anna, "work", first, "--split", one["work"], *rest).code == 0
    village.types(bo, "sync")
    village.goes_away()
    told = [(each["seconds"], each["kind"], each["text"]) for each in village.types(bo, "work", first, "--json").facts]
    assert told == [(900, "covered", "x"), (1200, "covered", ""), (1500, "internal", "read the manual")]
    hers = village.types(bo, "work", first, "--json").facts[0]["work"]
    assert "Anna, who alone" in village.types(bo, "work", first, "--corrects", hers, "--text", "mine", "--overlap").err
    late = village.types(anna, "work", first, "--corrects", one["work"], "--text", "late")
    assert (late.code, "No work on this case goes by" in late.err) == (2, True)


def test_time_that_counts_twice_is_said_wherever_time_is_listed(village: Village, tmp_path: Path) -> None:
    lone, first = village.asks("Lone Møller", "The printer is silent")
    second = village.asks_again(lone, "Lone Møller", "The till is slow")
    anna, bo = village.technician("Anna"), village.technician("Bo")
    village.owner_types("agreement", "import", str(agreement(tmp_path)), "--customer", "Lone Møller")
    village.types(anna, "sync")
    village.types(bo, "sync")
    village.types(anna, "work", first, "--from", "2026-01-05 14:00", "--to", "2026-01-05 14:40")
    village.types(anna, "work", second, "--from", "2026-01-05 14:30", "--to", "2026-01-05 15:00", "--overlap")
    village.types(bo, "work", second, "--from", "2026-01-05 14:30", "--to", "2026-01-05 15:00")  # his own time
    village.types(bo, "sync")
    village.goes_away()
    (shared,) = village.types(bo, "timesheet", "--month", "2026-01", "--json").facts["overlaps"]
    assert (shared["technician"], shared["seconds"], shared["cases"]) == ("Anna", 600, [first, second])
    told = village.types(bo, "timesheet", "--month", "2026-01").out
    assert "OVERLAPS: Anna has 10 min from 2026-01-05 14:30 on " in told
    assert [len(each["overlaps"]) for each in village.types(bo, "work", second, "--json").facts] == [1, 0]
    assert "OVERLAPS: Anna" in village.types(bo, "work", first).out
    bill = ("bill", "--month", "2026-01", "--customer", "Lone Møller")
    assert village.types(bo, *bill, "--json").facts["overlaps"] == [shared]
    assert village.types(bo, *bill).out.count("OVERLAPS: Anna has 10 min") == 1
    assert village.types(bo, "bill", "--month", "2026-02", *bill[3:], "--json").facts["overlaps"] == []
    (hers,) = village.types(anna, "work", first, "--json").facts
    village.types(anna, "work", first, "--corrects", hers["work"], "--to", "2026-01-05 14:30", "--overlap")
    assert village.types(anna, "timesheet", "--month", "2026-01", "--json").facts["overlaps"] == []


def test_a_timer_runs_on_until_its_time_is_on_record(village: Village) -> None:
    _, case = village.asks("Lone Møller", "The printer is silent")
    anna = village.technician("Anna")
    village.types(anna, "sync")
    village.goes_away()
    assert "No timer of yours runs" in village.types(anna, "work", case, "--stop").err
    since = village.types(anna, "work", case, "--start", "--json").facts["since"]
    assert "--stop" in village.types(anna, "work", case, "--start").err
    assert "Your timer runs since" in village.types(anna, "work", case).out
    assert "why this is a favour" in village.types(anna, "work", case, "--stop", "--kind", "goodwill").err
    assert "as it is" in village.types(anna, "work", case, "--stop", "--to", "now").err
    assert village.types(anna, "work", case, "--stop", "--kind", "goodwill", "--text", "She sang").code == 0
    (piece,) = village.types(anna, "work", case, "--json").facts
    assert (piece["start"], piece["kind"], piece["text"]) == (since, "goodwill", "She sang")
    assert "No timer of yours runs" in village.types(anna, "work", case, "--stop").err


def test_rework_names_the_case_that_it_mends_again(village: Village) -> None:
    lone, first = village.asks("Lone Møller", "The printer is silent")
    second = village.asks_again(lone, "Lone Møller", "The printer is silent again")
    anna = village.technician("Anna")
    village.types(anna, "sync")
    rework = ("work", second, "--kind", "rework", "--from", "2026-02-16 09:00", "--to", "2026-02-16 09:20")
    assert "Say which: --again" in village.types(anna, *rework).err
    assert village.types(anna, *rework, "--again", first).code == 0
    (piece,) = village.types(anna, "work", second, "--json").facts
    assert (piece["kind"], piece["earlier"]) == ("rework", first)
    future = ("--from", "2099-01-01 09:00", "--to", "2099-01-01 09:05")
    assert "in the future" in village.types(anna, "work", second, *future).err
    assert "end after it starts" in village.types(anna, "work", second, "--from", "10:05", "--to", "10:00").err
