"""The protocol hierarchy of a capture, from the engine's counters."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Final

from l2scope.engine import words
from l2scope.engine.counters import ATT, PROTOCOLS, SIGNALLING, Counters, Tally
from l2scope.names import att, l2cap

PROTOCOL_NAMES: Final = {
    "signalling": "L2CAP signalling",
    "att": "ATT",
    "k-frame": "K-frames of credit-based channels",
    "smp": "SMP",
    "connectionless": "connectionless data",
    "dynamic": "data on other dynamic channels",
    "reserved": "data on reserved channels",
    "b-frame": "B-frames of basic channels",
    "i-frame": "I-frames",
    "s-frame": "S-frames",
}
KIND_NAMES: Final = {
    words.COMMAND: "HCI commands",
    words.EVENT: "HCI events",
    words.SCO: "SCO data",
    words.ISO: "ISO data",
    words.OTHER: "other packets",
}


@dataclass(frozen=True, slots=True)
class Layer:
    """A line of the hierarchy. count is packets, PDUs or commands, size their bytes."""

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
    packets = counters.packets
    yield _sum("packets", 0, packets)
    for kind in (words.COMMAND, words.EVENT):
        yield _layer(1, KIND_NAMES[kind], packets[kind])
    yield _layer(1, "ACL data", packets[words.ACL])
    for number, protocol in enumerate(PROTOCOLS):
        yield _layer(2, PROTOCOL_NAMES[protocol], counters.pdus[number])
        if number == SIGNALLING:
            yield from _codes(counters.signals, _signal_name)
        elif number == ATT:
            yield from _codes(counters.att, att.opcode_name)
    for kind in (words.SCO, words.ISO, words.OTHER):
        yield _layer(1, KIND_NAMES[kind], packets[kind])
    yield _sum("monitor records", 1, packets[words.NEW_INDEX :])


def _layer(depth: int, name: str, tally: Tally) -> Layer:
    return Layer(depth, name, tally.count, tally.bytes)


def _sum(name: str, depth: int, tallies: list[Tally]) -> Layer:
    return Layer(depth, name, sum(tally.count for tally in tallies), sum(tally.bytes for tally in tallies))


def _codes(tallies: list[Tally], name: Callable[[int], str]) -> Iterator[Layer]:
    """One layer for each code that was seen, by its name; most frequent first."""
    for code, tally in sorted(enumerate(tallies), key=lambda item: -item[1].count):
        yield _layer(3, name(code), tally)


def _signal_name(code: int) -> str:
    """The counters hold at 0 what the specification does not know."""
    return l2cap.code_name(code) if code else "unknown command"
