"""Signed URLs to read datasets from a storage, and to write them to it."""

import time
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import dtoolcore
from dservercore.utils import dataset_uri_exists, generate_dataset_info, register_dataset
from dservercore.utils_auth import get_jwt_identity, jwt_required, may_register, may_search
from flask import abort, current_app
from flask_smorest import Blueprint
from marshmallow import Schema, fields

Json = dict[str, Any]

READ_SECONDS, WRITE_SECONDS = 3600, 14400
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
    # A value that is null is refused, one that holds null is not.
    annotations = fields.Dict(values=fields.Raw(), load_default=dict)
    overlays = fields.Dict(values=fields.Dict(values=fields.Raw()), load_default=dict)


class UploadCompleteRequestSchema(Schema):
    uri = fields.String(required=True)


@blueprint.route("/dataset/<path:uri>", methods=["GET"])
@blueprint.response(200)
@jwt_required()
def get_dataset_signed_urls(uri: str) -> Json:
    """Sign URLs to read all of a dataset."""
    dataset = _readable(uri)
    broker = dataset._storage_broker
    overlays, annotations = dataset.list_overlay_names(), dataset.list_annotation_names()
    return {
        "uri": dataset.uri,
        **_read_expiry(),
        "admin_metadata_url": _read_url(broker.get_admin_metadata_key()),
        "manifest_url": _read_url(broker.get_manifest_key()),
        "readme_url": _read_url(broker.get_readme_key()),
        "item_urls": {name: _read_url(broker.get_item_key(name)) for name in dataset.identifiers},
        "overlay_urls": {name: _read_url(broker.get_overlay_key(name)) for name in overlays},
        "annotation_urls": {
            name: _read_url(broker.get_annotation_key(name)) for name in annotations
        },
        "tags": dataset.list_tags(),
    }


@blueprint.route("/item/<path:uri>/<identifier>", methods=["GET"])
@blueprint.response(200)
@jwt_required()
def get_item_signed_url(uri: str, identifier: str) -> Json:
    """Sign a URL to read one item."""
    dataset = _readable(uri)
    if identifier not in dataset.identifiers:
        abort(HTTPStatus.NOT_FOUND)
    url = _read_url(dataset._storage_broker.get_item_key(identifier))
    return {"uri": dataset.uri, "identifier": identifier, **_read_expiry(), "url": url}


def _readable(path: str) -> dtoolcore.DataSet:
    """Return the dataset of the URI in a path, if the user may read it and URLs can be signed."""
    uri = unquote(path)  # for the second time: an escaped character has to be escaped twice
    # Who is not registered may not search either, and so gets 403 here instead of 401.
    if not may_search(get_jwt_identity(), uri.rpartition("/")[0]):
        abort(HTTPStatus.FORBIDDEN)
    if not dataset_uri_exists(uri):
        abort(HTTPStatus.NOT_FOUND)
    try:
        dataset = dtoolcore.DataSet.from_uri(uri)
    except Exception:  # whatever keeps the server from reading it
        abort(HTTPStatus.NOT_IMPLEMENTED)
    if dataset._storage_broker.key != "s3":
        abort(HTTPStatus.NOT_IMPLEMENTED)
    return dataset


@blueprint.route("/upload/<path:base_uri>", methods=["POST"])
@blueprint.arguments(UploadRequestSchema)
@blueprint.response(200)
@jwt_required()
def request_upload(data: Json, base_uri: str) -> Json:
    """Begin an upload, or sign the URLs of one that has begun.

    All but README and items is written to the storage, over a dataset that is there and not
    registered. Of an upload that has begun only the items and the time of freezing are replaced.
    """
    base_uri = unquote(base_uri)
    if not may_register(get_jwt_identity(), base_uri):
        abort(HTTPStatus.FORBIDDEN)
    if data["hash_function"] != HASH_FUNCTION or not dtoolcore.utils.name_is_valid(data["name"]):
        abort(HTTPStatus.BAD_REQUEST)
    uri, begun = f"{base_uri}/{data['uuid']}", _pending.get(data["uuid"])
    if dataset_uri_exists(uri) or (begun and begun["uri"] != uri):
        abort(HTTPStatus.CONFLICT)
    items = {dtoolcore.utils.generate_identifier(each["relpath"]): each for each in data["items"]}
    try:
        broker = (
            dtoolcore.ProtoDataSet.from_uri(uri) if begun else _create(data, base_uri)
        )._storage_broker
        _pending[data["uuid"]] = {"uri": uri, "frozen_at": data["frozen_at"], "items": items}
        readme = _objects().url("PUT", broker.get_readme_key(), _seconds(WRITE_SECONDS))
        uploads = {name: _item_upload(broker, name, item) for name, item in items.items()}
    except dtoolcore.DtoolCoreInvalidNameError:
        abort(HTTPStatus.BAD_REQUEST)
    except Exception:  # such as a storage that cannot sign, after the dataset was created there
        abort(HTTPStatus.INTERNAL_SERVER_ERROR)
    return {
        "uuid": data["uuid"],
        "uri": uri,
        "base_uri": base_uri,
        **_expiry(_seconds(WRITE_SECONDS)),
        "upload_urls": {"readme": readme, "items": uploads},
    }


