"""Bad input is refused before anything is sent, naming the argument and the remedy."""

import json
import math
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import numpy
import pytest

from dtool_lookup_api import ASCENDING, DESCENDING, Client, InvalidRequestError
from dtool_lookup_api.operations import arguments
from dtool_lookup_rest import models

from devserver import URI
from devserver import UUID as TEXT

MANIFEST: dict[str, Any] = {
    "dtoolcore_version": "3.19.0",
    "hash_function": "md5sum_hexdigest",
    "items": {"a": {"hash": "h", "relpath": "r", "size_in_bytes": 1, "utc_timestamp": 0.5}},
}
DATASET: dict[str, Any] = {
    "uri": URI,
    "readme": "",
    "manifest": MANIFEST,
    "uuid": TEXT,
    "name": "n",
    "creator_username": "c",
    "frozen_at": 1.0,
}

REFUSED: dict[str, tuple[Callable[[Client], object], str]] = {
    "an empty URI": (lambda c: c.get_readme(""), "uri"),
    "a URI without scheme": (lambda c: c.get_manifest("test-share/x"), "uri"),
    "a URI without place": (lambda c: c.get_manifest("smb://"), "uri"),
    "a URI with a last slash": (lambda c: c.get_tags(f"{URI}/"), "uri"),
    "a URI with dots": (lambda c: c.get_annotations("smb://test-share/../x"), "uri"),
    "a URI with half a separator": (lambda c: c.get_tags("s3:/test-bucket/x"), "uri"),
    "a URI of a bucket without name": (lambda c: c.get_tags("s3:///x"), "uri"),
    "a URI without host, in capitals": (lambda c: c.get_tags("IRODS:///zone/x"), "uri"),
    "a URI of four slashes": (lambda c: c.get_tags("irods:////zone/x"), "uri"),
    "a URI that is only a root": (lambda c: c.get_tags("irods:///"), "uri"),
    "not a URI": (lambda c: c.get_dataset(None), "uri"),  # type: ignore[arg-type]
    "a lone surrogate": (lambda c: c.get_dataset("smb://x/\ud800"), "uri"),
    "a base URI with a slash at its end": (
        lambda c: c.get_datasets(base_uris=["s3://bucket/"]),
        "base_uris",
    ),
    "a base URI without place": (lambda c: c.get_datasets(base_uris=["bucket"]), "base_uris"),
    "not a UUID": (lambda c: c.get_datasets_by_uuid("1a1f"), "uuid"),
    "a filter's UUID that is not one": (lambda c: c.get_datasets(uuids=["x"]), "uuids"),
    "a tag that is not text": (lambda c: c.get_datasets(tags=[1]), "tags"),  # type: ignore[list-item]
    "tags that are not a list": (lambda c: c.get_datasets(tags=7), "tags"),  # type: ignore[arg-type]
    "page 0": (lambda c: c.get_datasets(page_number=0), "page_number"),
    "a page that is not a number": (lambda c: c.get_users(page_number="1"), "page_number"),  # type: ignore[arg-type]
    "a page of none": (lambda c: c.get_datasets(page_size=0), "page_size"),
    "a page of 101": (lambda c: c.get_base_uris(page_size=101), "page_size"),
    "an unknown sort field": (
        lambda c: c.get_datasets(sort_fields=["size_in_bytes"]),
        "sort_field",
    ),  # type: ignore[list-item]
    "another route's sort field": (lambda c: c.get_users(sort_fields="uri"), "sort_fields"),  # type: ignore[arg-type]
    "more orders than fields": (lambda c: c.get_datasets(sort_order=[1, -1]), "sort_order"),
    "fewer orders than fields": (
        lambda c: c.get_datasets(sort_fields=["name", "uri"], sort_order=[-1]),
        "sort_order",
    ),
    "not an order": (lambda c: c.get_datasets(sort_order=2), "sort_order"),
    "a user called dot": (lambda c: c.get_user("."), "username"),
    "a user called dot dot": (lambda c: c.delete_user(".."), "username"),
    "a user with a slash": (lambda c: c.get_summary("a/b"), "username"),
    "a user without name": (lambda c: c.register_user(""), "username"),
    "a switch as text": (lambda c: c.register_user("a", is_admin="false"), "is_admin"),  # type: ignore[arg-type]
    "a query that is not JSON": (lambda c: c.get_datasets_by_mongo_query("{"), "query"),
    "a limit of none": (lambda c: c.iter_datasets_by_mongo_query({}, limit=0), "limit"),
    "a limit that is not a number": (
        lambda c: c.iter_datasets_by_mongo_query({}, limit=True),
        "limit",
    ),
    "a query that is a list": (lambda c: c.get_datasets_by_mongo_query("[]"), "query"),
    "a query with a date": (
        lambda c: c.get_datasets_by_mongo_query({"a": datetime.now(UTC)}),
        "query",
    ),
    "a query with a day": (
        lambda c: c.get_datasets_by_mongo_query({"$and": [{"a": date(2020, 1, 1)}]}),
        "query",
    ),
    "stages with a date": (
        lambda c: c.get_datasets_by_mongo_aggregation([{"$match": {"a": datetime.now(UTC)}}]),
        "aggregation",
    ),
    "a page of half a number": (lambda c: c.get_datasets(page_size=numpy.float64(2)), "page_size"),  # type: ignore[arg-type]
    "a query with a NaN": (lambda c: c.get_datasets_by_mongo_query({"a": math.nan}), "query"),
    "no stages": (lambda c: c.get_datasets_by_mongo_aggregation([]), "aggregation"),
    "not stages": (lambda c: c.get_datasets_by_mongo_aggregation("[1]"), "aggregation"),
    "permissions for a slash": (
        lambda c: c.register_base_uri("s3://x", ["a/b"]),
        "users_with_search_permissions",
    ),
    "a tag with a slash": (lambda c: c.add_tag(URI, "a/b"), "tag"),
    "a tag called dot dot": (lambda c: c.remove_tag(URI, ".."), "tag"),
    "tags with an empty one": (lambda c: c.set_tags(URI, ["a", ""]), "tags"),
    "no tags at all": (lambda c: c.set_tags(URI, None), "tags"),  # type: ignore[arg-type]
    "a missing README": (lambda c: c.set_readme(URI, None), "readme"),  # type: ignore[arg-type]
    "an annotation without name": (lambda c: c.set_annotation(URI, "", 1), "name"),
    "an annotation with a slash": (lambda c: c.delete_annotation(URI, "a/b"), "name"),
    "a value that is not JSON": (lambda c: c.set_annotation(URI, "a", {1}), "value"),
    "a value beyond 64 bits": (lambda c: c.set_annotation(URI, "a", [2**70]), "value"),
    "annotations that are a list": (lambda c: c.set_annotations(URI, ["a"]), "annotations"),  # type: ignore[arg-type]
    "annotations with a slash": (lambda c: c.set_annotations(URI, {"a/b": 1}), "annotations"),
    "an annotation with a NaN": (
        lambda c: c.set_annotations(URI, {"a": math.nan}),
        "annotations['a']",
    ),
    "a profile without changes": (lambda c: c.update_user("a"), "is_admin"),
    "a role as text": (lambda c: c.update_user("a", is_admin="no"), "is_admin"),  # type: ignore[arg-type]
    "a display name that is not text": (lambda c: c.update_me(7), "display_name"),  # type: ignore[arg-type]
    "a permission without scheme": (
        lambda c: c.grant_search_permission("a", "test-share"),
        "base_uri",
    ),
    "a permission with a last slash": (
        lambda c: c.revoke_register_permission("a", "smb://test-share/"),
        "base_uri",
    ),
    "a permission in capitals": (
        lambda c: c.grant_register_permission("a", "SMB://test-share"),
        "base_uri",
    ),
    "an identifier with a slash": (lambda c: c.get_signed_item_url(URI, "a/b"), "identifier"),
    "a function without name": (lambda c: c.offers(""), "function"),
    "an upload of items that are text": (
        lambda c: c.request_upload("s3://x", TEXT, "n", "c", 1.0, items="a"),  # type: ignore[arg-type]
        "items",
    ),
    "an upload of half an item": (
        lambda c: c.request_upload("s3://x", TEXT, "n", "c", 1.0, items=[{"hash": "h"}]),
        "items[0].relpath",
    ),
    "an upload without date": (
        lambda c: c.request_upload("s3://x", TEXT, "n", "c", None),  # type: ignore[arg-type]
        "frozen_at",
    ),
}

