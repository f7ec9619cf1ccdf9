"""Rule 6: what is covered and what it costs is agreed before work starts, and nothing else can be charged."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.stories.village import Village, agreement

LAST = ("--from", "2026-02-02 09:10", "--to", "2026-02-02 09:35")


def cover(topic: str, minutes: int) -> tuple[str, ...]:
    """What is asked of the agreement."""
    return ("--topic", topic, "--minutes", str(minutes), "--responsibility", "customer", "--json")


def test_work_outside_the_agreement_waits_for_the_customers_yes(village: Village, tmp_path: Path) -> None:
    lone, case = village.asks("Lone Møller", "A new page for the web shop")
    anna = village.technician("Anna")
    village.types(anna, "sync")
    assert "has no agreement" in village.types(anna, "cover", case, *cover("printer", 20)).err
    file = str(agreement(tmp_path))
    assert village.owner_types("agreement", "import", file, "--customer", "Lone Møller").code == 0
    village.types(anna, "sync")

    told = village.types(anna, "cover", case, *cover("web shop", 95)).facts
    assert (told["outcome"], told["kind"], told["needs_acceptance"]) == ("special rate", "special", True)
    assert told["sentence"].startswith("Your agreement does not cover this. It will probably take 95 minutes and cost")
    special = ("work", case, "--kind", "special", "--text", "the page", *LAST)
    assert "has accepted no price" in village.types(anna, *special).err
    assert "Only the customer" in village.types(anna, "price", case, "--accept").err

    read = village.types(lone, "price", case, "--json").facts
    assert (read["waits"], read["sentence"]) == (True, told["sentence"])
    assert village.types(lone, "price", case, "--decline", "Too dear").code == 0
    village.types(anna, "sync")
    assert "has accepted no price" in village.types(anna, *special).err
    assert village.types(lone, "price", case, "--accept", "--json").facts["accepted"] is True
    assert "accepted already" in village.types(lone, "price", case, "--accept").err
    village.types(anna, "sync")
    village.goes_away()
    assert village.types(anna, *special).code == 0
    assert "Accepted the price" in village.types(anna, "case", case).out


def test_what_was_accepted_is_what_is_charged_though_the_agreement_became_dearer(
    village: Village, tmp_path: Path
) -> None:
    lone, case = village.asks("Lone Møller", "A new page for the web shop")
    anna = village.technician("Anna")
    imports = ("agreement", "import", str(agreement(tmp_path)), "--customer", "Lone Møller", "--json")
    edition = village.owner_types(*imports).facts["edition"]
    village.types(anna, "sync")
    told = village.types(anna, "cover", case, *cover("web shop", 95)).facts["rate"]
    assert told in (120_000, 180_000)  # it may be night
    village.types(lone, "sync")
    village.types(lone, "price", case, "--accept")
    agreement(tmp_path, special="1500.00")
    assert village.owner_types(*imports, "--based-on", edition).code == 0
    village.types(anna, "sync")
    assert village.types(anna, "cover", case, *cover("web shop", 95)).facts["rate"] == told * 150 // 120
    assert village.types(anna, "work", case, "--kind", "special", "--text", "the page", *LAST).code == 0
    (line,) = village.types(anna, "bill", "--month", "2026-02", "--customer", "Lone Møller", "--json").facts["lines"]
    assert (line["rule"], line["rate"]) == ("special rate", 120_000)


def test_what_the_agreement_covers_is_told_with_what_is_left_of_its_minutes(village: Village, tmp_path: Path) -> None:
    _, case = village.asks("Lone Møller", "The printer is silent")
    anna, bo = village.technician("Anna"), village.technician("Bo")
    village.owner_types("agreement", "import", str(agreement(tmp_path)), "--customer", "Lone Møller")
    village.types(anna, "sync")
    favour = village.types(anna, "cover", case, *cover("web shop", 5)).facts
    assert (favour["outcome"], favour["likely"]["amount"]) == ("goodwill", 0)
    vendors = village.types(anna, "cover", case, *cover("mail", 5), "--responsibility", "vendor").facts
    assert (vendors["outcome"], vendors["kind"], vendors["needs_acceptance"]) == ("not ours", None, False)
    covered = village.types(anna, "cover", case, *cover("printer", 20)).facts
    assert (covered["outcome"], covered["kind"]) == ("covered", "covered")
    village.types(bo, "sync")
    village.goes_away()
    assert covered["sentence"] in village.types(bo, "case", case).out


def test_what_it_costs_at_another_time_of_day_is_told_before_then(village: Village, tmp_path: Path) -> None:
    _, case = village.asks("Lone Møller", "The printer is silent")
    anna = village.technician("Anna")
    file = agreement(tmp_path, included_minutes="0", rollover_months="0")
    assert village.owner_types("agreement", "import", str(file), "--customer", "Lone Møller").code == 0
    village.types(anna, "sync")
    monday = datetime.now(UTC).date() + timedelta(days=7 - datetime.now(UTC).weekday())
    rates = {}
    for hour in ("03:00", "23:00"):  # no public holiday makes another price of the night
        told = village.types(anna, "cover", case, *cover("printer", 60), "--at", f"{monday}T{hour}+01:00").facts
        rates[hour] = (told["outcome"], told["rate"], told["likely"]["amount"], told["sentence"][:48])
    after = ("covered", 120_000, 120_000, "Your agreement covers this, after its hours. It ")
    assert rates == {"03:00": after, "23:00": after}
    sooner = [
        village.types(anna, "cover", case, *cover("printer", 60), "--at", f"{monday + timedelta(days=day)}T11:00+01:00")
        for day in range(14)
    ]
    assert {told.facts["rate"] for told in sooner} == {80_000, 120_000}  # working days, and the others
    assert "still to come" in village.types(anna, "cover", case, *cover("printer", 60), "--at", "2026-01-05 10:00").err


def test_what_an_erased_customer_was_charged_can_still_be_told(village: Village, tmp_path: Path) -> None:
    lone, case = village.asks("Lone Møller", "The printer is silent")
    anna = village.technician("Anna")
    village.owner_types("agreement", "import", str(agreement(tmp_path)), "--customer", "Lone Møller")
    village.types(anna, "sync")
    words = ("--from", "2026-02-02T16:10+01:00", "--to", "2026-02-02T17:10+01:00", "--text", "the queue")
    village.types(anna, "work", case, *words)
    assert village.owner_types("erase", "Lone Møller", "--yes").code == 0
    village.types(anna, "sync")
    asks = ("bill", "--month", "2026-02", "--customer")
    assert "No customer here goes by" in village.types(anna, *asks, "Lone Møller").err
    bill = village.types(anna, *asks, str(lone.me.id), "--json").facts
    assert (bill["name"], bill["total"]) == ("(erased)", 120_000)


def test_a_month_is_billed_from_what_was_worked_each_line_with_its_rule(village: Village, tmp_path: Path) -> None:
    _, case = village.asks("Lone Møller", "The printer is silent")
    anna, bo = village.technician("Anna"), village.technician("Bo")
    village.owner_types("agreement", "import", str(agreement(tmp_path)), "--customer", "Lone Møller")
    village.types(anna, "sync")
    for day, text in (("2026-02-02", "the queue"), ("2026-02-03", "a driver")):
        words = ("--from", f"{day}T09:10+01:00", "--to", f"{day}T10:25+01:00", "--text", text)
        assert village.types(anna, "work", case, *words).code == 0
    village.types(bo, "sync")
    village.goes_away()
    asks = ("bill", "--month", "2026-02", "--customer", "Lone Møller")
    bill = village.types(bo, *asks, "--json").facts
    rules = [(line["rule"], line["amount"]) for line in bill["lines"]]
    assert rules == [("included minutes", 0), ("included minutes", 0), ("hourly rate", 40_000)]  # January's hour too
    assert (bill["total"], bill["currency"]) == (sum(amount for _, amount in rules), "DKK")
    assert village.types(bo, *asks).out.endswith("Total 400.00 DKK\n")
    assert village.types(anna, *asks, "--json").facts == bill
    page = tmp_path / "february.html"
    told = village.types(bo, "report", *asks[1:], "--out", str(page), "--json").facts  # under the customer's own terms
    assert told["total"] == bill["total"]
    assert "400.00" in page.read_text()
    assert village.types(bo, "case", case, "--json").facts["response"] is not None
