"""Tests of the project itself say nothing about the package that `make test` should say."""

import pytest


def pytest_itemcollected(item: pytest.Item) -> None:
    """Leave these tests to `make test-slow`."""
    item.add_marker(pytest.mark.slow)
