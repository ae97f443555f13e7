"""Configure the released dserver for this machine: its environment, users and permissions."""

import importlib.metadata
import os
import sqlite3
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask

EXTENSIONS = {
    "direct-mongo": "dserver_direct_mongo_plugin",
    "dependency-graph": "dserver_dependency_graph_plugin",
}


@contextmanager
def running_app(
    folder: Path, without: Collection[str] = (), *, evolved: bool = False
) -> Iterator[Flask]:
    """Yield the server's application with an empty database below *folder*.

    If it is *evolved*, the released server is changed to be like the next one.
    """
    mongo_uri = os.environ.get("DEVSERVER_MONGO_URI")
    database = f"devserver_{uuid.uuid4().hex}"
    _write_jwt_keys(folder)
    _create_sqlite(folder / "dserver.db")
    _set_environment(folder, mongo_uri or "mongodb://localhost:27017/", database)
    if not mongo_uri:
        import mongo

        mongo.install()
    try:
        yield _create_app(without, evolved)
    finally:
        if mongo_uri:
            import pymongo

            pymongo.MongoClient(mongo_uri).drop_database(database)


def _set_environment(folder: Path, mongo_uri: str, database: str) -> None:
    """Configure the server, which reads all of this when it is imported."""
    os.environ |= {
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'dserver.db'}?timeout=30",
        "JWT_PRIVATE_KEY_FILE": str(folder / "jwt.key"),
        "JWT_PUBLIC_KEY_FILE": str(folder / "jwt.pub"),
    }
    # A collection for each plugin: two of them store the README as text, the third stores it
    # parsed.
    for prefix, collection in [
        ("SEARCH", "search"),
        ("RETRIEVE", "retrieve"),
        ("DSERVER", "datasets"),
    ]:
        os.environ[f"{prefix}_MONGO_URI"] = mongo_uri
        os.environ[f"{prefix}_MONGO_DB"] = database
        os.environ[f"{prefix}_MONGO_COLLECTION"] = collection
    os.environ.setdefault("DSERVER_ALLOW_DIRECT_QUERY", "True")
    os.environ.setdefault("DSERVER_ALLOW_DIRECT_AGGREGATION", "True")
    os.environ.pop("JWT_PUBLIC_KEY", None)  # would win over the key file


def _write_jwt_keys(folder: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    (folder / "jwt.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    (folder / "jwt.pub").write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )


def _create_sqlite(path: Path) -> None:
    """Create the file in WAL mode, where readers and the writer do not lock each other out."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


def _create_app(without: Collection[str], evolved: bool) -> Flask:
    hidden = {EXTENSIONS[name] for name in without}
    if hidden:
        hidden.add(EXTENSIONS["dependency-graph"])  # it reads what direct-mongo stores
    entry_points = importlib.metadata.EntryPoints(
        entry_point
        for distribution in importlib.metadata.distributions()
        for entry_point in distribution.entry_points
        if entry_point.module not in hidden
    )
    with mock.patch("importlib.metadata.entry_points", entry_points.select):
        import dservercore
    if evolved:
        import standin

        standin.evolve()
    app = dservercore.create_app()
    with app.app_context():
        dservercore.sql_db.create_all()
    return app
