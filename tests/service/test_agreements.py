"""The owner writes agreements at the service; technicians read them, and nothing that was agreed is overwritten."""

from datetime import date

import pytest

from app.domain.errors import RefusedError
from app.domain.events import CustomerAdded, Stream
from app.domain.reference import reference
from app.service.agreement_errors import (
    CurrencyMixedError,
    EditionNeededError,
    NoSuchEditionError,
    SeveralCustomersError,
    UnknownCustomerError,
)
from app.service.agreements import agreements, import_agreement
from app.service.check import check
from app.system.clock import new_id
from tests.domain.agreements import terms
from tests.service.parts import Shop

TERMS = terms()
DEARER = terms(hourly_rate=90_000)


def test_an_agreement_is_an_event_that_every_technician_reads_and_no_customer(shop: Shop) -> None:
    sanne, kim = shop.technician("Sanne"), shop.customer("Kim")
    done = import_agreement(shop.settings, TERMS)
    assert (done.changed, done.agreement.terms) == (True, TERMS)
    (entry,) = sanne.pull()["events"]
    assert (entry["event"]["stream"], entry["event"]["author"]["role"]) == ("agreement", "owner")
    assert kim.kinds() == []
    assert import_agreement(shop.settings, TERMS).changed is False
    assert len(sanne.pull()["events"]) == 1
    assert check(shop.settings).faults == ()


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_change_says_what_it_is_based_on_and_two_that_collide_are_both_kept(shop: Shop) -> None:
    first = reference(import_agreement(shop.settings, TERMS).agreement.editions.all[0].id)
    with pytest.raises(EditionNeededError, match=f"--based-on {first}"):
        import_agreement(shop.settings, DEARER)
    with pytest.raises(NoSuchEditionError, match="XXX-XXX"):
        import_agreement(shop.settings, DEARER, ["XXX-XXX"])
    assert import_agreement(shop.settings, DEARER, [first]).agreement.editions.collide is False
    both = import_agreement(shop.settings, terms(hourly_rate=95_000), [first]).agreement
    assert [edition.value.hourly_rate for edition in both.editions.latest] == [90_000, 95_000]
    names = [reference(edition.id) for edition in both.editions.latest]
    with pytest.raises(EditionNeededError, match=" ".join(f"--based-on {name}" for name in names)):
        import_agreement(shop.settings, terms(hourly_rate=95_000))
    assert import_agreement(shop.settings, terms(hourly_rate=95_000), names).agreement.editions.collide is False


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_what_contradicts_itself_or_mixes_currencies_is_refused_and_nothing_is_written(shop: Shop) -> None:
    first = reference(import_agreement(shop.settings, TERMS).agreement.editions.all[0].id)
    with pytest.raises(RefusedError, match="contradicts itself"):
        import_agreement(shop.settings, terms(name="Other", special_rate=1))
    with pytest.raises(RefusedError, match="EUR cannot be mixed in"):
        import_agreement(shop.settings, terms(currency="EUR"), [first])
    kim = shop.customer("Kim")
    import_agreement(shop.settings, TERMS, customer="Kim")
    before = shop.technician("Sanne").kinds()
    with pytest.raises(CurrencyMixedError, match=r"Kim has an agreement in DKK.*EUR"):
        import_agreement(shop.settings, terms(name="In euro", currency="EUR"), customer="Kim")
    assert shop.technician("Bo").kinds() == before
    assert kim.kinds() == []


def test_a_customer_has_the_agreement_that_was_given_last(shop: Shop) -> None:
    kim, sanne, card = shop.customer("Kim"), shop.technician("Sanne"), new_id()
    done = import_agreement(shop.settings, TERMS, customer="kim")
    assert done.customer is not None
    assert (done.customer.id, done.customer.name) == (kim.me.id, "Kim")
    again = import_agreement(shop.settings, TERMS, customer="Kim").customer
    assert again is not None
    assert again.agreements == done.customer.agreements
    sanne.push(sanne.event(card, CustomerAdded(name="The Bakery"), stream=Stream.CUSTOMER))
    other = import_agreement(shop.settings, terms(name="Other"), customer="the bakery", since=date(2026, 7, 1))
    assert other.customer is not None
    assert other.customer.agreement_on(date(2026, 6, 30)) is None
    assert other.customer.agreement_on(date(2026, 7, 1)) == other.agreement.id
    held = {one.name: [card.name for card in cards] for one, cards in agreements(shop.settings)}
    assert held == {"Service agreement": ["Kim"], "Other": ["The Bakery"]}


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_customer_whom_nobody_knows_or_who_could_be_two_is_asked_back_about(shop: Shop) -> None:
    with pytest.raises(UnknownCustomerError, match="customer NAME add"):
        import_agreement(shop.settings, TERMS, customer="Nobody")
    assert agreements(shop.settings) == ()
    shop.customer("Kim")
    kim = shop.customer("Kim")
    with pytest.raises(SeveralCustomersError, match="Name one by the id"):
        import_agreement(shop.settings, TERMS, customer="Kim")
    assert import_agreement(shop.settings, TERMS, customer=str(kim.me.id)).customer is not None
