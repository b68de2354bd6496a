"""The protocol hierarchy of a capture, from the engine's counters."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Final

from l2scope.engine import words
from l2scope.engine.counters import ATT, PROTOCOLS, SIGNALLING, Counters
from l2scope.names import att, l2cap

PROTOCOL_NAMES: Final = {
    "signalling": "L2CAP signalling",
    "att": "ATT",
    "k-frame": "K-frames of credit-based channels",
    "smp": "SMP",
    "connectionless": "connectionless data",
    "dynamic": "data on other dynamic channels",
    "reserved": "data on reserved channels",
}
KIND_NAMES: Final = {
    words.COMMAND: "HCI commands",
    words.EVENT: "HCI events",
    words.SCO: "SCO data",
    words.ISO: "ISO data",
    words.OTHER: "other packets",
}
MONITOR_KINDS: Final = range(words.NEW_INDEX, words.KINDS)


@dataclass(frozen=True, slots=True)
class Layer:
    """A line of the hierarchy. count is packets, PDUs or commands; size bytes on the wire, 0 where not counted."""

    depth: int
    name: str
    count: int
    size: int

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def protocol_hierarchy(counters: Counters) -> list[Layer]:
    """What the capture holds, layer by layer, without what it does not hold."""
    return [layer for layer in _layers(counters) if layer.count]


def _layers(counters: Counters) -> Iterator[Layer]:
    packets, sizes = counters.packets, counters.packet_bytes
    yield Layer(0, "packets", sum(packets), sum(sizes))
    for kind in (words.COMMAND, words.EVENT):
        yield Layer(1, KIND_NAMES[kind], packets[kind], sizes[kind])
    yield Layer(1, "ACL data", packets[words.ACL], sizes[words.ACL])
    for number, protocol in enumerate(PROTOCOLS):
        yield Layer(2, PROTOCOL_NAMES[protocol], counters.pdus[number], counters.pdu_bytes[number])
        if number == SIGNALLING:
            yield from _codes(counters.signals, _signal_name)
        elif number == ATT:
            yield from _codes(counters.att, att.opcode_name)
    for kind in (words.SCO, words.ISO, words.OTHER):
        yield Layer(1, KIND_NAMES[kind], packets[kind], sizes[kind])
    monitor = slice(MONITOR_KINDS.start, MONITOR_KINDS.stop)
    yield Layer(1, "monitor records", sum(packets[monitor]), sum(sizes[monitor]))


def _codes(counts: list[int], name: Callable[[int], str]) -> Iterator[Layer]:
    """One layer for each code that was seen, by its name; most frequent first."""
    for code in sorted(range(len(counts)), key=lambda code: -counts[code]):
        yield Layer(3, name(code), counts[code], 0)


def _signal_name(code: int) -> str:
    """The counters hold at 0 what the specification does not know."""
    return l2cap.code_name(code) if code else "unknown command"
