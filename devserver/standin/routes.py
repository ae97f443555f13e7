"""The operations that dservercore 0.23 adds, with their quirks."""

import logging
from http import HTTPStatus
from typing import Any

import yaml
from dservercore import (
    UnknownURIError,
    annotations_routes,
    config_routes,
    me_routes,
    readme_routes,
    sql_db,
    tags_routes,
    user_routes,
)
from dservercore.schemas import AnnotationSchema, ReadmeSchema, TagSchema
from dservercore.sql_models import BaseURI, User, UserWithPermissionsSchema
from dservercore.utils import base_uri_exists, url_suffix_to_uri
from dservercore.utils_auth import get_jwt_identity, has_admin_rights, jwt_required, may_register
from flask import abort, current_app
from marshmallow import Schema, fields

from . import storage

Json = dict[str, Any]

logger = logging.getLogger(__name__)


class HealthSchema(Schema):
    status = fields.String()


class MeUpdateSchema(Schema):
    # Cleared if it is missing, as by the real server, contrary to its description.
    display_name = fields.String(allow_none=True, load_default=None)


class UserUpdateSchema(MeUpdateSchema):
    is_admin = fields.Boolean(allow_none=True, load_default=None)


class ReadmeRequestSchema(Schema):
    readme = fields.String(required=True)


class SingleAnnotationSchema(Schema):
    value = fields.Raw()  # left out, it is null; but an explicit null is refused


def registered() -> str:
    """Return the user of the request, or refuse one who is not registered."""
    username: str = get_jwt_identity()
    if User.query.filter_by(username=username).first() is None:
        abort(HTTPStatus.UNAUTHORIZED)
    return username


def require_administrator() -> None:
    if not has_admin_rights(registered()):
        abort(HTTPStatus.FORBIDDEN)


@config_routes.bp.route("/health", methods=["GET"])
@config_routes.bp.response(200, HealthSchema)
def health() -> Json:
    """Report that the server is up."""
    return {"status": "healthy"}


# Users


@me_routes.bp.route("", methods=["PATCH"])
@me_routes.bp.arguments(MeUpdateSchema)
@me_routes.bp.response(200, UserWithPermissionsSchema)
@jwt_required()
def update_me(changes: Json) -> Json:
    """Change the caller's profile."""
    return _update(_user(registered()), changes)


@user_routes.bp.route("/<username>", methods=["PATCH"])
@user_routes.bp.arguments(UserUpdateSchema)
@user_routes.bp.response(200, UserWithPermissionsSchema)
@jwt_required()
def update_user(changes: Json, username: str) -> Json:
    """Change a user's profile."""
    require_administrator()
    return _update(_user(username), changes)


def _user(username: str) -> Any:
    return User.query.filter_by(username=username).first() or abort(HTTPStatus.NOT_FOUND)


def _update(user: Any, changes: Json) -> Json:
    user.display_name = changes["display_name"]
    if changes.get("is_admin") is not None:
        user.is_admin = changes["is_admin"]
    sql_db.session.commit()
    answer: Json = user.as_dict()
    return answer


def _permission_routes(kind: str) -> None:
    """Add granting and revoking of one kind of permission."""

    @user_routes.bp.route(f"/<username>/{kind}/<path:base_uri>", methods=["POST"])
    @user_routes.bp.response(200, UserWithPermissionsSchema)
    @jwt_required()
    def grant(username: str, base_uri: str) -> Json:
        """Grant a permission."""
        user, entry = user_and_base_uri(username, base_uri)
        if entry in getattr(user, f"{kind}_base_uris"):
            abort(HTTPStatus.CONFLICT)
        getattr(user, f"{kind}_base_uris").append(entry)
        return saved(user)

    @user_routes.bp.route(f"/<username>/{kind}/<path:base_uri>", methods=["DELETE"])
    @user_routes.bp.response(200, UserWithPermissionsSchema)
    @jwt_required()
    def revoke(username: str, base_uri: str) -> Json:
        """Revoke a permission."""
        user, entry = user_and_base_uri(username, base_uri)
        if entry in getattr(user, f"{kind}_base_uris"):
            getattr(user, f"{kind}_base_uris").remove(entry)
        return saved(user)

    def user_and_base_uri(username: str, base_uri: str) -> tuple[Any, Any]:
        require_administrator()
        # Unlike elsewhere, the path is not made a URI first: it must be spelled out.
        entry = BaseURI.query.filter_by(base_uri=base_uri).first() or abort(HTTPStatus.NOT_FOUND)
        return _user(username), entry

    def saved(user: Any) -> Json:
        sql_db.session.commit()
        answer: Json = user.as_dict()
        return answer


for kind in ("search", "register"):
    _permission_routes(kind)


# Metadata of a dataset


