"""The schema of the rules file that is published is the one that judges, and every key is explained."""

import json
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from l2scope import check
from l2scope.check.expectations import OF_A_CHANNEL, OF_A_DIRECTION
from l2scope.check.reference import entries
from l2scope.check.schema import rules_schema
from tests.check.reference import reference
from tests.cli.runner import ROOT, l2scope

PUBLISHED = Path(check.__file__).with_name("l2scope.schema.json")


def test_the_published_schema_is_that_of_the_code() -> None:
    """Made anew by `l2scope check --schema > l2scope/check/l2scope.schema.json`."""
    assert json.loads(PUBLISHED.read_text()) == rules_schema()
    assert l2scope("check", "--schema").stdout == PUBLISHED.read_text()


def test_it_is_a_valid_schema() -> None:
    """Of its dialect; a misspelt keyword would accept anything."""
    Draft202012Validator.check_schema(rules_schema())
    keywords = set(Draft202012Validator.VALIDATORS) | {"$schema", "$id", "title", "description"}
    assert keywords_of(rules_schema()) <= keywords


def keywords_of(schema: dict[str, object]) -> set[str]:
    found = set(schema)
    for keyword, value in schema.items():
        inner = value.values() if keyword == "properties" and isinstance(value, dict) else [value]
        for part in inner:
            if isinstance(part, dict):
                found |= keywords_of(part)
    return found


@pytest.mark.parametrize("table", ["tx", "rx"])
def test_every_kind_of_expectation_is_in_the_schema(table: str) -> None:
    """With its help."""
    channels = rules_schema()["properties"]["channels"]["items"]["properties"]
    assert {kind.key for kind in OF_A_DIRECTION} == set(channels[table]["properties"])
    assert {kind.key for kind in OF_A_CHANNEL} <= set(channels)
    assert all(key["description"] for key in channels[table]["properties"].values())


def test_the_readme_explains_every_key() -> None:
    """Its tables are those that `python -m tests.check.reference` prints."""
    assert reference() in (ROOT / "README.md").read_text()


def test_the_example_in_the_readme_holds_every_expectation() -> None:
    """And fits the schema."""
    text = (ROOT / "README.md").read_text()
    (example,) = [part.split("```")[0] for part in text.split("```toml\n")[1:]]
    document = tomllib.loads(example)
    Draft202012Validator(rules_schema()).validate(document)
    keys = {entry.key for title, section in entries() for entry in section if not title.startswith("where")}
    assert keys <= {*keys_of(document)}


def keys_of(value: object) -> list[str]:
    if isinstance(value, list):
        return [key for item in value for key in keys_of(item)]
    return [key for name, inner in value.items() for key in (name, *keys_of(inner))] if isinstance(value, dict) else []
