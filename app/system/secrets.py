"""Secrets live in the OS keyring and in memory, nowhere else.

Backends are let in by class: a keyring that would write secrets to a plain file, or swallow them, is no keyring.
"""

from typing import Protocol
from uuid import UUID

import keyring
from keyring.backend import KeyringBackend
from keyring.backends import chainer
from keyring.errors import KeyringError

from app.system.errors import NoKeyringError

_SERVICE = "bistand"
_TRUSTED = (
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.libsecret.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
    "keyring.backends.Windows.WinVaultKeyring",
    "keyring.backends.macOS.Keyring",
)


class Secrets(Protocol):
    """A place for one identity's secrets, by name."""

    def get(self, name: str) -> str | None:
        """The secret, or None where there is none."""

    def set(self, name: str, secret: str) -> None:
        """Keep it, in place of an older one."""

    def forget(self, name: str) -> None:
        """Remove it; nothing happens where there is none."""


class KeyringSecrets:
    """Secrets in the OS keyring, under this home's identity. Raises `NoKeyringError` where there is none."""

    def __init__(self, identity: UUID) -> None:
        self._identity = identity
        self._backend = _trusted_backend()

    def get(self, name: str) -> str | None:
        """The secret, or None where there is none."""
        try:
            return self._backend.get_password(_SERVICE, self._key(name))
        except KeyringError as error:
            raise NoKeyringError(str(error)) from error

    def set(self, name: str, secret: str) -> None:
        """Keep it, in place of an older one."""
        try:
            self._backend.set_password(_SERVICE, self._key(name), secret)
        except KeyringError as error:
            raise NoKeyringError(str(error)) from error

    def forget(self, name: str) -> None:
        """Remove it; nothing happens where there is none."""
        try:
            if self._backend.get_password(_SERVICE, self._key(name)) is not None:
                self._backend.delete_password(_SERVICE, self._key(name))
        except KeyringError as error:
            raise NoKeyringError(str(error)) from error

    def _key(self, name: str) -> str:
        return f"{self._identity}/{name}"


class MemorySecrets:
    """Secrets that are gone with the process: for `--ephemeral`, where the store is to be unreadable afterwards."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        """The secret, or None where there is none."""
        return self._kept.get(name)

    def set(self, name: str, secret: str) -> None:
        """Keep it, in place of an older one."""
        self._kept[name] = secret

    def forget(self, name: str) -> None:
        """Remove it; nothing happens where there is none."""
        self._kept.pop(name, None)


def backend_name() -> str | None:
    """Which keyring would be used, or None where there is none to trust."""
    try:
        backend = _trusted_backend()
    except NoKeyringError:
        return None
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _trusted_backend() -> KeyringBackend:
    chosen = keyring.get_keyring()
    candidates = list(chosen.backends) if isinstance(chosen, chainer.ChainerBackend) else [chosen]
    for backend in candidates:
        if f"{type(backend).__module__}.{type(backend).__qualname__}" in _TRUSTED:
            return backend
    raise NoKeyringError(f"found only {', '.join(sorted(type(one).__module__ for one in candidates))}")
