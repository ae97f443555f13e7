"""READMEs as data."""

import datetime
from typing import Any

import pytest

from dtool_lookup_api import Client, InvalidRequestError, UnreadableAnswerError
from dtool_lookup_api.readmes import parse_readme, value_at

from devserver import URI

README = """\
project: Reibung dünner Schmierfilme
creation_date: 2020-11-08
measured: 2020-11-08T12:30:00Z
owners:
  - name: Testing User
    orcid: 0000-0001
  - name: Second User
parameters: {temperature: 300, pressure: 1.0, "with.dot": 1}
2021: done
"""


def test_a_readme_of_the_server_is_a_dict(testuser: Client) -> None:
    """The README of a dataset is read as YAML."""
    readme = parse_readme(testuser.get_readme(URI))

    assert readme["project"] == "testing project"
    assert value_at(readme, "owners.0.name") == "Testing User"


def test_dates_are_dates() -> None:
    """A date stays a date, and a time keeps its time zone."""
    readme = parse_readme(README)

    assert readme["creation_date"] == datetime.date(2020, 11, 8)
    assert readme["measured"] == datetime.datetime(2020, 11, 8, 12, 30, tzinfo=datetime.UTC)


@pytest.mark.parametrize("text", ["", "---\n", "# nothing yet\n"])
def test_a_readme_that_says_nothing_is_an_empty_dict(text: str) -> None:
    """dtool creates datasets with an empty README."""
    assert parse_readme(text) == {}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- a\n- b\n", "not a mapping of keys to values, but a list"),
        ("just a sentence", "not a mapping of keys to values, but plain text"),
        ("a: b: c", "not valid YAML: mapping values are not allowed"),
        ("taken: 2020-02-30", "not valid YAML: day is out of range"),
        ("a: !!python/object/apply:os.getcwd []", "not valid YAML: could not determine"),
        ("[" * 20_000, "not valid YAML"),
    ],
)
def test_what_is_not_a_mapping_is_said(text: str, problem: str) -> None:
    """The error says what the README is, and nothing in it is run."""
    with pytest.raises(UnreadableAnswerError, match=problem) as raised:
        parse_readme(text)

    assert raised.value.next_step == "get_readme returns it as text"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("project", "Reibung dünner Schmierfilme"),
        ("parameters.temperature", 300),
        ("parameters.with.dot", 1),
        ("owners.0.name", "Testing User"),
        ("owners.name", ["Testing User", "Second User"]),
        ("owners.orcid", ["0000-0001"]),
        ("2021", "done"),
        ("owners.5.name", "none"),
        ("owners.email", "none"),
        ("parameters.temperature.unit", "none"),
        ("project.0", "none"),
    ],
)
def test_a_dotted_key_is_read_as_in_a_mongo_query(key: str, value: object) -> None:
    """Names lead into mappings, numbers into lists, and a name collects from a list."""
    assert value_at(parse_readme(README), key, "none") == value


@pytest.mark.parametrize("key", ["", None, 3])
def test_what_is_not_a_key_is_refused(key: Any) -> None:
    """The error shows a key as it should be."""
    with pytest.raises(InvalidRequestError, match=r"parameters\.temperature"):
        value_at({}, key)


def test_what_is_not_text_is_refused() -> None:
    """A README that was parsed already is not parsed again."""
    with pytest.raises(InvalidRequestError, match="text is of type dict"):
        parse_readme({"project": "x"})  # type: ignore[arg-type]
