"""Programs that use models, read by type checkers only, as ``consumer.py``."""
# pyright: strict, reportUnnecessaryTypeIgnoreComment=true

from typing import Any, assert_type

from dtool_lookup_api import (
    Outcome,
    Page,
    iter_manifests,
    to_records,
    typed,
)
from dtool_lookup_api.typed import (
    Dataset,
    GraphDataset,
    Manifest,
)
from dtool_lookup_rest import AuthenticatedClient

TEXT = "1a1f9fad-8589-413e-9602-5bbd66bfe675"
URI = f"smb://test-share/{TEXT}"


def attributes() -> None:
    """Read attributes; what may be missing is None."""
    dataset = typed.get_dataset(URI)
    assert_type(dataset.uri, str)
    assert_type(dataset.created_at, float)
    assert_type(dataset.size_in_bytes, int | None)
    assert_type(dataset.uploaded_at, float | None)
    assert_type(dataset.additional_properties, dict[str, Any])
    assert_type(dataset.to_dict(), dict[str, Any])
    assert_type(sum(each.size_in_bytes or 0 for each in typed.iter_datasets()), int)
    page = typed.get_datasets()
    assert_type(page[0], Dataset)
    assert_type(page.total, int | None)
    assert_type(page.pagination["total"], int)
    manifest = typed.get_manifest(URI)
    assert_type(manifest.items["a"], typed.ManifestItem)
    assert_type(manifest.items["a"].size_in_bytes, int)
    assert_type(typed.get_user("a").search_permissions_on_base_uris, list[str] | None)
    assert_type(typed.get_graph_by_uuid(TEXT)[0].derived_from, list[str])
    assert_type(typed.request_upload("s3://b", None, "a", "b", 1.5).upload_urls.readme, str)
    assert_type(Dataset.from_dict({}), Dataset)
    with typed.connect() as client:
        assert_type(client, AuthenticatedClient)


def models_are_arguments(client: typed.Client, dataset: Dataset, parent: GraphDataset) -> None:
    """Give what a call returned, where a URI or a UUID is wanted."""
    assert_type(typed.get_tags(dataset), list[str])
    assert_type(typed.get_readme(parent), str)
    assert_type(client.get_datasets_by_uuid(dataset), Page[Dataset])
    assert_type(client.get_datasets(uuids=[dataset, parent]), Page[Dataset])
    for outcome in typed.get_many(typed.get_manifest, typed.iter_datasets(tags=["a"])):
        assert_type(outcome, Outcome[Dataset, Manifest])
    iter_manifests(typed.iter_datasets(), client=client)
    to_records(typed.iter_datasets(), "project", client=client)
    typed.register_dataset(URI, manifest=typed.get_manifest(URI).to_dict())


async def models_are_arguments_to_await(client: typed.AsyncClient) -> None:
    """Do the same, awaited."""
    readmes = client.get_many(client.get_readme, client.iter_datasets())
    async for outcome in readmes:
        assert_type(outcome, Outcome[Dataset, str])
        assert_type(outcome.argument.name, str)
    read = typed.asynchronous.get_manifest
    async for manifests in typed.asynchronous.get_many(read, typed.asynchronous.iter_datasets()):
        assert_type(manifests, Outcome[Dataset, Manifest])


def refused() -> None:
    """Misspell what editors complete."""
    print(typed.get_dataset(URI).base_url)  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]
    print(typed.get_dataset(URI)["uri"])  # type: ignore[index] # pyright: ignore[reportIndexIssue, reportUnknownArgumentType]
    typed.get_datasets(free_txt="a")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    Dataset(uri=URI)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