def _writable(path: str, unknown_base_uri: HTTPStatus) -> str:
    """Return the URI in a path, if the user may register datasets in its base URI."""
    username = registered()
    uri: str = url_suffix_to_uri(path)
    base_uri = uri.rsplit("/", 1)[0]
    if not base_uri_exists(base_uri):
        abort(unknown_base_uri)
    if not may_register(username, base_uri):
        abort(HTTPStatus.FORBIDDEN)
    return uri


def _stored(uri: str, name: str) -> Any:
    """Return the annotations or tags of a dataset."""
    try:
        return getattr(current_app.retrieve, f"get_{name}")(uri)
    except UnknownURIError:
        abort(HTTPStatus.NOT_FOUND)


def _write(uri: str, name: str, value: Any) -> Json:
    """Write a value, which was made of what the index has, to the storage, and maybe to the index.

    The response is the same whether or not the value reaches storage: errors of storage are logged.
    """
    try:
        storage.replace(uri, name, value)
    except Exception:
        logger.info("%s of %s not written to storage", name, uri, exc_info=True)
    if current_app.extensions["standin"].storing:
        for plugin in current_app.plugins:
            if collection := getattr(plugin, "collection", None):
                # The plugin for direct queries keeps READMEs parsed.
                parse = name == "readme" and plugin in current_app.custom_extensions
                stored = yaml.safe_load(value) if parse else value
                collection.update_one({"uri": uri}, {"$set": {name: stored}})
    return {name: value}


@readme_routes.bp.route("/<path:uri>", methods=["PUT"])
@readme_routes.bp.arguments(ReadmeRequestSchema)
@readme_routes.bp.response(200, ReadmeSchema)
@jwt_required()
def set_readme(data: Json, uri: str) -> Json:
    """Replace the README, also that of an unknown dataset."""
    return _write(_writable(uri, HTTPStatus.FORBIDDEN), "readme", data["readme"])


@annotations_routes.bp.route("/<path:uri>", methods=["PUT"])
@annotations_routes.bp.arguments(AnnotationSchema)
@annotations_routes.bp.response(200, AnnotationSchema)
@jwt_required()
def replace_annotations(data: Json, uri: str) -> Json:
    """Is never called: the route below takes the UUID for a name."""
    raise NotImplementedError


@annotations_routes.bp.route("/<path:uri>/<annotation_name>", methods=["PUT"])
@annotations_routes.bp.arguments(SingleAnnotationSchema)
@annotations_routes.bp.response(200, AnnotationSchema)
@jwt_required()
def set_annotation(data: Json, uri: str, annotation_name: str) -> Json:
    """Set one annotation."""
    uri = _writable(uri, HTTPStatus.INTERNAL_SERVER_ERROR)
    annotations = _stored(uri, "annotations") | {annotation_name: data.get("value")}
    return _write(uri, "annotations", annotations)


@annotations_routes.bp.route("/<path:uri>/<annotation_name>", methods=["DELETE"])
@annotations_routes.bp.response(200, AnnotationSchema)
@jwt_required()
def delete_annotation(uri: str, annotation_name: str) -> Json:
    """Delete one annotation, if it is there."""
    uri = _writable(uri, HTTPStatus.INTERNAL_SERVER_ERROR)
    annotations = _stored(uri, "annotations")
    rest = {name: value for name, value in annotations.items() if name != annotation_name}
    return _write(uri, "annotations", rest)


@tags_routes.bp.route("/<path:uri>", methods=["PUT"])
@tags_routes.bp.arguments(TagSchema)
@tags_routes.bp.response(200, TagSchema)
@jwt_required()
def replace_tags(data: Json, uri: str) -> Json:
    """Replace the tags, also those of an unknown dataset."""
    uri = _writable(uri, HTTPStatus.INTERNAL_SERVER_ERROR)
    return _write(uri, "tags", data.get("tags", []))


@tags_routes.bp.route("/<path:uri>/<tag>", methods=["POST"])
@tags_routes.bp.response(200, TagSchema)
@jwt_required()
def add_tag(uri: str, tag: str) -> Json:
    """Add one tag, if it is not there."""
    uri = _writable(uri, HTTPStatus.INTERNAL_SERVER_ERROR)
    tags = _stored(uri, "tags")
    return _write(uri, "tags", tags if tag in tags else [*tags, tag])


@tags_routes.bp.route("/<path:uri>/<tag>", methods=["DELETE"])
@tags_routes.bp.response(200, TagSchema)
@jwt_required()
def remove_tag(uri: str, tag: str) -> Json:
    """Remove one tag, if it is there."""
    uri = _writable(uri, HTTPStatus.INTERNAL_SERVER_ERROR)
    rest = [each for each in _stored(uri, "tags") if each != tag]
    return _write(uri, "tags", rest)
