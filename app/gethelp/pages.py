"""The pages of the customer's window that follow the first one, made once."""

from typing import NamedTuple

from app.flows.party import Party
from app.gethelp.agree_page import AgreePage
from app.gethelp.asked_page import AskedPage
from app.gethelp.code_page import CodePage
from app.gethelp.done_page import DonePage
from app.gethelp.live_page import LivePage
from app.gethelp.preview_page import PreviewPage
from app.gethelp.share_page import SharePage
from app.gethelp.wording import provider_name


class Pages(NamedTuple):
    """The pages in the order in which they come."""

    share: SharePage
    preview: PreviewPage
    agree: AgreePage
    asked: AskedPage
    code: CodePage
    live: LivePage
    done: DonePage


def make_pages(party: Party) -> Pages:
    """The pages, with the provider's name in them."""
    provider = provider_name(party)
    return Pages(
        share=SharePage(provider),
        preview=PreviewPage(provider),
        agree=AgreePage(provider, party.clock.now),
        asked=AskedPage(provider),
        code=CodePage(provider, party.clock),
        live=LivePage(party.clock),
        done=DonePage(),
    )
