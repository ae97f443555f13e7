"""Choose the proxy for a server from the environment, as curl and requests do.

``origins`` asks for it, as httpx ignores the environment once it is given a transport;
``responses`` asks to give advice. On macOS and Windows, settings of the system count too.
"""

import ipaddress
from importlib.util import find_spec
from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from ..errors import ConfigurationError

__all__ = ["has_proxy", "proxy_for"]

_SOCKS: Final = ("socks5", "socks5h")


def has_proxy(url: str) -> bool:
    """Return whether the environment names a proxy for a server.

    Args:
        url: URL of the server.
    """
    parts = urlsplit(url)
    proxies = getproxies()
    named = proxies.get(parts.scheme) or proxies.get("all")
    return bool(named) and not _is_bypassed(parts.netloc, parts.hostname)


def proxy_for(url: str, configured: str = "") -> httpx.Proxy | None:
    """Return the proxy that the settings or the environment name for a server, or None.

    Args:
        url: URL of the server.
        configured: URL of a proxy, ``"none"``, or empty: what the environment says.

    Raises:
        ConfigurationError: If there is one, and it cannot be used.
    """
    if configured:
        return _configured(configured)
    parts = urlsplit(url)
    if not has_proxy(url):
        return None
    proxies = getproxies()
    proxy = _usable(proxies.get(parts.scheme) or proxies["all"])
    if isinstance(proxy, httpx.Proxy):
        return proxy
    del proxies  # which may hold passwords, and a traceback shows the variables of its frames
    raise ConfigurationError(
        f"The proxy for {parts.scheme}:// in the environment cannot be used: {proxy}",
        next_step=f"Set {parts.scheme.upper()}_PROXY to something like "
        f"http://proxy.example:3128, or name {parts.netloc} in NO_PROXY",
    )


def _configured(proxy: str) -> httpx.Proxy | None:
    if proxy.lower() == "none":
        return None
    found = _usable(proxy)
    if isinstance(found, httpx.Proxy):
        return found
    del proxy
    raise ConfigurationError(
        f"DSERVER_STORAGE_PROXY cannot be used: {found}",
        next_step="Set it to something like http://proxy.example:3128, or to none",
    )


def _usable(proxy: str) -> httpx.Proxy | str:
    """Return the proxy with this URL, or what is wrong with the URL."""
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        if parts.scheme.startswith("socks") and parts.scheme not in _SOCKS:
            return "only version 5 of SOCKS is supported (socks5:// or socks5h://)"
        if parts.scheme in _SOCKS and find_spec("socksio") is None:
            return "SOCKS needs the package socksio (pip install 'httpx[socks]')"
        if parts.port != 0:  # asking for it raises ValueError where it is not a port
            return httpx.Proxy(parts.geturl())
    except (ValueError, httpx.InvalidURL):
        pass
    return "it is not the URL of a proxy"


def _is_bypassed(place: str, host: str | None) -> bool:
    """Return whether NO_PROXY names a server.

    Args:
        place: Host and, if given, port of the server: NO_PROXY may name either.
        host: The host alone, without the brackets of an IPv6 address.
    """
    if proxy_bypass(place):
        return True
    # urllib compares text. curl and requests know networks, and addresses in any spelling.
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return False
    return any(_holds(entry, address) for entry in getproxies().get("no", "").split(","))


def _holds(entry: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Return whether an entry of NO_PROXY is an address, or a network with it."""
    try:
        return address in ipaddress.ip_network(entry.strip().strip("[]"), strict=False)
    except ValueError:
        return False
