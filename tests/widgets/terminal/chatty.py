"""A terminal that answers whatever it is asked: Ghostty's core with nothing of ours before or behind it."""


class ChattyTerminal:
    """Stands for the terminals that people have: it tells its colours, its kind, its modes to whoever asks."""

    def __init__(self) -> None:
        from pyghostty import Terminal

        self._terminal = Terminal(80, 24, 100)
        self._answers: list[bytes] = []
        self._terminal.on_reply(self._answers.append)

    def answers_to(self, output: bytes) -> bytes:
        """What it sends back for this."""
        self._terminal.feed(output)
        told = b"".join(self._answers)
        self._answers.clear()
        return told
