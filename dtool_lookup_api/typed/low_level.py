# Derived by `make generate` from dtool_lookup_api/core/generated.py: do not edit.

"""A client for the generated package ``dtool_lookup_rest``."""

from dtool_lookup_rest import AuthenticatedClient

from ..core.generated import connect as _connect
from ..core.options import ClientOptions as _ClientOptions

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
    max_connections: int | None = None,
    max_response_mb: float | None = None,
    storage_verify_ssl: bool | str | None = None,
    storage_proxy: str | None = None,
    storage_timeout: float | None = None,
) -> AuthenticatedClient:
    """Return a client for the functions of the generated package ``dtool_lookup_rest``.

    It logs in, retries and gives up as the documented functions do, and has the settings of
    the moment when it was made. Use it in a ``with`` or ``async with`` block, in one event
    loop. The generated functions return the model of a success. They raise the errors of
    ``dtool_lookup_api.errors`` for other responses and for logins that fail, and ``httpx``
    exceptions where there is no response.

    Args:
        url: URL of the dserver, including its path, default ``DSERVER_URL``.
        token: Token to send as it is, default ``DSERVER_TOKEN``. A configured token is only
            sent to the configured server.
        auth_url: URL of the token generator; the final ``/token`` may be left out, default
            ``DSERVER_TOKEN_GENERATOR_URL``. A configured generator is only asked for tokens of
            the configured server.
        username: User name for the token generator, default ``DSERVER_USERNAME``.
        password: Password for the token generator, default ``DSERVER_PASSWORD``. A configured
            password is only sent to the configured generator. It is stored as clear text: for
            tests only.
        api_key: API key of the OAuth2 token generator, for operators: it makes tokens for any
            user, default ``DSERVER_API_KEY``. A configured key is only sent to the configured
            generator.
        verify_ssl: Whether to verify certificates (``false`` is for tests only), or the path of
            a CA bundle, default ``DSERVER_VERIFY_SSL``, or ``True``.
        disable_authentication: Whether to send no token at all, default
            ``DSERVER_DISABLE_AUTHENTICATION``, or ``False``.
        timeout: Seconds to wait for a connection, or for the next byte, default
            ``DSERVER_TIMEOUT``, or 30.
        deadline: Seconds for one call, including login and retries, default
            ``DSERVER_DEADLINE``, or 120.
        retries: How often to retry a call that is safe to repeat; 0 for never, default
            ``DSERVER_RETRIES``, or 3.
        max_connections: How many calls of a client may be under way at a time; the others wait
            their turn, default ``DSERVER_MAX_CONNECTIONS``, or 32.
        max_response_mb: Size limit of a response in millions of bytes, after decompression,
            default ``DSERVER_MAX_RESPONSE_MB``, or 256.
        storage_verify_ssl: As ``verify_ssl``, for transfers of data from and to storage,
            default ``DSERVER_STORAGE_VERIFY_SSL``, or ``True``.
        storage_proxy: URL of the proxy for transfers, or ``none``; where it is not set, the
            environment's, default ``DSERVER_STORAGE_PROXY``.
        storage_timeout: Seconds without a byte after which a transfer fails; transfers have no
            deadline, default ``DSERVER_STORAGE_TIMEOUT``, or 60.

    Returns:
        The generated client::

            from dtool_lookup_api.typed import connect
            from dtool_lookup_rest.api.datasets import search_datasets
            from dtool_lookup_rest.models import SearchDataset

            with connect() as client:
                found = search_datasets.sync(client=client, body=SearchDataset(free_text="test"))

    Raises:
        ConfigurationError: If a setting is missing or cannot be used.
    """
    return _connect(
        _ClientOptions().changed(
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
            max_connections=max_connections,
            max_response_mb=max_response_mb,
            storage_verify_ssl=storage_verify_ssl,
            storage_proxy=storage_proxy,
            storage_timeout=storage_timeout,
        )
    )
