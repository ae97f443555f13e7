"""Signed URLs to read datasets from a storage, and to write them to it."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import dtoolcore.utils
from dservercore.utils import dataset_uri_exists, get_dataset_by_user_and_uri, register_dataset
from dservercore.utils_auth import get_jwt_identity, jwt_required, may_register, may_search
from flask import abort, current_app
from flask_smorest import Blueprint
from marshmallow import Schema, fields

Json = dict[str, Any]

EXPIRY_SECONDS = 3600
HASH_FUNCTION = "md5sum_hexdigest"

blueprint = Blueprint("signed_urls", __name__, url_prefix="/signed-urls")
_pending: dict[str, Json] = {}  # uploads under way, by UUID


class UploadItemSchema(Schema):
    relpath = fields.String(required=True)
    size_in_bytes = fields.Integer(required=True)
    hash = fields.String(required=True)
    utc_timestamp = fields.Float(required=True)


class UploadRequestSchema(Schema):
    uuid = fields.String(required=True)
    name = fields.String(required=True)
    creator_username = fields.String(required=True)
    frozen_at = fields.Float(required=True)
    hash_function = fields.String(load_default=HASH_FUNCTION)
    items = fields.List(fields.Nested(UploadItemSchema), load_default=list)
    tags = fields.List(fields.String(), load_default=list)
    annotations = fields.Dict(load_default=dict)
    overlays = fields.Dict(load_default=dict)


class UploadCompleteRequestSchema(Schema):
    uri = fields.String(required=True)


@blueprint.route("/dataset/<path:uri>", methods=["GET"])
@blueprint.response(200)
@jwt_required()
def get_dataset_signed_urls(uri: str) -> Json:
    """Sign URLs to read all of a dataset."""
    uri = _readable(uri)
    storage, retrieve = current_app.extensions["storage"], current_app.retrieve
    key, annotations = _key(uri), retrieve.get_annotations(uri)
    # The datasets that the server starts with were never written to this storage.
    storage.put(f"{key}/README.yml", retrieve.get_readme(uri).encode())
    storage.put(f"{key}/manifest.json", json.dumps(retrieve.get_manifest(uri)).encode())
    storage.put(f"{key}/dtool", json.dumps(_admin_metadata(uri)).encode())
    for name, value in annotations.items():
        storage.put(f"{key}/annotations/{name}", json.dumps(value).encode())
    return {
        "uri": uri,
        **_expiry(),
        "admin_metadata_url": storage.url("GET", f"{key}/dtool", EXPIRY_SECONDS),
        "manifest_url": storage.url("GET", f"{key}/manifest.json", EXPIRY_SECONDS),
        "readme_url": storage.url("GET", f"{key}/README.yml", EXPIRY_SECONDS),
        "item_urls": _urls(f"{key}/data", retrieve.get_manifest(uri)["items"]),
        "overlay_urls": _urls(f"{key}/overlays", storage.names(f"{key}/overlays/")),
        "annotation_urls": _urls(f"{key}/annotations", annotations),
        "tags": retrieve.get_tags(uri),
    }


@blueprint.route("/item/<path:uri>/<identifier>", methods=["GET"])
@blueprint.response(200)
@jwt_required()
def get_item_signed_url(uri: str, identifier: str) -> Json:
    """Sign a URL to read one item."""
    uri = _readable(uri)
    if identifier not in current_app.retrieve.get_manifest(uri)["items"]:
        abort(HTTPStatus.NOT_FOUND)
    urls = _urls(f"{_key(uri)}/data", [identifier])
    return {"uri": uri, "identifier": identifier, **_expiry(), "url": urls[identifier]}


@blueprint.route("/upload/<path:base_uri>", methods=["POST"])
@blueprint.arguments(UploadRequestSchema)
@blueprint.response(200)
@jwt_required()
def request_upload(data: Json, base_uri: str) -> Json:
    """Begin an upload: what the body says is stored, README and items have to follow."""
    base_uri = unquote(base_uri)
    if not may_register(get_jwt_identity(), base_uri):
        abort(HTTPStatus.FORBIDDEN)
    if not dtoolcore.utils.name_is_valid(data["name"]) or data["hash_function"] != HASH_FUNCTION:
        abort(HTTPStatus.BAD_REQUEST)
    uri = f"{base_uri}/{data['uuid']}"
    if dataset_uri_exists(uri):
        abort(HTTPStatus.CONFLICT)
    if not _can_sign(uri):
        abort(HTTPStatus.INTERNAL_SERVER_ERROR)
    storage = current_app.extensions["storage"]
    for name, values in data["overlays"].items():
        storage.put(f"{_key(uri)}/overlays/{name}", json.dumps(values).encode())
    items = {dtoolcore.utils.generate_identifier(each["relpath"]): each for each in data["items"]}
    _pending[data["uuid"]] = data | {"uri": uri, "base_uri": base_uri, "items": items}
    return {
        "uuid": data["uuid"],
        "uri": uri,
        "base_uri": base_uri,
        **_expiry(),
        "upload_urls": {
            "readme": storage.url("PUT", f"{_key(uri)}/README.yml", EXPIRY_SECONDS),
            "items": {name: _item_upload(uri, name, item) for name, item in items.items()},
        },
    }


def _item_upload(uri: str, identifier: str, item: Json) -> Json:
    headers = {"x-amz-meta-checksum": item["hash"]}
    storage = current_app.extensions["storage"]
    url = storage.url("PUT", f"{_key(uri)}/data/{identifier}", EXPIRY_SECONDS, headers)
    return {"url": url, "relpath": item["relpath"], "headers": headers}


@blueprint.route("/upload-complete", methods=["POST"])
@blueprint.arguments(UploadCompleteRequestSchema)
@blueprint.response(200)
@jwt_required()
def complete_upload(data: Json) -> Json:
    """End an upload, and register the dataset."""
    base_uri, _, uuid = data["uri"].rpartition("/")
    if not may_register(get_jwt_identity(), base_uri):
        abort(HTTPStatus.FORBIDDEN)
    upload = _pending.get(uuid) or abort(HTTPStatus.BAD_REQUEST)
    if upload["uri"] != data["uri"]:
        abort(HTTPStatus.CONFLICT)
    readme = current_app.extensions["storage"].get(f"{_key(data['uri'])}/README.yml")
    if readme is None or not _is_complete(upload):
        abort(HTTPStatus.BAD_REQUEST)
    register_dataset(_info(upload, readme.decode()))
    del _pending[uuid]
    return {"uri": data["uri"], "status": "registered", "name": upload["name"], "uuid": uuid}


def _is_complete(upload: Json) -> bool:
    storage, key = current_app.extensions["storage"], _key(upload["uri"])
    return all(storage.get(f"{key}/data/{name}") is not None for name in upload["items"])


def _info(upload: Json, readme: str) -> Json:
    """Return what to register of an upload."""
    kept = ("uuid", "uri", "base_uri", "name", "creator_username", "frozen_at")
    return {
        **{key: upload[key] for key in kept},
        "type": "dataset",
        "created_at": datetime.now(UTC).timestamp(),
        "dtoolcore_version": dtoolcore.__version__,
        "readme": readme,
        "manifest": {
            "dtoolcore_version": dtoolcore.__version__,
            "hash_function": upload["hash_function"],
            "items": upload["items"],
        },
        "annotations": upload["annotations"],
        "tags": upload["tags"],
        "number_of_items": len(upload["items"]),
        "size_in_bytes": sum(item["size_in_bytes"] for item in upload["items"].values()),
    }


def _readable(path: str) -> str:
    """Return the URI in a path, if who asks may read the dataset and it can be signed."""
    uri = unquote(path)  # for the second time: an escaped character has to be escaped twice
    # Who is not registered may not search either, and so gets 403 here instead of 401.
    if not may_search(get_jwt_identity(), uri.rpartition("/")[0]):
        abort(HTTPStatus.FORBIDDEN)
    if not dataset_uri_exists(uri):
        abort(HTTPStatus.NOT_FOUND)
    if not _can_sign(uri):
        abort(HTTPStatus.NOT_IMPLEMENTED)
    return uri


def _can_sign(uri: str) -> bool:
    return uri.startswith("s3://")


def _key(uri: str) -> str:
    return uri.partition("://")[2]


def _admin_metadata(uri: str) -> Json:
    dataset: Json = get_dataset_by_user_and_uri(get_jwt_identity(), uri).as_dict()
    kept = ("uuid", "name", "creator_username", "frozen_at", "created_at")
    return {key: dataset[key] for key in kept} | {"type": "dataset"}


def _urls(folder: str, names: Iterable[str]) -> dict[str, str]:
    storage = current_app.extensions["storage"]
    return {name: storage.url("GET", f"{folder}/{name}", EXPIRY_SECONDS) for name in names}


def _expiry() -> Json:
    until = datetime.now(UTC) + timedelta(seconds=EXPIRY_SECONDS)
    return {"expiry_seconds": EXPIRY_SECONDS, "expiry_timestamp": until.isoformat()}
