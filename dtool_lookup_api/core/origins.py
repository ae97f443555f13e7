"""What connections to one scheme, host and port need, whichever engine makes them."""

import ipaddress
import re
import ssl
import warnings
from typing import Final, cast
from urllib.parse import urlsplit

import httpx

from .proxies import proxy_for
from .secret import revealed
from .settings import Settings
from .tls import tls_context

__all__ = ["connection_options", "origin_of"]

_ORIGIN: Final = re.compile(r"[^/?#]*//[^/?#]*")


def origin_of(url: str) -> str:
    """Return scheme, host and port of a URL, as they are written."""
    return cast("re.Match[str]", _ORIGIN.match(url))[0]


def connection_options(
    origin: str, settings: Settings
) -> tuple[ssl.SSLContext, httpx.Proxy | None]:
    """Return the TLS context and the proxy for an origin, after a warning if it can be read.

    Args:
        origin: URL of the origin.
        settings: The settings of the connection.

    Raises:
        ConfigurationError: If a CA bundle or a proxy cannot be used.
    """
    parts = urlsplit(origin)
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        secrets = "data and signed URLs" if settings.for_storage else "tokens and passwords"
        warnings.warn(
            f"{parts.scheme}://{parts.netloc} is not encrypted: {secrets} can be read on the "
            "way. Use https.",
            UserWarning,
            stacklevel=2,
        )
    context = tls_context(parts.scheme, settings.verify_ssl, settings.network.reveal())
    if settings.for_storage:
        return context, proxy_for(origin, revealed(settings.storage_proxy))
    return context, proxy_for(origin)


def _is_loopback(host: str | None) -> bool:
    """Return whether a host is this machine."""
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"
