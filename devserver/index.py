"""Make the datasets with dtoolcore, and let the server index them."""

import os
import tempfile
import uuid
from datetime import UTC, datetime, time
from hashlib import sha256
from pathlib import Path

import data
import dtoolcore
import yaml
from flask import Flask


def populate(app: Flask, folder: Path) -> None:
    """Register users, base URIs and datasets with the server's own functions."""
    from dservercore import utils

    with app.app_context():
        for username in data.PASSWORDS:
            utils.register_user(username, {"is_admin": username in data.ADMINISTRATORS})
        for base_uri, registrars in data.EXAMPLE_REGISTRARS.items():
            _register_base_uri(base_uri, data.EXAMPLE_SEARCHERS, registrars)
            utils.register_dataset(_example(base_uri))
        base_uri = _make_datasets(folder / "datasets")
        _register_base_uri(base_uri, data.STUDIES_USERS, data.STUDIES_USERS)
        datasets = dtoolcore.iter_datasets_in_base_uri(base_uri)
        for dataset in sorted(datasets, key=lambda dataset: dataset.name):
            info = utils.generate_dataset_info(dataset, base_uri)
            info["tags"].sort()  # dtoolcore has them in the order of the directory
            utils.register_dataset(info)


def add_to_direct_queries(app: Flask, number: int) -> None:
    """Let direct queries, and nothing else, find more datasets, in no order of their URIs."""
    if not number:
        return
    from dserver_direct_mongo_plugin import DirectMongoExtension

    base_uri = "s3://many"
    with app.app_context():
        _register_base_uri(base_uri, data.EXAMPLE_SEARCHERS, [])
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    uuids = [dataset_uuid(f"many-{each}") for each in range(number)]
    DirectMongoExtension.collection.insert_many(
        {
            **data.EXAMPLE,
            "base_uri": base_uri,
            "uri": f"{base_uri}/{uuid}",
            "uuid": uuid,
            "created_at": moment,
            "frozen_at": moment,
            "readme": data.EXAMPLE_README,
        }
        for uuid in uuids
    )


def _register_base_uri(base_uri: str, searchers: list[str], registrars: list[str]) -> None:
    from dservercore import utils

    utils.register_base_uri(base_uri)
    utils.register_permissions(
        base_uri,
        {
            "users_with_search_permissions": searchers,
            "users_with_register_permissions": registrars,
        },
    )


def _example(base_uri: str) -> dict[str, object]:
    return data.EXAMPLE | {
        "base_uri": base_uri,
        "uri": f"{base_uri}/{data.EXAMPLE['uuid']}",
        "readme": _yaml(data.EXAMPLE_README),
    }


def store_example(base_uri: str) -> None:
    """Write the documented example to a storage, where it is as the server has indexed it."""
    info = _example(base_uri)
    admin_metadata = {key: info[key] for key in data.ADMIN_METADATA}
    dataset = dtoolcore.generate_proto_dataset(admin_metadata, base_uri)
    dataset.create()
    dataset.put_readme(info["readme"])
    for relpath, content in data.EXAMPLE_ITEMS.items():
        _put_item(dataset, relpath, content)
    dataset._storage_broker.put_manifest(info["manifest"])


def _put_item(dataset: dtoolcore.ProtoDataSet, relpath: str, content: str) -> None:
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_text(content, encoding="utf-8")
        dataset.put_item(file.name, relpath)


def _make_datasets(folder: Path) -> str:
    folder.mkdir()
    base_uri = dtoolcore.utils.sanitise_uri(str(folder))
    for description in data.studies():
        _make_dataset(description, base_uri, folder)
    return base_uri


def _make_dataset(description: data.Dataset, base_uri: str, folder: Path) -> None:
    created = datetime.combine(description.created, time(9), UTC).timestamp()
    admin_metadata = dtoolcore.generate_admin_metadata(description.name, description.creator)
    admin_metadata |= {
        "uuid": dataset_uuid(description.name),
        "created_at": created,
        "frozen_at": created + 3600.25,
    }
    proto = dtoolcore.generate_proto_dataset(admin_metadata, base_uri)
    proto.create()
    proto.put_readme(_yaml(description.readme | _derived_from(description.sources, base_uri)))
    for relpath, content in description.items.items():
        _put_item(proto, relpath, content)
        os.utime(folder / description.name / "data" / relpath, (created, created))
    for tag in description.tags:
        proto.put_tag(tag)
    for name, value in description.annotations.items():
        proto.put_annotation(name, value)
    proto.freeze()


def dataset_uuid(name: str) -> str:
    """Return the UUID of the dataset with this name, the same in each start.

    It says version 4, for the dependency graph ignores all other versions
    (`UUID_v4_REGEX` in dserver_dependency_graph_plugin/graph.py).
    """
    return str(uuid.UUID(bytes=sha256(name.encode()).digest()[:16], version=4))


def _derived_from(sources: list[str], base_uri: str) -> data.Readme:
    entries = [
        {"uuid": dataset_uuid(name), "name": name, "uri": f"{base_uri}/{name}"} for name in sources
    ]
    return {"derived_from": entries} if entries else {}


def _yaml(readme: data.Readme) -> str:
    return yaml.safe_dump(readme, sort_keys=False, allow_unicode=True)
