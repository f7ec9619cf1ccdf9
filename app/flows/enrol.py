"""Make this device somebody's: a technician's with the owner's code, a customer's by asking for help."""

from app.domain.people import Author
from app.flows.party import TOKEN, Party
from app.sync.client import Enrolled
from app.system.settings import Settings


def enrol(party: Party, url: str, code: str) -> Author:
    """Trade the owner's one-time code for a token of this device's own, kept in the keyring."""
    party.remember(party.settings.model_copy(update={"provider": url}))
    return _become(party, party.service.enrol(code, party.store.device))


def become_customer(party: Party, name: str) -> Author:
    """Who this customer is to the provider; at the first request the device introduces itself."""
    if party.settings.me is not None:
        return party.settings.me
    return _become(party, party.service.register_customer(name, party.store.device))


def _become(party: Party, enrolled: Enrolled) -> Author:
    party.secrets.set(TOKEN, enrolled.token)
    settings = Settings(provider=party.settings.provider, provider_name=enrolled.provider, me=enrolled.me)
    party.remember(settings)
    return enrolled.me
