"""The tables of a capture as relations: named columns of one length, in the words of the JSON of the commands.

Times are Unix nanoseconds, lengths bytes, packets count from 1; what is not known is NULL.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Final, get_args, get_type_hints

import numpy as np
import numpy.typing as npt

from l2scope.channels import INNER_OF_A_DIRECTION, Channel, Direction
from l2scope.engine.words import (
    ACL,
    COMMAND,
    EVENT,
    FRAME_AFTER_GAP,
    FRAME_BAD_FCS,
    FRAME_DUPLICATE,
    FRAME_FINAL,
    FRAME_I,
    FRAME_POLL,
    FRAME_RETRANSMITTED,
    FRAME_S,
    ISO,
    NO_ADAPTER,
    NONE,
    OTHER,
    PDU_COMPLETE,
    PDU_INCOMPLETE,
    PDU_OPEN,
    SCO,
)
from l2scope.names import att as att_names
from l2scope.names.l2cap import SUPERVISORY
from l2scope.stalls import DIRECTIONS

if TYPE_CHECKING:
    from l2scope.capture import Capture

Column = npt.NDArray[Any]
Relation = dict[str, Column]

KINDS: Final = {OTHER: "other", COMMAND: "command", ACL: "acl", SCO: "sco", EVENT: "event", ISO: "iso"}
MONITOR_RECORD: Final = "monitor"
PDU_STATES: Final = {PDU_OPEN: "open", PDU_COMPLETE: "complete", PDU_INCOMPLETE: "incomplete"}
FRAME_KINDS: Final = {FRAME_I: "I"} | {FRAME_S + code: name for code, name in SUPERVISORY.items()}
FRAME_FLAGS: Final = {
    "poll": FRAME_POLL,
    "final": FRAME_FINAL,
    "retransmitted": FRAME_RETRANSMITTED,
    "duplicate": FRAME_DUPLICATE,
    "after_gap": FRAME_AFTER_GAP,
    "fcs_error": FRAME_BAD_FCS,
}
CODES: Final = 256
DTYPES: Final[dict[type, Any]] = {bool: np.bool_, int: np.int64, float: np.float64, str: object}


def _named(codes: Column, names: Mapping[int, str], otherwise: str | None = None) -> Column:
    """A column of names for one of small codes."""
    table = np.array([names.get(code, otherwise) for code in range(CODES)], dtype=object)
    found: Column = table[codes]
    return found


def _known(values: Column, unknown: int = NONE) -> Column:
    """A column of numbers, NULL where they are not known."""
    masked: Column = np.ma.masked_equal(values, unknown)
    return masked


def _directions(codes: Column) -> Column:
    return _named(codes, dict(enumerate(DIRECTIONS)))


def _packets(capture: Capture) -> Relation:
    rows = capture.tables.packets
    return {
        "number": np.arange(capture.first_number, capture.first_number + len(rows)),
        "time_ns": rows["time"],
        "adapter": _known(rows["adapter"].astype(np.int32), NO_ADAPTER),
        "direction": _directions(rows["direction"]),
        "kind": _named(rows["kind"], KINDS, MONITOR_RECORD),
        "length": rows["length"],
        "original_length": rows["original"],
        "link": _known(rows["link"]),
        "pdu": _known(rows["pdu"]),
    }


def _pdus(capture: Capture) -> Relation:
    rows = capture.tables.pdus
    return {
        "pdu": np.arange(len(rows)),
        "first_packet": rows["first"],
        "last_packet": _known(rows["last"]),
        "link": rows["link"],
        "channel": _known(rows["channel"]),
        "cid": rows["cid"],
        "direction": _directions(rows["direction"]),
        "length": rows["length"],
        "state": _named(rows["state"], PDU_STATES),
    }


def _sdus(capture: Capture) -> Relation:
    from l2scope.capture import Sdu

    return from_objects([sdu.as_json() for sdu in capture.sdus()], Sdu, {"complete": bool}, frozenset({"row"}))


def _credits(capture: Capture) -> Relation:
    rows = capture.tables.credits
    times = capture.tables.packets["time"]
    return {
        "packet": rows["packet"],
        "time_ns": times[rows["packet"] - capture.first_number],
        "channel": rows["flow"] // 2,
        "direction": _directions(rows["flow"] % 2),
        "change": rows["change"],
        "balance": rows["balance"],
    }


def _frames(capture: Capture) -> Relation:
    """I-frames and S-frames. sequence counts the I-frames of a direction: TxSeq is what remains of it modulo 64, or
    16384 with extended control fields. sdu is the row of the table of SDUs."""
    rows = capture.tables.frames
    times = capture.tables.packets["time"]
    flags = {name: (rows["flags"] & bit) != 0 for name, bit in FRAME_FLAGS.items()}
    return {
        "packet": rows["packet"],
        "time_ns": times[rows["packet"] - capture.first_number],
        "channel": rows["flow"] // 2,
        "direction": _directions(rows["flow"] % 2),
        "kind": _named(rows["kind"], FRAME_KINDS),
        "sequence": _known(rows["sequence"]),
        "reqseq": rows["reqseq"],
        "sdu": _known(rows["sdu"]),
        **flags,
    }


def _att(capture: Capture) -> Relation:
    rows = capture.tables.att
    times = capture.tables.packets["time"]
    return {
        "att": np.arange(len(rows)),
        "packet": rows["packet"],
        "time_ns": times[rows["packet"] - capture.first_number],
        "bearer": rows["bearer"],
        "direction": _directions(rows["direction"]),
        "opcode": rows["opcode"],
        "name": _named(rows["opcode"], att_names.OPCODES, "unknown"),
        "handle": _known(rows["handle"].astype(np.int32), 0),
        "error": _known(rows["error"].astype(np.int32), 0),
        "request": _known(rows["request"]),
        "value_length": rows["value_length"],
    }


def _channels(capture: Capture) -> Relation:
    """Figures of a direction have a prefix, as in tx_mtu."""
    rows = [_flat(channel.as_json()) for channel in capture.channels]
    figures = types_of(Direction) | {"stalls": int, "policy": str}
    ways = {f"{way}_{name}": kind for way in DIRECTIONS for name, kind in figures.items()}
    inner = {f"{way}_{name}" for way in DIRECTIONS for name in (*INNER_OF_A_DIRECTION, "stall_count")}
    return from_objects(rows, Channel, ways, frozenset(inner | set(DIRECTIONS)))


def _flat(channel: Mapping[str, Any]) -> dict[str, object]:
    found = {name: value for name, value in channel.items() if name not in DIRECTIONS}
    return found | {f"{way}_{name}": value for way in DIRECTIONS for name, value in channel[way].items()}


def _findings(capture: Capture) -> Relation:
    from l2scope.analysis.findings import Finding

    return from_objects([finding.as_json() for finding in capture.findings()], Finding)


TABLES: Final[dict[str, Callable[[Capture], Relation]]] = {
    "packets": _packets,
    "pdus": _pdus,
    "sdus": _sdus,
    "credits": _credits,
    "frames": _frames,
    "att": _att,
    "channels": _channels,
    "findings": _findings,
}


def types_of(kind: type) -> dict[str, type]:
    """The type of each field of a dataclass: int, float, bool, or str, which also stands for JSON text."""
    hints = get_type_hints(kind)
    return {field.name: _scalar(hints[field.name]) for field in fields(kind)}


def _scalar(hint: object) -> type:
    options = set(get_args(hint)) - {NoneType} if isinstance(hint, UnionType) else {hint}
    return next((kind for kind in DTYPES if options == {kind}), str)


def from_objects(
    rows: Sequence[Mapping[str, object]],
    kind: type,
    more: Mapping[str, type] | None = None,
    less: frozenset[str] = frozenset(),
) -> Relation:
    """A relation of JSON objects made from a dataclass, with columns of the same types whatever the capture holds. more
    are the keys that are no fields, less the fields that are no keys. What is no scalar is JSON text."""
    types = {name: type_ for name, type_ in (types_of(kind) | dict(more or {})).items() if name not in less}
    return {name: _column([row[name] for row in rows], type_) for name, type_ in types.items()}


def _column(values: list[Any], kind: type) -> Column:
    """A column of a type, NULL where a value is None."""
    if kind is str:
        texts = np.empty(len(values), dtype=object)
        texts[:] = [_text(value) for value in values]
        return texts
    filled = np.array([0 if value is None else value for value in values], dtype=DTYPES[kind])
    column: Column = np.ma.masked_array(filled, [value is None for value in values])
    return column


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    return json.dumps(value)