REFUSED_DATASETS: dict[str, tuple[dict[str, Any], str]] = {
    "a base URI elsewhere": ({"base_uri": "s3://other"}, "base_uri"),
    "no readme": ({"readme": None}, "readme"),
    "a readme that is a list": ({"readme": ["a"]}, "readme"),
    "no manifest": ({"manifest": None}, "manifest"),
    "a manifest that is text": ({"manifest": "{}"}, "manifest"),
    "a manifest without items": ({"manifest": {**MANIFEST, "items": None}}, "manifest.items"),
    "an item without hash": (
        {"manifest": {**MANIFEST, "items": {"a": {"relpath": "r"}}}},
        "manifest.items['a'].hash",
    ),
    "no UUID": ({"uuid": None}, "uuid"),
    "no name": ({"name": ""}, "name"),
    "a proto dataset": ({"type": "protodataset"}, "type"),
    "no creator": ({"creator_username": None}, "creator_username"),
    "no date": ({"frozen_at": None}, "frozen_at"),
    "a date that is text": ({"frozen_at": "yesterday"}, "frozen_at"),
    "a date that is NaN": ({"frozen_at": "nan"}, "frozen_at"),
    "a date beyond the calendar": ({"frozen_at": 1e18}, "frozen_at"),
    "a date that is a switch": ({"created_at": True}, "created_at"),
    "annotations that are not JSON": ({"annotations": {"a": {1, 2}}}, "annotations['a']"),
    "an annotation that is NaN": ({"annotations": {"b": 1, "a": math.nan}}, "annotations['a']"),
    "an annotation of numpy that is NaN": (
        {"annotations": {"a": numpy.array([1.0, math.nan])}},
        "annotations['a']",
    ),
    "a readme with a NaN": ({"readme": {"a": math.inf}}, "readme"),
    "a size that is a switch": ({"size_in_bytes": True}, "size_in_bytes"),
    "a numpy size that is not an integer": ({"size_in_bytes": numpy.float64(3)}, "size_in_bytes"),
    "a negative size": ({"size_in_bytes": -5}, "size_in_bytes"),
    "a broken size": ({"size_in_bytes": 1.5}, "size_in_bytes"),
    "a size beyond 64 bits": ({"size_in_bytes": 2**70}, "size_in_bytes"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_refused(case: str) -> None:
    """A mistake is told by the argument's name and a remedy, and nothing is sent."""
    call, argument = REFUSED[case]
    nowhere = Client("http://127.0.0.1:9", token="t")  # nothing listens there

    with pytest.raises(InvalidRequestError) as caught:
        call(nowhere)

    assert str(caught.value).startswith(argument)
    assert caught.value.next_step
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("case", REFUSED_DATASETS)
def test_an_incomplete_dataset_is_refused(case: str) -> None:
    """What dserver would answer with 500, or store half, is not sent."""
    changes, argument = REFUSED_DATASETS[case]

    with pytest.raises(InvalidRequestError) as caught:
        Client("http://127.0.0.1:9", token="t").register_dataset(**{**DATASET, **changes})

    assert str(caught.value).startswith(f"{argument}=")
    assert caught.value.next_step


@pytest.mark.parametrize(
    ("fields", "orders", "expected"),
    [
        (None, None, "uri"),
        ("uri", -1, "-uri"),
        ("name", ASCENDING, "name,uri"),
        (["name", "created_at"], DESCENDING, "-name,-created_at,uri"),
        (("name", "uri"), (DESCENDING, ASCENDING), "-name,uri"),
        ([], [], "uri"),
    ],
)
def test_sorting_is_definite(fields: Any, orders: Any, expected: str) -> None:
    """A sort specification ends in a field that is never the same twice."""
    sortable = ("created_at", "name", "uri")

    assert arguments.check_sort(fields, orders, sortable, "uri").text == expected


@pytest.mark.parametrize("kind", ["dict", "model", "object"])
def test_a_dataset_stands_for_its_uri_and_its_uuid(kind: str) -> None:
    """What a listing holds, a generated model or an object of dtoolcore names itself."""
    record = {"uri": URI, "uuid": TEXT, "name": "a"}
    model = models.Dataset(
        **record, base_uri="a", creator_username="a", created_at=1.0, frozen_at=1.0
    )
    dataset: Any = {"dict": record, "model": model, "object": SimpleNamespace(**record)}[kind]

    assert arguments.check_uri(dataset) == URI
    assert arguments.check_signed_uri(dataset) == arguments.check_signed_uri(URI)
    assert arguments.check_uuid(dataset) == UUID(TEXT)
    assert arguments.check_uuids([dataset, TEXT, UUID(TEXT)]) == [UUID(TEXT)] * 3


@pytest.mark.parametrize("dataset", [{"name": "a"}, SimpleNamespace(name="a"), {"uri": 7}, 7])
def test_what_names_no_dataset_is_refused(dataset: Any) -> None:
    """Something without a URI or UUID is refused as the argument that it is."""
    for check, name in ((arguments.check_uri, "uri"), (arguments.check_uuid, "uuid")):
        with pytest.raises(InvalidRequestError, match=f"^{name}="):
            check(dataset)


@pytest.mark.parametrize(
    ("call", "arguments", "text"),
    [
        ("set_tags", ("smb://a/b", ["x", ""]), "tags='' is empty. Give a non-empty str"),
        ("get_datasets", (None, [""]), "creator_usernames='' is empty. Give a non-empty str"),
        ("get_dataset", (None,), "uri=None is missing. Give a non-empty str"),
        (
            "set_annotations",
            ("smb://a/b", {"": 1}),
            "annotations='' is empty. Give a non-empty str",
        ),
    ],
)
def test_a_remedy_reads_well_for_each_argument(
    call: str, arguments: tuple[Any, ...], text: str
) -> None:
    """The name of an argument may be a plural, or begin with a vowel."""
    with pytest.raises(InvalidRequestError) as caught:
        getattr(Client("http://127.0.0.1:9", token="t"), call)(*arguments)

    assert str(caught.value).startswith(text)


@pytest.mark.parametrize("empty", [None, [], (), iter(())])
def test_an_empty_filter_is_none(empty: Any) -> None:
    """An unused option of a command line is not a filter."""
    assert arguments.check_text_list(empty, "tags") is None


def test_a_filter_takes_any_kind_of_list() -> None:
    """Filters arrive as lists, tuples, generators, or as one text."""
    assert arguments.check_text_list(("a", "b"), "tags") == ["a", "b"]
    assert arguments.check_text_list((c for c in "ab"), "tags") == ["a", "b"]
    assert arguments.check_text_list("ab", "tags") == ["ab"]
    assert arguments.check_uuids([TEXT.upper(), UUID(TEXT)], "uuids") == [UUID(TEXT)] * 2


@pytest.mark.parametrize(
    "date",
    [
        1604860720.736269,
        "1604860720.736269",
        "2020-11-08T18:38:40.736269Z",
        "2020-11-08T19:38:40.736269+01:00",
        "2020-11-08T18:38:40.736269",
        datetime(2020, 11, 8, 18, 38, 40, 736269, tzinfo=UTC),
        datetime(2020, 11, 8, 18, 38, 40, 736269),
    ],
)
def test_a_date_may_come_in_any_form(date: Any) -> None:
    """Seconds, ISO text and datetime mean the same moment, to the microsecond."""
    assert arguments.check_date(date, "frozen_at") == "1604860720.736269"


def test_a_day_is_its_midnight() -> None:
    """A date without time begins at midnight, UTC."""
    assert arguments.check_date(date(2020, 11, 8), "frozen_at") == "1604793600.000000"


def test_numbers_of_numpy_are_numbers() -> None:
    """What comes from an array counts as what it is."""
    assert arguments.check_paging(numpy.int64(2), numpy.uint8(7)) == {"page": 2, "page_size": 7}
    assert arguments.check_count(numpy.int32(5), "size_in_bytes", 0) == 5
    assert type(arguments.check_count(numpy.int32(5), "size_in_bytes", 0)) is int
    assert arguments.check_sort("name", numpy.int64(-1), ["name", "uri"], "uri").text == "-name,uri"
    found = arguments.check_json_object(
        {"n": {"$gt": numpy.int64(1)}, "x": numpy.float32(0.5), "b": numpy.bool_(True)}, "query"
    )
    assert json.dumps(found) == '{"n": {"$gt": 1}, "x": 0.5, "b": true}'
    assert arguments.check_json_value(numpy.array([[1, 2], [3, 4]]), "value") == [[1, 2], [3, 4]]


def test_what_yaml_has_read_can_be_sent() -> None:
    """Dates of a README, and what else JSON does not have, go out as text."""
    read = {"day": date(2020, 11, 8), "at": datetime(2020, 11, 8, 1, tzinfo=UTC), "t": time(1, 2)}
    sent = {"day": "2020-11-08", "at": "2020-11-08T01:00:00+00:00", "t": "01:02:00"}
    assert json.loads(arguments.check_readme(read, "readme")) == sent
    assert arguments.check_annotations({"a": [read, UUID(TEXT)]}) == {"a": [sent, TEXT]}
    assert read["day"] == date(2020, 11, 8)
