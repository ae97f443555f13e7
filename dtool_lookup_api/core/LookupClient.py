"""The classes of dtool-lookup-api 0.10, where programs import them from."""

from ..errors import LookupServerError
from ..legacy.lookup_clients import (
    ConfigurationBasedAuthenticatedLookupClient,
    ConfigurationBasedLookupClient,
    CredentialsBasedLookupClient,
    LookupClient,
    TokenBasedLookupClient,
    UnauthenticatedLookupClient,
)
from ..operations.arguments import ASCENDING, DESCENDING
from .config import Config

__all__ = [
    "ASCENDING",
    "DESCENDING",
    "Config",
    "ConfigurationBasedAuthenticatedLookupClient",
    "ConfigurationBasedLookupClient",
    "CredentialsBasedLookupClient",
    "LookupClient",
    "LookupServerError",
    "TokenBasedLookupClient",
    "UnauthenticatedLookupClient",
]
