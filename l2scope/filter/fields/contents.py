"""Fields that the dissectors of channels and characteristics declare: forum_chat.sequence_number and the like."""

from collections.abc import Iterator
from functools import cache, partial
from threading import Lock
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import numpy as np

from l2scope.dissection.field_values import FieldForm, Value, ValueKind, forms_of, values_of
from l2scope.dissection.registry import Registry
from l2scope.engine.words import SDU_COMPLETE
from l2scope.filter.field import Cost, FilterField
from l2scope.filter.kinds import BYTES, NUMBER, PROTOCOL, TEXT
from l2scope.filter.packets import Packets
from l2scope.filter.values import Mask, Values, objects
from l2scope.text import printable

if TYPE_CHECKING:
    from l2scope.capture import Capture
    from l2scope.dissection.dissector import Dissector

KINDS: Final = {ValueKind.NUMBER: NUMBER, ValueKind.BYTES: BYTES, ValueKind.TEXT: TEXT}
MOST_KEPT: Final = 32_768
"""Units of a capture whose values are kept."""


@cache
def content_fields(dissectors: Registry) -> dict[str, FilterField]:
    """The fields of all dissectors that are for what channels, fixed channels and characteristics carry."""
    found = {}
    for dissector in dissectors.dissectors:
        if not dissector.of_contents:
            continue
        title = dissector.shown_title
        whole = partial(_whole, dissector=dissector)
        found[dissector.name] = FilterField(dissector.name, PROTOCOL, title, whole, cost=Cost.DISSECTED)
        for form in forms_of(dissector):
            name = f"{dissector.name}.{form.name}"
            read = partial(_values, dissector=dissector, form=form)
            label = printable(dissector.names.get(form.name, form.name.replace("_", " ")))
            found[name] = FilterField(
                name, KINDS[form.kind], f"{label} of {title}", read, dict(form.names), Cost.DISSECTED
            )
    return dict(sorted(found.items()))


class _Read:
    """What was read of the units of a capture, by what they are rows of."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.values: dict[tuple[str, int, str], list[tuple[str, Value]]] = {}


_read: "WeakKeyDictionary[Capture, _Read]" = WeakKeyDictionary()


def _whole(packets: Packets, open_: Mask, dissector: "Dissector") -> Values:
    """The bytes of the units themselves."""
    found = [(row, data) for row, _, _, data in _units(packets, open_, dissector)]
    return Values(np.array([row for row, _ in found], dtype=np.int64), objects([data for _, data in found]))


def _values(packets: Packets, open_: Mask, dissector: "Dissector", form: FieldForm) -> Values:
    """The values of a field. What is of another kind than the others is left out, or written as text."""
    rows, data = [], []
    kept = _read.setdefault(packets.capture, _Read())
    with kept.lock:
        for row, table, place, unit in _units(packets, open_, dissector):
            for name, value in _read_unit(kept, (table, place, dissector.name), dissector, unit):
                fitting = _fitting(value, form.kind) if name == form.name else None
                if fitting is not None:
                    rows.append(row)
                    data.append(fitting)
    array = np.array(data, dtype=np.int64) if form.kind is ValueKind.NUMBER else objects(data)
    return Values(np.array(rows, dtype=np.int64), array)


def _fitting(value: Value, kind: ValueKind) -> Value | None:
    if kind is ValueKind.TEXT:
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return value if isinstance(value, int if kind is ValueKind.NUMBER else bytes) else None


def _read_unit(kept: _Read, key: tuple[str, int, str], dissector: "Dissector", data: bytes) -> list[tuple[str, Value]]:
    found = kept.values.get(key)
    if found is None:
        packet, _ = dissector.read(data)
        found = [] if packet is None else list(values_of(packet))
        if len(kept.values) < MOST_KEPT:
            kept.values[key] = found
    return found


def _units(packets: Packets, open_: Mask, dissector: "Dissector") -> Iterator[tuple[int, str, int, bytes]]:
    """The SDUs and values that a dissector is for: row of the packet, table, row of that, bytes."""
    yield from _sdus(packets, open_, dissector)
    yield from _attribute_values(packets, open_, dissector)
    yield from _fixed(packets, open_, dissector)


def _sdus(packets: Packets, open_: Mask, dissector: "Dissector") -> Iterator[tuple[int, str, int, bytes]]:
    capture, sdus = packets.capture, packets.sdus
    own = [channel.id for channel in packets.channels if capture.contents.of_channel(channel.id) is dissector]
    rows = packets.rows(sdus["last_packet"])
    known = rows < packets.count
    wanted = known & (sdus["state"] == SDU_COMPLETE) & np.isin(sdus["channel"], own)
    for place in np.flatnonzero(wanted).tolist():
        if open_[rows[place]]:
            packets.go_on()
            yield int(rows[place]), "sdus", place, capture.sdu_bytes(place)


def _attribute_values(packets: Packets, open_: Mask, dissector: "Dissector") -> Iterator[tuple[int, str, int, bytes]]:
    capture, att = packets.capture, packets.att
    if not capture.contents.reads_values:
        return
    rows = packets.rows(att["packet"])
    for place in np.flatnonzero(rows < packets.count).tolist():
        if open_[rows[place]]:
            packets.go_on()
            payload = capture.gatt.pdus.read(place)
            found = capture.contents.of_value(place, payload)
            if found is not None and found[0] is dissector:
                yield int(rows[place]), "att", place, payload[found[1] :]


def _fixed(packets: Packets, open_: Mask, dissector: "Dissector") -> Iterator[tuple[int, str, int, bytes]]:
    capture, pdus = packets.capture, packets.pdus
    cids = capture.contents.cids_of(dissector)
    rows = packets.rows(pdus["last"])
    wanted = (rows >= 0) & (rows < packets.count) & (pdus["channel"] < 0) & np.isin(pdus["cid"], cids)
    for place in np.flatnonzero(wanted).tolist():
        if open_[rows[place]]:
            packets.go_on()
            yield int(rows[place]), "pdus", place, capture.pdu_bytes(place)[4:]
