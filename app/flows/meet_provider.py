"""Learn the name of whoever helps, so that the customer can check it before anything else."""

from app.flows.party import Party


def meet_provider(party: Party) -> str:
    """The provider's name as the service gives it, remembered from then on. Raises `NoProviderError`."""
    name = party.service.provider().name
    if name != party.settings.provider_name:
        party.remember(party.settings.model_copy(update={"provider_name": name}))
    return name
