"""A contract that says something else than the server is found out."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import yaml

from dtool_lookup_api import Client, NotFoundError

import contract
from devserver import API_KEY, PASSWORDS, URI, Dserver, running_next_dserver

pytestmark = pytest.mark.slow

Document = dict[str, Any]
Change = Callable[[Document], object]


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the exchanges of a few calls."""
    folder = tmp_path_factory.mktemp("record")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv(contract.RECORD, str(folder))
        with running_next_dserver() as server:
            _call(server)
    return folder


def _call(server: Dserver) -> None:
    with Client(**server.given("admin")) as client:
        assert client.get_datasets(free_text="leaf", page_size=2)
        dataset = client.get_dataset(URI)
        client.register_dataset(
            uri=URI,
            base_uri=dataset["base_uri"],
            uuid=dataset["uuid"],
            name=dataset["name"],
            readme=client.get_readme(URI),
            manifest=client.get_manifest(URI),
            creator_username=dataset["creator_username"],
            frozen_at=dataset["frozen_at"],
            annotations={},
            tags=[],
        )
        with pytest.raises(NotFoundError):
            client.get_dataset(f"{dataset['base_uri']}/unknown")
    httpx.get(f"{server.url}/config/versions", headers={"Authorization": "Basic bWU6c2VjcmV0"})
    httpx.post(f"{server.url}/auth/token", json={"username": "admin", "api_key": API_KEY})


def _judged(record: Path, path: Path, change: Change) -> dict[tuple[str, int, str], list[str]]:
    document: Document = yaml.safe_load(contract.CONTRACT.read_text(encoding="utf-8"))
    change(document)
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    verdict = contract.judged(record, path)
    assert verdict.exchanges == 8
    assert all(place in verdict.report() for _, _, place in verdict.differences)
    return verdict.differences


def _properties(document: Document, schema: str) -> Document:
    return document["components"]["schemas"][schema]["properties"]


def test_what_the_servers_wrote_down_conforms(record: Path, tmp_path: Path) -> None:
    """The requests of others are not judged: their authors may have meant them to be wrong."""
    assert not _judged(record, tmp_path / "openapi.yaml", lambda document: None)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            lambda d: d["paths"].pop("/readmes/{uri}"),
            {("no operation", 200, f"GET /readmes/{quote(URI, safe='')}")},
        ),
        (
            lambda d: d["paths"]["/uris/{uri}"]["get"]["responses"].pop("404"),
            {("getDataset", 404, "status")},
        ),
        (
            lambda d: _properties(d, "Dataset")["frozen_at"].update(type="string"),
            {
                ("searchDatasets", 200, "response body, items/properties/frozen_at/type"),
                ("getDataset", 200, "response body, properties/frozen_at/type"),
            },
        ),
        (
            lambda d: d["components"]["schemas"]["Readme"]["required"].append("language"),
            {("getReadme", 200, "response body, required")},
        ),
        (
            lambda d: _properties(d, "PaginationMetadata")["total"].update(type="string"),
            {("searchDatasets", 200, "header X-Pagination, properties/total/type")},
        ),
        (
            lambda d: _properties(d, "RegisterDataset").pop("tags"),
            {("registerDataset", 200, "request body, additionalProperties")},
        ),
        (
            lambda d: _properties(d, "RegisterDataset")["frozen_at"].update(type="number"),
            {("registerDataset", 200, "request body, properties/frozen_at/type")},
        ),
        (
            lambda d: d["paths"]["/uris/{uri}"]["put"].pop("requestBody"),
            {("registerDataset", 200, "request body")},
        ),
        (
            lambda d: d["paths"]["/uris"]["post"].pop("parameters"),
            {
                ("searchDatasets", 200, f"query parameter {name}")
                for name in ("page", "page_size", "sort")
            },
        ),
        (
            lambda d: d["components"]["securitySchemes"]["bearerAuth"].update(
                {"type": "apiKey", "in": "header", "name": "X-Key"}
            ),
            "security",
        ),
    ],
)
def test_what_differs_is_found(
    record: Path, tmp_path: Path, change: Change, found: set[tuple[str, int, str]]
) -> None:
    """Each of these changes makes the contract wrong."""
    differences = set(_judged(record, tmp_path / "openapi.yaml", change))
    if found == "security":
        assert {place for _, _, place in differences} == {"security"}
    else:
        assert differences == found


def test_the_record_holds_no_secret(record: Path) -> None:
    """Neither passwords nor tokens are written down, in any test so far."""
    folders = [record, Path(os.environ[contract.RECORD])]
    text = "".join(path.read_text() for folder in folders for path in folder.glob("*.jsonl"))
    assert "Bearer (hidden)" in text
    secrets = [*PASSWORDS.values(), API_KEY, "eyJ", "Basic", "bWU6c2VjcmV0"]
    assert not [secret for secret in secrets if secret in text]
