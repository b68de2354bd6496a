"""Which channels, or which refused attempts, a table of a rules file is about: its key `where`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from l2scope.channels import Channel, hexadecimal
from l2scope.check import forms
from l2scope.check.forms import Form, Schema
from l2scope.engine.channel import MODES
from l2scope.links import RefusedChannel

SPEC_NUMBERS: Final = frozenset(("psm", "cid", "local_cid", "remote_cid"))
REJECTED: Final = "rejected"


@dataclass(frozen=True, slots=True)
class Selector:
    """A key of `where`. value: what an item has that the written value must be equal to, or be one of."""

    key: str
    form: Form
    help: str
    value: Callable[[Any], object]


def _same(key: str, form: Form, words: str) -> Selector:
    return Selector(key, form, words, lambda item: getattr(item, key))


SIDES: Final = forms.choice("local", "remote")
MODE: Final = forms.choice(*MODES)
COMMON: Final = (
    _same("psm", forms.NUMBER, "the PSM or SPSM"),
    _same("adapter", forms.WHOLE, "the adapter: 0 for hci0"),
    _same("initiator", SIDES, "who asked for the channel: `local` is the captured host"),
    _same("mode", MODE, "the mode of the channel"),
    _same("peer_address", forms.TEXT, "the peer's address, as `l2scope stats` shows it"),
)
OF_CHANNELS: Final = (
    *COMMON,
    Selector("cid", forms.NUMBER, "the CID of either end", lambda channel: (channel.local_cid, channel.remote_cid)),
    _same("local_cid", forms.NUMBER, "the CID of the captured host's end"),
    _same("remote_cid", forms.NUMBER, "the CID of the peer's end"),
)
OF_REFUSED: Final = (
    *COMMON,
    Selector(
        "result",
        Form(
            f'a result code, or "{REJECTED}"',
            {"type": ["integer", "string"], "minimum": 1, "maximum": forms.HIGHEST_NUMBER, "pattern": f"^{REJECTED}$"},
        ),
        f'the result of the response, as in 2 for "SPSM not supported"; `"{REJECTED}"`: a Command Reject',
        lambda refused: REJECTED if refused.result is None else refused.result,
    ),
)


class Where:
    """A conjunction of selectors. Empty, it fits everything."""

    def __init__(self, written: Mapping[str, object], selectors: Sequence[Selector]) -> None:
        self._wanted = dict(written)
        self._values = {selector.key: selector.value for selector in selectors}

    def fits(self, item: Channel | RefusedChannel) -> bool:
        return all(_fits(wanted, self._values[key](item)) for key, wanted in self._wanted.items())

    def __str__(self) -> str:
        """As in "psm=0x0080 adapter=0"."""
        return " ".join(f"{key}={_written(key, value)}" for key, value in self._wanted.items())


def where_schema(selectors: Sequence[Selector]) -> Schema:
    return {
        "title": "a table",
        "type": "object",
        "properties": {selector.key: {"description": selector.help, **selector.form.schema} for selector in selectors},
        "additionalProperties": False,
    }


def _fits(wanted: object, value: object) -> bool:
    if isinstance(wanted, str) and isinstance(value, str):
        return wanted.casefold() == value.casefold()
    return wanted in value if isinstance(value, tuple) else wanted == value


def _written(key: str, value: object) -> str:
    return hexadecimal(value) if isinstance(value, int) and key in SPEC_NUMBERS else str(value)
