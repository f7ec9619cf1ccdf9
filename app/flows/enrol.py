"""Make this device somebody's: a technician's with the owner's code, a customer's by asking for help."""

from app.domain.people import Author
from app.flows.party import TOKEN, Party
from app.sync.client import Enrolled, ServiceClient
from app.system.settings import Settings


def enrol(party: Party, url: str, code: str) -> Author:
    """Trade the owner's one-time code for a token of this device's own, kept in the keyring.

    Raises `OtherProviderError`, and what the service says; then this device is whose it was.
    """
    party.require_turning_to(url)
    client = ServiceClient(url, token=lambda: None)
    try:
        enrolled = client.enrol(code, party.store.device)
    finally:
        client.close()
    return _become(party, url, enrolled)


def become_customer(party: Party, name: str) -> Author:
    """Who this customer is to the provider; at the first request the device introduces itself."""
    if party.settings.me is not None:
        return party.settings.me
    return _become(party, party.service.url, party.service.register_customer(name, party.store.device))


def _become(party: Party, url: str, enrolled: Enrolled) -> Author:
    party.secrets.set(TOKEN, enrolled.token)
    settings = Settings(provider=url, provider_name=enrolled.provider, me=enrolled.me)
    party.remember(settings)
    return enrolled.me
