"""What can be wrong with this machine, each with the sentence that helps.

MachineError
├── NoKeyringError      no OS keyring to keep secrets in
├── HomeError           Bistand's own folder cannot be used
├── ProxySettingError   a proxy is set that cannot be used
├── NoDisplayError      windows were asked for where there is no screen
└── OpenAlreadyError    the window is open in another program, which does not answer
"""

from app.domain.errors import BistandError


class MachineError(BistandError):
    """The machine lacks something that Bistand needs."""


class NoKeyringError(MachineError):
    """There is no keyring, and secrets are never put in a file."""

    def __init__(self, why: str = "") -> None:
        super().__init__(
            f"No keyring to keep the key of the store in{f' ({why})' if why else ''}. Unlock your desktop's keyring, "
            "or on a machine without a desktop install one and start it: `apt-get install gnome-keyring dbus`, then "
            "`dbus-run-session -- bash -c 'echo -n PASSWORD | gnome-keyring-daemon --unlock --components=secrets; "
            "bistand ...'`. `bistand doctor` tells what it finds. For a throw-away store that is gone afterwards: "
            "--ephemeral."
        )


class HomeError(MachineError):
    """Bistand's own folder cannot be made, read or written."""


class ProxySettingError(MachineError):
    """A proxy is set that cannot be used. `why` never holds its user or password."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The proxy that is set on this machine cannot be used: {why}. Set HTTPS_PROXY (or the system's proxy) to "
            "something like http://proxy.example.com:3128 or socks5h://proxy.example.com:1080."
        )


class NoDisplayError(MachineError):
    """Windows were asked for, and there is no screen."""

    def __init__(self, instead: str) -> None:
        super().__init__(f"There is no display to open a window on. {instead}")


class OpenAlreadyError(MachineError):
    """The same home's window is open in another program, which cannot be asked to show it."""

    def __init__(self, process: int) -> None:
        super().__init__(
            f"This window is open already, in process {process}, which does not answer. End that one, then try again."
        )
