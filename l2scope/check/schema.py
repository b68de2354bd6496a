"""The JSON schema of a rules file, made from the kinds of expectations and selectors, and its errors in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from l2scope.check import forms, packets, selection
from l2scope.check.expectations import OF_A_CHANNEL, OF_A_DIRECTION
from l2scope.check.forms import Form, Schema
from l2scope.check.places import Path
from l2scope.check.verdict import Severity

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
ADDRESS: Final = "https://raw.githubusercontent.com/l2scope/l2scope/main/l2scope/check/l2scope.schema.json"
LONGEST_VALUE: Final = 60

NAME: Final = ("name", forms.TEXT, "what the table is called in the output")
SEVERITY: Final = (
    "severity",
    forms.choice(*(severity.value for severity in Severity)),
    "how bad a failure is: `error`, or `warning`, which fails only with `--fail-on warning`",
)
CHANNEL_COUNT: Final = (
    "count",
    forms.COUNT,
    "how many channels fit; at least 1 where it is not written; 0: there must be none",
)
REFUSED_COUNT: Final = ("count", forms.COUNT, "how many attempts that fit were refused; 0 where it is not written")
FINDING_COUNT: Final = (
    "count",
    forms.COUNT,
    "how many findings fit; 0 where it is not written. What only follows from an error counts where its rule is named",
)
WHERE: Final = "which ones the table is about; all where it is not written"
EXCEPT: Final = "attempts that may be refused all the same: a list of tables as in `where`"
DIRECTIONS: Final = {"tx": "what the captured host sent", "rx": "what it received"}


def rules_schema() -> Schema:
    """The schema that is published as l2scope.schema.json."""
    return {
        "$schema": DIALECT,
        "$id": ADDRESS,
        "title": "Rules of l2scope check",
        "description": "What is expected of a Bluetooth capture: `l2scope check CAPTURE... --rules l2scope.toml`.",
        "type": "object",
        "properties": {
            "channels": _tables("Each table is about the channels that fit its `where`.", _channel_keys()),
            "refused": _tables("Each table is about attempts to open a channel that failed.", _refused_keys()),
            "findings": _tables("Each table is about findings, as `l2scope findings` shows them.", _finding_keys()),
            "packets": _tables(
                "Each table is about the packets that pass its `filter`.", _packet_keys(), required=["filter"]
            ),
        },
        "additionalProperties": False,
        "minProperties": 1,
    }


def problems(document: object) -> list[tuple[Path, str]]:
    """What keeps a document from fitting the schema: the path of the key, and what is wrong with it."""
    from jsonschema import Draft202012Validator

    errors = Draft202012Validator(rules_schema()).iter_errors(document)
    return [problem for error in errors for problem in _problems(error)]


def _tables(words: str, keys: dict[str, Schema], required: Sequence[str] = ()) -> Schema:
    table: Schema = {"title": "a table", "type": "object", "properties": keys, "additionalProperties": False}
    if required:
        table["required"] = [*required]
    return {"title": "tables", "description": words, "type": "array", "minItems": 1, "items": table}


def _channel_keys() -> dict[str, Schema]:
    expectations = _keys((kind.key, kind.form, kind.help) for kind in OF_A_DIRECTION)
    direction = {"title": "a table", "type": "object", "properties": expectations, "additionalProperties": False}
    return {
        **_keys([NAME, SEVERITY]),
        "where": {"description": WHERE, **selection.where_schema(selection.OF_CHANNELS)},
        **_keys([CHANNEL_COUNT]),
        **_keys((kind.key, kind.form, kind.help) for kind in OF_A_CHANNEL),
        **{name: {"description": words, **direction} for name, words in DIRECTIONS.items()},
    }


def _refused_keys() -> dict[str, Schema]:
    where = selection.where_schema(selection.OF_REFUSED)
    return {
        **_keys([NAME, SEVERITY]),
        "where": {"description": WHERE, **where},
        "except": {"description": EXCEPT, "title": "a list of tables", "type": "array", "items": where},
        **_keys([REFUSED_COUNT]),
    }


def _finding_keys() -> dict[str, Schema]:
    return {
        **_keys([NAME, SEVERITY]),
        "where": {"description": WHERE, **selection.where_schema(selection.OF_FINDINGS)},
        **_keys([FINDING_COUNT]),
    }


def _packet_keys() -> dict[str, Schema]:
    return _keys([NAME, SEVERITY, *packets.KEYS])


def _keys(entries: Iterable[tuple[str, Form, str]]) -> dict[str, Schema]:
    return {key: {"description": words, **form.schema} for key, form, words in entries}


def _problems(error: ValidationError) -> Iterator[tuple[Path, str]]:
    path = tuple(error.absolute_path)
    schema: Any = error.schema
    instance: Any = error.instance
    if error.validator == "additionalProperties":
        for key in sorted(set(instance) - set(schema["properties"])):
            yield (*path, key), f"unknown key; {_advice(key, schema['properties'])}"
    elif error.validator == "required":
        missing = [key for key in schema["required"] if key not in instance]
        yield path, f"{' and '.join(missing)} must be written"
    elif error.validator == "minProperties":
        yield path, f"there is no expectation; write a table [[{']] or [['.join(schema['properties'])}]]"
    else:
        yield path, f"expected {schema['title']}, got {_brief(instance)}"


def _advice(key: str, known: dict[str, Schema]) -> str:
    inside = [f"{table}.{key}" for table, schema in known.items() if key in schema.get("properties", {})]
    near = inside or get_close_matches(key, known, 1)
    return f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(known)}"


def _brief(value: object) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
