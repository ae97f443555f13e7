"""The 0.10 names, as type checkers see them: each is marked as deprecated, wherever it is.

Nothing here is ever run. Both checkers say so if a mark is missing.
"""
# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
# mypy: enable-error-code="deprecated"

from dtool_lookup_api import asynchronous, synchronous
from dtool_lookup_api.core.LookupClient import ConfigurationBasedLookupClient

URI = "s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"
TEXT = "1a1f9fad-8589-413e-9602-5bbd66bfe675"


async def main(client: ConfigurationBasedLookupClient) -> None:
    """Use each name on each owner."""
    synchronous.aggregate([{}])  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await asynchronous.aggregate([{}])  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await client.aggregate([{}])  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    synchronous.all()  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await asynchronous.all()  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await client.all()  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    synchronous.by_query({})  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await asynchronous.by_query({})  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await client.by_query({})  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    synchronous.by_uuid(TEXT)  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await asynchronous.by_uuid(TEXT)  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await client.by_uuid(TEXT)  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    synchronous.config()  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await asynchronous.config()  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await client.config()  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    synchronous.graph(TEXT)  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await asynchronous.graph(TEXT)  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await client.graph(TEXT)  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    synchronous.list_base_uris()  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await asynchronous.list_base_uris()  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await client.list_base_uris()  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    synchronous.list_users()  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await asynchronous.list_users()  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await client.list_users()  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    synchronous.lookup(TEXT)  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await asynchronous.lookup(TEXT)  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await client.lookup(TEXT)  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    synchronous.manifest(URI)  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await asynchronous.manifest(URI)  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await client.manifest(URI)  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    synchronous.query({})  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await asynchronous.query({})  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await client.query({})  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    synchronous.readme(URI)  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await asynchronous.readme(URI)  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await client.readme(URI)  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    synchronous.search("a")  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await asynchronous.search("a")  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await client.search("a")  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    synchronous.summary()  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await asynchronous.summary()  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await client.summary()  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    synchronous.user_info("a")  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await asynchronous.user_info("a")  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await client.user_info("a")  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    synchronous.versions()  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await asynchronous.versions()  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
    await client.versions()  # type: ignore[deprecated] # pyright: ignore[reportDeprecated]
