"""The settings, each declared once.

`make generate` derives from this table what ``options`` has (the properties of ``Config``, the
options of the clients, the settings of a call) and the table in docs/configuration.md. The
resolver and ``check`` read it. This module imports nothing of the package, so that the tools can
run it alone.
"""

from typing import Any, Final, Literal, NamedTuple, TypeAlias

__all__ = ["KEYS", "LOGIN_SECRETS", "OLD_NAMES", "SETTINGS", "Kind", "Setting"]

Kind: TypeAlias = Literal[
    "url", "text", "switch", "verify", "number", "proxy", "engine", "functions"
]


class Setting(NamedTuple):
    """A setting."""

    option: str
    """Name of the clients' option."""
    key: str
    """Its name in the environment and in dtool.json; empty if it stands in neither."""
    kind: Kind
    """What values it takes."""
    help: str
    """What it is, as a phrase: for the clients, ``Config`` and the documentation."""
    default: Any = None
    """Its value where it is not set; a number without fraction is an integer."""
    least: float = 0.0
    """The least that a number may be."""
    secret: bool = False
    """Whether nothing may show it."""
    required: bool = False
    """Whether no call can do without it."""
    prompted: bool = False
    """Whether the user is prompted for it where it is not set."""
    login: bool = False
    """Whether it is a secret to log in with in place of a password, by its class in ``logins``."""
    note: str = ""
    """Sentences that follow in the description of the option."""
    attribute: str = ""
    """Name of the property of ``Config``, if it is not that of the option."""
    old: bool = False
    """Whether early releases had it, with ``DTOOL_LOOKUP_SERVER_`` for ``DSERVER_``."""


SETTINGS: Final = (
    Setting(
        "url",
        "DSERVER_URL",
        "url",
        "URL of the dserver, including its path",
        required=True,
        attribute="lookup_url",
        old=True,
    ),
    Setting(
        "token",
        "DSERVER_TOKEN",
        "text",
        "Token to send as it is",
        default="",
        secret=True,
        note="A configured token is only sent to the configured server.",
        old=True,
    ),
    Setting(
        "auth_url",
        "DSERVER_TOKEN_GENERATOR_URL",
        "url",
        "URL of the token generator; the final ``/token`` may be left out",
        default="",
        note="A configured generator is only asked for tokens of the configured server.",
        old=True,
    ),
    Setting(
        "username",
        "DSERVER_USERNAME",
        "text",
        "User name for the token generator",
        prompted=True,
        old=True,
    ),
    Setting(
        "password",
        "DSERVER_PASSWORD",
        "text",
        "Password for the token generator",
        secret=True,
        prompted=True,
        note="A configured password is only sent to the configured generator. It is stored as "
        "clear text: for tests only.",
        old=True,
    ),
    Setting(
        "api_key",
        "DSERVER_API_KEY",
        "text",
        "API key of the OAuth2 token generator, for operators: it makes tokens for any user",
        default="",
        secret=True,
        login=True,
        note="A configured key is only sent to the configured generator.",
    ),
    Setting(
        "verify_ssl",
        "DSERVER_VERIFY_SSL",
        "verify",
        "Whether to verify certificates (``false`` is for tests only), or the path of a CA bundle",
        default=True,
        old=True,
    ),
    Setting(
        "disable_authentication",
        "DSERVER_DISABLE_AUTHENTICATION",
        "switch",
        "Whether to send no token at all",
        default=False,
    ),
    Setting(
        "timeout",
        "DSERVER_TIMEOUT",
        "number",
        "Seconds to wait for a connection, or for the next byte",
        default=30.0,
        least=0.001,
    ),
    Setting(
        "deadline",
        "DSERVER_DEADLINE",
        "number",
        "Seconds for one call, including login and retries",
        default=120.0,
        least=0.001,
    ),
    Setting(
        "retries",
        "DSERVER_RETRIES",
        "number",
        "How often to retry a call that is safe to repeat; 0 for never",
        default=3,
    ),
    Setting(
        "max_connections",
        "DSERVER_MAX_CONNECTIONS",
        "number",
        "How many calls of a client may be under way at a time; the others wait their turn",
        default=32,
        least=1,
    ),
    Setting(
        "max_response_mb",
        "DSERVER_MAX_RESPONSE_MB",
        "number",
        "Size limit of a response in millions of bytes, after decompression",
        default=256.0,
        least=0.001,
    ),
    Setting(
        "storage_verify_ssl",
        "DSERVER_STORAGE_VERIFY_SSL",
        "verify",
        "As ``verify_ssl``, for transfers of data from and to storage",
        default=True,
    ),
    Setting(
        "storage_proxy",
        "DSERVER_STORAGE_PROXY",
        "proxy",
        "URL of the proxy for transfers, or ``none``; where it is not set, the environment's",
        default="",
    ),
    Setting(
        "storage_timeout",
        "DSERVER_STORAGE_TIMEOUT",
        "number",
        "Seconds without a byte after which a transfer fails; transfers have no deadline",
        default=60.0,
        least=0.001,
    ),
    Setting(
        "assume_offered",
        "",
        "functions",
        "Names of functions that this server, whose ``url`` must be given, is known to offer, "
        'though it does not say so, e.g. ``["add_tag"]``',
        note="Where a server does not keep what these functions write, they destroy tags, "
        "annotations and READMEs in storage.",
    ),
    Setting(
        "engine",
        "DSERVER_ENGINE",
        "engine",
        "The HTTP library: ``httpx``, or ``aiohttp`` for async calls",
        default="httpx",
        note="A client also takes a transport of httpx, which remains yours to close.",
    ),
)

KEYS: Final = tuple(setting.key for setting in SETTINGS if setting.key)

LOGIN_SECRETS: Final = tuple(setting.option for setting in SETTINGS if setting.login)
"""Options with what a user logs in with in place of a password."""

OLD_NAMES: Final = {
    setting.key.replace("DSERVER_", "DTOOL_LOOKUP_SERVER_", 1): setting.key
    for setting in SETTINGS
    if setting.old
}
"""What early releases called the settings; some dtool.json and programs still do."""
