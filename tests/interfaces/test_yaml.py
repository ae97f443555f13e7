"""Pages in YAML, by the libraries that programs of 0.10 use."""

import io
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import ruamel.yaml
import yaml

from dtool_lookup_api import Client


class Indented(yaml.SafeDumper):
    """A writer with a table of its own, from before the first page is made."""


Indented.add_representer(UUID, Indented.represent_undefined)

WRITERS: dict[str, Callable[[Any, io.StringIO], object]] = {
    "safe_dump": yaml.safe_dump,
    "dump": yaml.dump,
    "a derived writer": lambda page, file: yaml.dump(page, file, Dumper=Indented),
    "ruamel": lambda page, file: ruamel.yaml.YAML().dump(page, file),
    "ruamel, safe": lambda page, file: ruamel.yaml.YAML(typ="safe").dump(page, file),
}


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("nested", [False, True])
def test_a_page_is_written_as_a_list(testuser: Client, name: str, nested: bool) -> None:
    """Programs of 0.10 write what they get with PyYAML or ruamel.yaml."""
    page = testuser.get_datasets(page_size=2)
    assert len(page) == 2
    file = io.StringIO()

    WRITERS[name]({"found": page} if nested else page, file)

    assert "!!python" not in file.getvalue()
    written = yaml.safe_load(file.getvalue())
    assert (written["found"] if nested else written) == list(page)
