"""The catalogue, and a real run of it on this machine."""

from app.diagnostics.catalogue import all_checks, local_checks
from app.diagnostics.identity import gather_identity
from app.diagnostics.redact import redact
from app.diagnostics.report import Report
from app.diagnostics.runner import run_checks
from app.domain.finding import Level


def test_the_names_are_stable_since_commands_and_reports_know_the_checks_by_them() -> None:
    assert [check.name for check in all_checks("https://help.example")] == [
        "system", "uptime", "processor", "memory", "disks", "interfaces", "route", "dns", "provider", "busiest",
    ]  # fmt: skip


def test_without_a_provider_nobodys_reachability_is_checked() -> None:
    assert "provider" not in [check.name for check in all_checks(None)]
    assert {check.name for check in local_checks()}.isdisjoint({"dns", "provider"})


def test_every_check_has_a_title_and_a_limit() -> None:
    for check in all_checks("https://help.example"):
        assert check.title
        assert 0 < check.limit_seconds <= 10


def test_this_machine_is_checked_for_real_and_the_report_survives_the_wire() -> None:
    report = run_checks(local_checks())
    assert report.seconds < 15  # they go side by side, and none may take longer than ten
    found = {finding.check: finding for finding in report.findings}
    for name in ("system", "uptime", "processor", "memory", "disks", "busiest"):
        assert found[name].level is not Level.UNKNOWN, found[name]
        assert found[name].evidence, found[name]
    assert Report.model_validate_json(report.model_dump_json()) == report


def test_the_redacted_report_of_this_machine_holds_none_of_its_names() -> None:
    identity = gather_identity()
    report = run_checks(local_checks())
    redacted = redact(report, identity)
    shared = redacted.report.model_dump_json().lower()
    assert redacted.replaced
    for address in identity.hardware:
        assert address.lower() not in shared
    for entry in redacted.replaced:
        assert len(entry.original) < 4 or entry.original.lower() not in shared
