"""Which channels, refused attempts or findings a table of a rules file is about: its key `where`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from l2scope.channels import Channel, hexadecimal
from l2scope.check import forms
from l2scope.check.forms import Form, Schema
from l2scope.engine.modes import MODES
from l2scope.links import RefusedChannel
from l2scope.stalls import DIRECTIONS

if TYPE_CHECKING:
    from l2scope.analysis.findings import Finding

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


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, and the channel that it is about, None where it is about none."""

    finding: Finding
    channel: Channel | None


def _of_its_channel(selector: Selector) -> Selector:
    """A selector of channels, for the findings about them."""
    return replace(selector, value=lambda found: None if found.channel is None else selector.value(found.channel))


def _of_itself(key: str, form: Form, words: str) -> Selector:
    return Selector(key, form, words, lambda found: getattr(found.finding, key))


RULE_ID: Final = Form('the id of a rule, as in "COC001"', {"type": "string", "pattern": "^[A-Za-z]{3}[0-9]{3}$"})
LEAST: Final = Selector(
    "severity",
    forms.choice("info", "warning", "error"),
    "findings so bad or worse; where it is not written: those as bad as the table's `severity`, or all of the `rule` "
    "that is named",
    lambda found: found.finding.severity,
)
OF_FINDINGS: Final = (
    *(
        _of_itself("adapter", forms.WHOLE, selector.help) if selector.key == "adapter" else _of_its_channel(selector)
        for selector in COMMON
    ),
    _of_itself("rule", RULE_ID, "the rule; `l2scope explain` lists them"),
    LEAST,
    _of_itself("direction", forms.choice(*DIRECTIONS), "the direction of the channel"),
    _of_itself("side_to_blame", SIDES, "who is to blame: `local` is the captured host"),
    _of_its_channel(next(selector for selector in OF_CHANNELS if selector.key == "cid")),
)


class Where:
    """A conjunction of selectors. Empty, it fits everything."""

    def __init__(self, written: Mapping[str, object], selectors: Sequence[Selector]) -> None:
        self._wanted = dict(written)
        self._values = {selector.key: selector.value for selector in selectors}

    def fits(self, item: Channel | RefusedChannel | Found) -> bool:
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
