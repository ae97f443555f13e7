"""Fixtures of the tests of the project, which are left to `make test-slow`."""

import json
import subprocess
from typing import Any

import pytest

from devserver import ROOT


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark each test as slow: `make test` is about the package."""
    item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="module")
def pinned() -> dict[str, Any]:
    """Return the OpenAPI document that the pinned server publishes."""
    command = [ROOT / "devserver/.venv/bin/python", ROOT / "devserver/document.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
