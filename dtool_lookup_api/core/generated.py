"""The generated client, with the token flow, retries and timeouts already in it."""

from dserver_client import AuthenticatedClient

from .auth import TokenAuth
from .settings import Given, settle
from .transport import AsyncHTTP, BlockingHTTP

__all__ = ["connect"]


def connect(
    url: str | None = None,
    *,
    token: str | None = None,
    auth_url: str | None = None,
    username: str | None = None,
    password: str | None = None,
    api_key: str | None = None,
    verify_ssl: bool | str | None = None,
    disable_authentication: bool | None = None,
    timeout: float | None = None,
    deadline: float | None = None,
    retries: int | None = None,
) -> AuthenticatedClient:
    """Return a client for the generated functions, for attribute access to typed models.

    It logs in, retries and gives up as the documented functions do, and has the settings of
    the moment when it was made. Use it in a ``with`` or ``async with`` block, in one event
    loop. The generated functions return the server's errors as ``Error`` models, and raise
    ``httpx`` exceptions where there is no answer.

    Args:
        url: URL of the dserver, default ``DSERVER_URL``.
        token: Token to send as it is, default ``DSERVER_TOKEN``.
        auth_url: URL of the token generator, default ``DSERVER_TOKEN_GENERATOR_URL``.
        username: User name for the generator, default ``DSERVER_USERNAME``.
        password: Password for the generator, default ``DSERVER_PASSWORD``.
        api_key: The operator's API key for the OAuth2 token generator, default
            ``DSERVER_API_KEY``.
        verify_ssl: Whether to verify certificates, or the path of a CA bundle.
        disable_authentication: Whether to send no token at all.
        timeout: Seconds to wait for a connection or for the next byte.
        deadline: Seconds that one call may take with all its tries.
        retries: How often a call that may be repeated is tried again.

    Returns:
        The generated client::

            from dtool_lookup_api.typed import SearchDataset, connect, search_datasets

            with connect() as client:
                found = search_datasets.sync(client=client, body=SearchDataset(free_text="test"))

    Raises:
        ConfigurationError: If a setting is missing or cannot be used.
    """
    given = Given(
        url=url,
        token=token,
        auth_url=auth_url,
        username=username,
        password=password,
        api_key=api_key,
        verify_ssl=verify_ssl,
        disable_authentication=disable_authentication,
        timeout=timeout,
        deadline=deadline,
        retries=retries,
    )
    settings = settle(given)
    auth = TokenAuth(settings)
    # The client's own token is never used: it would freeze it in a header at first use.
    client = AuthenticatedClient(base_url=settings.url, token="")
    client.set_httpx_client(BlockingHTTP(settings.url, settings, auth))
    client.set_async_httpx_client(AsyncHTTP(settings.url, settings, auth))
    return client
