"""Keep the documents in memory, without MongoDB.

mongomock 4.3 under the released plugins lacks what this module adds: text search, UUID values,
views and the `$unset` stage. Its operations on one document are not atomic, hence the lock.
"""

import functools
import re
import threading
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import mongomock
import mongomock.aggregate
import mongomock.collection
import mongomock.database
import mongomock.filtering
import mongomock.mongo_client
import pymongo
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions
from mongomock.store import CollectionStore, ServerStore

Document = dict[str, Any]

_lock = threading.RLock()


def install() -> None:
    """Let every `pymongo.MongoClient` of this process share one store in memory.

    The plugins bind the class when they are imported: call this before.
    """
    mongomock.filtering._filterer_inst = _Filterer()
    mongomock.aggregate._PIPELINE_HANDLERS |= {"$unset": _unset, "$unwind": _unwind}
    mongomock.collection.BSON = _Bson
    mongomock.database.Collection = _Collection
    mongomock.mongo_client.Database = _Database
    pymongo.MongoClient = functools.partial(mongomock.MongoClient, _store=ServerStore())


class _Bson(mongomock.collection.BSON):
    """Accept UUID values, as the plugins' `uuidRepresentation="standard"` asks for."""

    _options = CodecOptions(uuid_representation=UuidRepresentation.STANDARD)

    @classmethod
    def encode(cls, document: Document, check_keys: bool = False) -> "_Bson":
        return super().encode(document, check_keys, cls._options)


class _Filterer(mongomock.filtering._Filterer):
    """Match `$text` as MongoDB does without stemming: any word, every "phrase", no -word."""

    def apply(self, search_filter: Document, document: Document) -> bool:
        if not isinstance(search_filter, dict) or "$text" not in search_filter:
            return super().apply(search_filter, document)
        others = {key: value for key, value in search_filter.items() if key != "$text"}
        matches = _text_matches(search_filter["$text"]["$search"], document)
        return matches and super().apply(others, document)


def _text_matches(search: str, document: Document) -> bool:
    text = "\n".join(_fold(value) for value in _strings(document))
    words = set(re.findall(r"\w+", text))
    search = _fold(search)
    phrases = re.findall(r'"([^"]+)"', search)
    unwanted = re.findall(r"(?<!\S)-(\w+)", search)
    wanted = re.findall(r"\w+", re.sub(r"(?<!\S)-\S+", " ", search))
    return (
        not words.isdisjoint(wanted)
        and words.isdisjoint(unwanted)
        and all(phrase in text for phrase in phrases)
    )


