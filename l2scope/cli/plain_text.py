"""What `open --plain` says: a line a fact, in words instead of columns and signs."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Final

import numpy as np

from l2scope.analysis.catalogue import paragraphs
from l2scope.analysis.findings import RULES, Finding, summary
from l2scope.analysis.hierarchy import protocol_hierarchy
from l2scope.analysis.summary import PacketSummaries
from l2scope.capture import Capture
from l2scope.channels import Channel, Channels, Direction, hexadecimal
from l2scope.dissection import Field, dissect
from l2scope.sources.errors import CaptureError
from l2scope.text import printable
from l2scope.tui.figures import counted, duration, rate
from l2scope.tui.verdict import Verdict

MOST_PACKETS: Final = 10
MOST_LAYERS: Final = 8
LONGEST_MESSAGE: Final = 1000
WAYS: Final = {"tx": "sent", "rx": "received"}

Teller = Callable[[int], Iterable[str]]
"""What tells about one of several, by its number from 1."""


class PlainText:
    """The lines about one capture that was read whole, without findings of rules that the user has muted for it."""

    def __init__(self, capture: Capture, show_keys: bool, muted: frozenset[str] = frozenset()) -> None:
        self.capture = capture
        self._muted = muted
        self._shows_keys = show_keys
        self._summaries = PacketSummaries(capture)
        times = capture.tables.packets["time"]
        self._first_ns = int(times[0]) if len(times) else 0

    @cached_property
    def found(self) -> list[Finding]:
        """What is wrong, the worst first."""
        return self._verdict.seen

    @cached_property
    def _verdict(self) -> Verdict:
        return Verdict(self.capture.findings(), self._muted)

    @cached_property
    def _channels(self) -> Channels:
        return self.capture.channels

    @cached_property
    def worst_first(self) -> list[Channel]:
        """The channels by how long they stood still."""
        return sorted(self._channels, key=lambda channel: (-(channel.tx.stall_ns + channel.rx.stall_ns), channel.id))

    def overview(self) -> Iterator[str]:
        """What is in the capture, and what is wrong in a word."""
        capture, times = self.capture, self.capture.tables.packets["time"]
        lasted = duration(max(0, int(times[-1]) - int(times[0]))) if len(times) else "no time"
        file = f"File {printable(capture.name)}, {printable(capture.format)}"
        yield f"{file}: {counted(capture.count, 'packet')} in {lasted}."
        yield f"{counted(len(capture.links), 'link')}, {counted(len(self._channels), 'channel')}."
        layers = [layer for layer in protocol_hierarchy(capture.engine.counters) if layer.depth in (1, 2)]
        for layer in sorted(layers, key=lambda layer: -layer.count)[:MOST_LAYERS]:
            yield f"{layer.name}: {layer.count:,}."
        for note in capture.quality.notes:
            yield f"Note: {printable(note, LONGEST_MESSAGE)}."
        mutes = f"; {self._verdict.mutes}" if self._muted else ""
        yield f"What is wrong: {summary(self.found) or 'nothing'}{mutes}."

    def findings(self) -> Iterator[str]:
        """A line a finding."""
        if not self.found:
            yield "Nothing was found."
        for number, finding in enumerate(self.found, 1):
            where = "" if finding.channel is None else f" Channel {finding.channel}."
            packet = f" Packet {finding.packets[0]}." if finding.packets else ""
            yield (
                f"Finding {number}, {finding.severity.value}, {finding.rule}: "
                f"{printable(finding.message, LONGEST_MESSAGE)}.{where}{packet}"
            )

    def finding(self, number: int) -> Iterator[str]:
        """What a finding means, and its packets."""
        finding = self.found[number - 1]
        yield f"Finding {number}, {finding.severity.value}, {finding.rule} {finding.title}."
        yield f"{printable(finding.message, LONGEST_MESSAGE)}."
        if finding.side_to_blame:
            yield f"To blame: {finding.side_to_blame}."
        if finding.rule in RULES:
            yield from (f"{title}: {text}" for title, text in paragraphs(RULES[finding.rule]))
        if finding.packets:
            more = len(finding.packets) - MOST_PACKETS
            shown = ", ".join(map(str, finding.packets[:MOST_PACKETS]))
            yield f"Packets: {shown}" + (f" and {more} more." if more > 0 else ".")

    def channels(self) -> Iterator[str]:
        """A line a channel, and one for each direction that carried data."""
        if not self.worst_first:
            yield "No channel was opened."
        for channel in self.worst_first:
            peer = printable(channel.peer_name or channel.peer_address or "an unknown peer")
            opened = "before the capture" if channel.opened is None else f"in packet {channel.opened}"
            closed = "not closed" if channel.closed is None else f"closed in packet {channel.closed}"
            yield (
                f"Channel {channel.id}, PSM {hexadecimal(channel.psm)}, {channel.mode}, with {peer}, "
                f"opened {opened}, {closed}."
            )
            yield from (self._way(channel, way) for way in (channel.tx, channel.rx) if way.kframes)

    def _way(self, channel: Channel, way: Direction) -> str:
        stalled = "never stalled"
        if way.stall_count:
            longest = duration(way.longest_stall_ns)
            stalled = (
                f"stalled {way.starved_share:.0%} of its busy time, {counted(way.stall_count, 'stall')}, {longest} at "
                f"most, which packet {way.longest_stall_packet} ended"
            )
        return (
            f"Channel {channel.id} {WAYS[way.name]}: {counted(way.sdus, 'SDU')}, {counted(way.sdu_bytes, 'byte')}, "
            f"{rate((way.goodput_bps or 0) / 8)}, {stalled}."
        )

    def line(self, number: int) -> str:
        """A packet in a line."""
        try:
            summary = self._summaries.of(number)
        except CaptureError as error:
            return f"Packet {number}: {printable(str(error))}."
        channel = "" if summary.channel is None else f", channel {summary.channel}"
        return (
            f"Packet {number}, {(summary.time_ns - self._first_ns) / 1e9:.6f} seconds, {WAYS[summary.direction]}"
            f"{channel}, {summary.protocol}, {counted(summary.length, 'byte')}: {summary.summary}"
        )

    def packet(self, number: int) -> Iterator[str]:
        """A packet and its fields."""
        yield self.line(number)
        try:
            tree = dissect(self.capture, number, self._shows_keys)
        except CaptureError:
            return
        for field in tree.fields:
            yield from _fields(field, 1)

    def follow(self, channel: int) -> Iterator[str]:
        """The packets that carry parts of a channel's PDUs or change its credits."""
        tables = self.capture.tables
        rows = np.flatnonzero(tables.pdus["channel"] == channel)
        numbers = np.flatnonzero(np.isin(tables.packets["pdu"], rows)) + self.capture.first_number
        credits = tables.credits["packet"][tables.credits["flow"] >> 1 == channel]
        everything = np.union1d(numbers, credits)
        yield f"Channel {channel}: {counted(len(everything), 'packet')}."
        yield from (self.line(int(number)) for number in everything)


def _fields(field: Field, depth: int) -> Iterator[str]:
    """The level of a field is told in words: nobody hears an indentation."""
    problem = f" Problem: {field.problem}." if field.problem else ""
    value = f": {printable(field.value, LONGEST_MESSAGE)}" if field.value else ""
    yield f"Level {depth}, {printable(field.name)}{value}.{problem}"
    for child in field.children:
        yield from _fields(child, depth + 1)
