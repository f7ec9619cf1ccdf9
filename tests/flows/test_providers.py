"""Each provider is told its own customers' cases and no other's."""

import pytest

from app.domain.consent import Grants
from app.flows.ask_for_help import HelpRequest, ask_for_help
from app.flows.enrol import enrol
from app.flows.errors import OtherProviderError
from app.flows.party import TOKEN
from app.sync.errors import ServiceRefusedError
from app.system.settings import load
from app.wiring import build_party
from tests.flows.conftest import Town

ELSEWHERE = "http://127.0.0.1:9"


def test_what_one_provider_was_told_is_not_sent_to_another(town: Town) -> None:
    lone, _ = town.customer_with_case("I forgot my password")
    with pytest.raises(OtherProviderError, match="BISTAND_HOME"):
        lone.turn_to(ELSEWHERE)
    with pytest.raises(OtherProviderError):
        enrol(lone, ELSEWHERE, "0000")
    lone.turn_to(town.url)
    assert lone.settings.provider == town.url
    assert lone.settings.me is not None


def test_a_home_without_a_case_may_turn_to_another_provider_and_takes_no_token_along(town: Town) -> None:
    anna = town.technician("Anna")
    anna.turn_to(ELSEWHERE)
    assert anna.secrets.get(TOKEN) is None
    assert anna.settings.me is None
    anna.turn_to(town.url)
    case_id = ask_for_help(anna, HelpRequest("Anna", "My own printer", None, Grants()))
    assert anna.store.case(case_id).customer == anna.settings.me


def test_a_code_that_does_not_work_leaves_the_device_whose_it_was(town: Town) -> None:
    anna = town.technician("Anna")
    before, token = anna.settings, anna.secrets.get(TOKEN)
    with pytest.raises(ServiceRefusedError):
        enrol(anna, f"{town.url}/", "0000")
    assert anna.settings == before
    assert anna.secrets.get(TOKEN) == token


def test_a_home_of_another_provider_stays_as_it_was_when_it_is_refused(town: Town) -> None:
    lone, _ = town.customer_with_case()
    with pytest.raises(OtherProviderError):
        build_party(lone.home, lone.secrets, ELSEWHERE)
    assert load(lone.home).provider == town.url