def _fold(text: str) -> str:
    """Drop case and diacritics, which a text index of MongoDB ignores."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for element in value.values() if isinstance(value, dict) else value:
            yield from _strings(element)


def _unset(documents: list[Document], database: Any, fields: str | list[str]) -> list[Document]:
    names = [fields] if isinstance(fields, str) else fields
    project = mongomock.aggregate._PIPELINE_HANDLERS["$project"]
    return project(documents, database, dict.fromkeys(names, 0))


_unwind_slowly = mongomock.aggregate._PIPELINE_HANDLERS["$unwind"]


def _unwind(documents: list[Document], database: Any, options: str | Document) -> list[Document]:
    """Unwind arrays of one element: mongomock copies the whole array for each of its elements.

    That is quadratic, and the dependency graph unwinds an array of all datasets.
    """
    if isinstance(options, dict) and "includeArrayIndex" in options:
        return _unwind_slowly(documents, database, options)
    path = options["path"] if isinstance(options, dict) else options
    keys = path.removeprefix("$").split(".")
    singles = [single for document in documents for single in _split(document, keys)]
    return _unwind_slowly(singles, database, options)


def _split(value: Any, keys: list[str]) -> Iterator[Any]:
    """Yield *value* once for each element of the array that *keys* lead to."""
    if not keys and isinstance(value, list) and len(value) > 1:
        yield from ([element] for element in value)
    elif keys and isinstance(value, dict) and keys[0] in value:
        yield from (value | {keys[0]: part} for part in _split(value[keys[0]], keys[1:]))
    else:
        yield value


class _Database(mongomock.Database):
    """Offer views: `create` with `viewOn` defines one, each access computes it anew."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not hasattr(self._store, "views"):
            self._store.views = {}

    def command(self, command: str | Document, value: Any = None, **options: Any) -> Document:
        if command != "create" or "viewOn" not in options:
            return super().command(command, **options)
        with _lock:
            self._store.create_collection(value)
            self._store.views[value] = (options["viewOn"], options["pipeline"])
        return {"ok": 1.0}

    def get_collection(self, name: str, *args: Any, **options: Any) -> mongomock.Collection:
        with _lock:
            if name in self._store.views:
                self._compute_view(name)
            return super().get_collection(name, *args, **options)

    def drop_collection(self, name_or_collection: Any, session: None = None) -> None:
        with _lock:
            name = getattr(name_or_collection, "name", name_or_collection)
            self._store.views.pop(name, None)
            super().drop_collection(name, session)

    def _compute_view(self, name: str) -> None:
        source, pipeline = self._store.views[name]
        computed = CollectionStore(name)
        computed.create()
        for document in self[source].aggregate(pipeline):
            computed[document["_id"]] = document
        self._store._collections[name] = computed


def _locked(name: str) -> Callable[..., Any]:
    method = getattr(mongomock.Collection, name)

    @functools.wraps(method)
    def locked(*args: Any, **options: Any) -> Any:
        with _lock:
            return method(*args, **options)

    return locked


def _changing(name: str) -> Callable[..., Any]:
    method = getattr(mongomock.Collection, name)

    @functools.wraps(method)
    def changing(self: "_Collection", *args: Any, **options: Any) -> Any:
        with _lock:
            try:
                return method(self, *args, **options)
            finally:
                self._store.by_uri = None

    return changing


class _Collection(mongomock.Collection):
    """Do one operation at a time."""

    _insert = _changing("_insert")
    _update = _changing("_update")
    _delete = _changing("_delete")
    _find_and_modify = _changing("_find_and_modify")
    count_documents = _locked("count_documents")

    def _iter_documents(self, filter: Document) -> Iterator[Document]:
        """Compare URIs with the bounds of a range before anything else.

        MongoDB, which has no index of them, compares some millions a second, mongomock about ten
        thousand.
        """
        starts, ends = [], []
        for operator, uri in _uri_bounds(filter):
            (starts if operator == "$gte" else ends).append(uri)
        if not starts and not ends:
            return super()._iter_documents(filter)
        start, end = max(starts, default=""), min(ends, default=None)
        near = [
            document
            for uri, document in self._by_uri()
            if start <= uri and (end is None or uri < end)
        ]
        return (each for each in near if mongomock.filtering.filter_applies(filter, each))

    def _by_uri(self) -> list[tuple[str, Document]]:
        found: list[tuple[str, Document]] | None = getattr(self._store, "by_uri", None)
        if found is None:
            documents = list(self._store._documents.values())  # quicker than .documents
            found = [(each["uri"], each) for each in documents if isinstance(each.get("uri"), str)]
            self._store.by_uri = found
        return found

    def _get_dataset(self, *args: Any) -> list[Document]:
        with _lock:
            return list(super()._get_dataset(*args))


def _uri_bounds(search: Document) -> Iterator[tuple[str, str]]:
    """Yield the bounds of URIs outside which a filter matches nothing."""
    uri = search.get("uri")
    if isinstance(uri, dict):
        bounds = ((operator, uri.get(operator)) for operator in ("$gte", "$lt"))
        yield from (bound for bound in bounds if isinstance(bound[1], str))
    for part in search.get("$and", ()):
        yield from _uri_bounds(part)
