"""The mailbox in memory keeps the contract of mailboxes."""

from app.remote.pairing.mailbox import Mailbox
from tests.remote.pairing.mailboxes import MailboxContract, Post


class TestMemoryMailbox(MailboxContract):
    def sides(self) -> tuple[Mailbox, Mailbox]:
        post = Post()
        return post.customer, post.technician()