def _create(data: Json, base_uri: str) -> dtoolcore.ProtoDataSet:
    admin_metadata = {
        "uuid": data["uuid"],
        "dtoolcore_version": dtoolcore.__version__,
        "name": data["name"],
        "type": "protodataset",
        "creator_username": data["creator_username"],
        "created_at": datetime.now(UTC).timestamp(),
    }
    dataset = dtoolcore.generate_proto_dataset(admin_metadata, base_uri)
    dataset.create()
    dataset.put_readme("")
    for tag in data["tags"]:
        dataset.put_tag(tag)
    for name, value in data["annotations"].items():
        dataset.put_annotation(name, value)
    for name, overlay in data["overlays"].items():
        dataset._storage_broker.put_overlay(name, overlay)
    return dataset


def _item_upload(broker: Any, identifier: str, item: Json) -> Json:
    headers = {
        "Content-MD5": b64encode(bytes.fromhex(item["hash"])).decode(),
        "x-amz-meta-checksum": item["hash"],
        "x-amz-meta-handle": b64encode(item["relpath"].encode()).decode(),
    }
    key = broker.get_item_key(identifier)
    url = _objects().url("PUT", key, _seconds(WRITE_SECONDS), headers)
    return {"url": url, "relpath": item["relpath"], "headers": headers}


@blueprint.route("/upload-complete", methods=["POST"])
@blueprint.arguments(UploadCompleteRequestSchema)
@blueprint.response(200)
@jwt_required()
def complete_upload(data: Json) -> Json:
    """End an upload, and register the dataset. Sizes and hashes are not looked at."""
    uri = data["uri"]
    base_uri, _, uuid = uri.rpartition("/")
    if not may_register(get_jwt_identity(), base_uri):
        abort(HTTPStatus.FORBIDDEN)
    upload = _pending.get(uuid) or abort(HTTPStatus.BAD_REQUEST)
    if upload["uri"] != uri:
        abort(HTTPStatus.CONFLICT)
    try:
        _freeze(upload)
        dataset = dtoolcore.DataSet.from_uri(uri)
        register_dataset(generate_dataset_info(dataset, base_uri))
    except Exception:  # such as an item that is missing
        abort(HTTPStatus.INTERNAL_SERVER_ERROR)
    _pending.pop(uuid, None)
    return {"uri": uri, "status": "registered", "name": dataset.name, "uuid": uuid}


def _freeze(upload: Json) -> None:
    """Freeze the dataset as dtoolcore 3.20 does with a manifest, unless that has been done."""
    try:
        dataset = dtoolcore.ProtoDataSet.from_uri(upload["uri"])
    except dtoolcore.DtoolCoreTypeError:
        return
    broker = dataset._storage_broker
    for identifier in upload["items"]:
        time.sleep(current_app.extensions["standin"].completion_ms / 1000)
        if not broker.has_item(identifier):
            raise FileNotFoundError(identifier)
    broker.put_manifest(
        {
            "dtoolcore_version": dtoolcore.__version__,
            "hash_function": HASH_FUNCTION,
            "items": upload["items"],
        }
    )
    frozen = {"type": "dataset", "frozen_at": upload["frozen_at"]}
    broker.put_admin_metadata(dataset.admin_metadata | frozen)


def _objects() -> Any:
    """Return ``SignedObjects``, or ``S3Objects``."""
    return current_app.extensions["objects"]


def _seconds(usual: int) -> int:
    return current_app.extensions["standin"].url_lifetime or usual


def _read_url(path: str) -> str:
    return _objects().url("GET", path, _seconds(READ_SECONDS))


def _read_expiry() -> Json:
    expiry = _expiry(_seconds(READ_SECONDS))
    return expiry | {"expiry_timestamp": expiry["expiry_timestamp"].replace("+00:00", "Z")}


def _expiry(seconds: int) -> Json:
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    return {"expiry_seconds": seconds, "expiry_timestamp": until.isoformat()}
