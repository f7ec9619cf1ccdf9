"""What a technician does on a customer's machine, each line of the audit said in one plain sentence.

The same sentences stand in the customer's live view, in their console and on their receipt.
"""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from app.flows.sentences import size
from app.system.translations import _


def deed(kind: str, subject: str, details: Mapping[str, Any] | None = None, *, brief: bool = False) -> str:
    """A line of the audit as a sentence. `subject` is untrusted plain text: a command, a path, a reason.

    `details` are the line's other facts, where they are at hand. `brief` names files and folders by their last part,
    for what goes by on a screen; a record names them whole. A kind that is not known is named as it is.
    """
    facts = details or {}
    if brief and kind.startswith(("file_", "folder_", "grant")):
        subject = PurePath(subject).name or subject
    template = _templates().get(kind)
    if template is None:
        return f"{kind.replace('_', ' ')} {subject}".strip()
    sentence = template.format(what=subject)
    if kind in ("file_received", "file_sent") and isinstance(facts.get("bytes"), int):
        return f"{sentence} ({size(facts['bytes'])})"
    if kind == "ended" and facts.get("exit_status"):
        return _("{sentence} with status {status}").format(sentence=sentence, status=facts["exit_status"])
    return sentence


def _templates() -> dict[str, str]:
    return {
        "session": _("The session began"),
        "grants": _("What is allowed from now on:"),
        "grant": _("Allowed: {what}"),
        "grant_failed": _("Could not be shared, so it is not allowed: {what}"),
        "shell": _("Opened a terminal"),
        "command": _("Ran: {what}"),
        "ended": _("Finished: {what}"),
        "files_opened": _("Opened the files you allowed"),
        "folder_listed": _("Looked into the folder {what}"),
        "file_opened": _("Opened the file {what}"),
        "file_written": _("Wrote to the file {what}"),
        "file_received": _("Put the file {what} on this computer"),
        "file_sent": _("Fetched the file {what}"),
        "file_removed": _("Deleted the file {what}"),
        "file_moved": _("Renamed the file {what}"),
        "file_changed": _("Changed the properties of the file {what}"),
        "folder_made": _("Made the folder {what}"),
        "folder_removed": _("Deleted the folder {what}"),
        "refused": _("Was refused: {what}"),
        "asked": _("Asked for: {what}"),
        "declined": _("You did not allow it"),
        "paused": _("You paused the session"),
        "resumed": _("You let the session go on"),
        "port_opened": _("Connected to {what}"),
        "port_closed": _("Closed the connection to {what}"),
        "port_failed": _("Could not connect to {what}"),
        "colleague": _("{what} had the right code, and may come in"),
        "colleague_came": _("{what} came in to look on"),
        "colleague_left": _("{what} looks on no more"),
        "colleague_typed": _("{what} typed in the terminal"),
        "secret_typed": _("You typed something for {what} that nobody else saw"),
        "secret_not_typed": _("What you typed went nowhere: nobody was asking any more"),
        "technician_lost": _("The technician's connection was lost"),
        "technician_back": _("The technician is back"),
        "end": _("The session ended"),
    }


# What a customer need not see go by: each is said by the line that follows it.
QUIET = frozenset({"grants", "ended", "file_opened", "file_written"})
