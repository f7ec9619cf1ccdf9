"""The machine and its operating system."""

import platform

from app.diagnostics.checks.system import SystemCheck
from app.domain.finding import Level


def test_this_machine_says_what_it_is() -> None:
    outcome = SystemCheck().run()
    facts = {fact.name: fact.value for fact in outcome.evidence}
    assert outcome.level is Level.OK
    assert outcome.sentence.startswith(f"This computer runs {facts['operating system']}")
    assert facts["computer name"] == platform.node()
    assert facts["kernel"] == platform.release()
