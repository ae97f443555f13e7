"""Display names, who registered a dataset, and other data that 0.23 adds."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import dservercore.schemas
import dservercore.sql_models
import dservercore.utils
from dservercore import sql_db
from dservercore.schemas import SearchDatasetSchema, SummarySchema
from dservercore.sql_models import (
    Dataset,
    DatasetSchema,
    FloatDateTimeField,
    User,
    UserSchema,
    UserWithPermissionsSchema,
)
from dservercore.utils_auth import get_jwt_identity
from flask import current_app, has_request_context
from marshmallow import Schema, fields

Info = dict[str, Any]

# What dservercore of June 2026 and its plugins call themselves when they are built from source.
VERSIONS = {
    "dservercore": "0.22.1.dev47",
    "dserver_signed_url_plugin": "0.1.dev15",
    "dserver_token_generator_plugin_oauth2": "0.1.0",
}
# No plugin on a registry stores what is written, so this is not the version of a real one.
STORING = {"dserver_retrieve_plugin_mongo": "0.5.0+standin"}


def change() -> None:
    """Replace the models and schemas that have changed, before the routes are imported."""
    _add_columns()
    for module, schema in [
        (dservercore.sql_models, _User),
        (dservercore.sql_models, _UserWithPermissions),
        (dservercore.sql_models, _Dataset),
        (dservercore.schemas, _Annotation),
        (dservercore.schemas, _SearchDataset),
        (dservercore.schemas, _Summary),
    ]:
        schema.__name__ = f"{schema.__name__[1:]}Schema"  # which names it in the document
        setattr(module, schema.__name__, schema)
    for function in (register_dataset, register_user, summary_of_datasets_by_user):
        setattr(dservercore.utils, function.__name__, function)
    dservercore.utils.versions_to_dict = versions_to_dict


def _add_columns() -> None:
    User.display_name = sql_db.Column(sql_db.String(255))
    User.search_permissions_on_base_uris = property(
        lambda user: [each.base_uri for each in user.search_base_uris]
    )
    User.register_permissions_on_base_uris = property(
        lambda user: [each.base_uri for each in user.register_base_uris]
    )
    user_as_dict = User.as_dict
    User.as_dict = lambda user: user_as_dict(user) | {"display_name": user.display_name}
    Dataset.uploaded_by = sql_db.Column(sql_db.String(64))
    Dataset.uploaded_at = sql_db.Column(sql_db.DateTime)


class _User(UserSchema):
    display_name = fields.String(allow_none=True)


class _UserWithPermissions(UserWithPermissionsSchema):
    display_name = fields.String(allow_none=True)


class _Dataset(DatasetSchema):
    class Meta(DatasetSchema.Meta):
        fields = (*DatasetSchema.Meta.fields, "uploaded_by", "uploaded_at")

    uploaded_by = fields.String(allow_none=True)
    uploaded_at = FloatDateTimeField(allow_none=True)


class _Annotation(Schema):
    annotations = fields.Dict(keys=fields.String())


class _TextUUID(fields.UUID):
    """Accept a UUID and keep it as text, as 0.23 does."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        return str(super()._deserialize(value, attr, data, **more))


class _SearchDataset(SearchDatasetSchema):
    uuids = fields.List(_TextUUID)
    uploaded_by = fields.List(fields.String)  # the search plugin 0.4.2 ignores it


class _Summary(SummarySchema):
    uploaders = fields.List(fields.String)
    datasets_per_uploader = fields.Dict(keys=fields.String, values=fields.Integer)
    size_in_bytes_per_uploader = fields.Dict(keys=fields.String, values=fields.Integer)


_register_dataset = dservercore.utils.register_dataset
_register_user = dservercore.utils.register_user
_summary = dservercore.utils.summary_of_datasets_by_user
_versions = dservercore.utils.versions_to_dict


def versions_to_dict() -> dict[str, str | None]:
    """Return the versions; that of the retrieve plugin says whether the index is written to."""
    storing = current_app.extensions["standin"].storing
    return _versions() | VERSIONS | (STORING if storing else {})


def register_dataset(info: Info) -> str:
    """Register a dataset, and note who did so and when.

    With the UUID as text, the dependency graph finds the dataset, and the filter of direct queries
    does not, since their plugin 0.4.2 looks for a binary UUID.
    """
    uploaded = {
        "uploaded_by": get_jwt_identity() if has_request_context() else None,
        "uploaded_at": datetime.now(UTC).replace(tzinfo=None),
    }
    uri: str = _register_dataset(info | uploaded | {"uuid": str(info["uuid"])})
    Dataset.query.filter_by(uri=uri).update(uploaded)
    sql_db.session.commit()
    return uri


def register_user(username: str, data: Info) -> None:
    """Register a user, and keep the display name unless the data has one."""
    _register_user(username, data)
    if "display_name" in data:
        User.query.filter_by(username=username).one().display_name = data["display_name"]
        sql_db.session.commit()


def summary_of_datasets_by_user(username: str) -> Info:
    """Summarise the datasets also by who registered them."""
    numbers: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for dataset in dservercore.utils.search_datasets_by_user(username, query={}):
        if uploader := dataset.get("uploaded_by"):
            numbers[uploader] += 1
            sizes[uploader] += dataset["size_in_bytes"]
    return _summary(username) | {
        "uploaders": sorted(numbers),
        "datasets_per_uploader": dict(numbers),
        "size_in_bytes_per_uploader": dict(sizes),
    }
