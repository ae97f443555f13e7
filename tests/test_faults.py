"""Every documented function through every fault: the right answer or the right error, in time.

For each fault and each world all functions are called once, at the same time, each in a lane of
its own; the tests then look at what came of each call.
"""

import asyncio
import functools
import inspect
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

import faults
from dtool_lookup_api import (
    AsyncClient,
    AuthenticationError,
    CallTimeoutError,
    Client,
    ConnectionFailedError,
    LookupServerError,
    ServerError,
    UnreadableAnswerError,
)
from faults import Fault, FaultServer, Lane, html, running_fault_server

URI = "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"
UUID = "1a1f9fad-8589-413e-9602-5bbd66bfe675"

SAMPLES: dict[str, dict[str, Any]] = {
    "delete_base_uri": {"base_uri": "smb://test-share"},
    "delete_dataset": {"uri": URI},
    "delete_user": {"username": "someone"},
    "get_annotations": {"uri": URI},
    "get_base_uri": {"base_uri": "smb://test-share"},
    "get_base_uris": {},
    "get_config": {},
    "get_dataset": {"uri": URI},
    "get_datasets": {"free_text": "test"},
    "get_datasets_by_mongo_aggregation": {"aggregation": [{"$match": {"name": "a"}}]},
    "get_datasets_by_mongo_query": {"query": {"name": "a"}},
    "get_datasets_by_uuid": {"uuid": UUID},
    "get_graph_by_uuid": {"uuid": UUID, "dependency_keys": ["readme.derived_from.uuid"]},
    "get_manifest": {"uri": URI},
    "get_me": {},
    "get_my_summary": {},
    "get_readme": {"uri": URI},
    "get_summary": {"username": "someone"},
    "get_tags": {"uri": URI},
    "get_user": {"username": "someone"},
    "get_users": {},
    "get_versions": {},
    "register_base_uri": {"base_uri": "smb://test-share"},
    "register_dataset": {
        "uri": URI,
        "readme": "project: testing\n",
        "manifest": faults.MANIFEST,
        "uuid": UUID,
        "name": "simple_test_dataset",
        "creator_username": "jotelha",
        "frozen_at": 1604921621.719575,
    },
    "register_user": {"username": "someone"},
}
WRITES = {name for name in SAMPLES if name.startswith(("delete_", "register_"))}
# Their answers may lack any member: what a server sends is handed on.
OPEN_OBJECTS = {
    "get_dataset",
    "get_base_uri",
    "get_manifest",
    "get_me",
    "get_my_summary",
    "get_summary",
    "get_user",
}
LISTS = {name for name in SAMPLES if name.startswith("get_datasets")} | {
    "get_base_uris",
    "get_graph_by_uuid",
    "get_users",
}
