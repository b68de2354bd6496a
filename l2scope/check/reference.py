"""The reference of the rules file: every key with how it is written and what it means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from l2scope.check import packets, schema, selection
from l2scope.check.expectations import OF_A_CHANNEL, OF_A_DIRECTION
from l2scope.check.forms import Form


class Entry(NamedTuple):
    key: str
    written: str
    meaning: str


def entries() -> Iterator[tuple[str, list[Entry]]]:
    """The sections of the reference, each with its title."""
    common = [Entry(key, form.words, words) for key, form, words in (schema.NAME, schema.SEVERITY)]
    where = Entry("where", "a table", schema.WHERE)
    excepted = Entry("except", "a list of tables", schema.EXCEPT)
    yield "Every table", [*common, where]
    yield "[[channels]]", [
        _entry(schema.CHANNEL_COUNT), *(Entry(kind.key, kind.form.words, kind.help) for kind in OF_A_CHANNEL)
    ]  # fmt: skip
    yield (
        "[[channels]], of one direction: tx.KEY is what the captured host sent, rx.KEY what it received",
        [Entry(kind.key, kind.form.words, kind.help) for kind in OF_A_DIRECTION],
    )
    yield "[[refused]]", [_entry(schema.REFUSED_COUNT), excepted]
    yield "[[findings]]", [_entry(schema.FINDING_COUNT)]
    yield "[[packets]]", [_entry(key) for key in packets.KEYS]
    yield "where", [_selector(selector) for selector in selection.COMMON]
    yield "where, of [[channels]]", [_selector(s) for s in selection.OF_CHANNELS if s not in selection.COMMON]
    yield "where, of [[refused]]", [_selector(s) for s in selection.OF_REFUSED if s not in selection.COMMON]
    common_keys = {selector.key for selector in selection.COMMON}
    yield "where, of [[findings]]", [_selector(s) for s in selection.OF_FINDINGS if s.key not in common_keys]


def _entry(key: tuple[str, Form, str]) -> Entry:
    name, form, words = key
    return Entry(name, form.words, words)


def _selector(selector: selection.Selector) -> Entry:
    return Entry(selector.key, selector.form.words, selector.help)
