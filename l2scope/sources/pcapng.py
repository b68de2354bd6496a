"""pcapng: a push parser for sections of either byte order with several interfaces.

Every block that Wireshark gives a frame number to is a packet here, also where it holds no HCI.
"""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.engine import Engine
from l2scope.engine.fields import LOW, second
from l2scope.engine.words import OTHER, RX, TX
from l2scope.sources.damage import LINK_TYPE, NO_INTERFACE, NO_TIME, SECTION
from l2scope.sources.errors import CaptureError
from l2scope.sources.hci_records import (
    LINK_H4,
    LINK_H4_DIRECTION,
    LINK_MONITOR,
    MONITOR_MARK,
    NO_ADAPTER,
    begins_linked,
)
from l2scope.sources.interfaces import AdapterNumbers, Interface
from l2scope.sources.link_types import link_name, refusal
from l2scope.sources.pcapng_blocks import (
    BIG_FLAGS_HEADER,
    BLOCK_HEADER,
    COMMENT,
    DIRECTION_BITS,
    DROPS,
    END_OF_OPTIONS,
    FLAGS,
    FLAGS_HEADER,
    FLAGS_OPTION,
    INBOUND,
    INTERFACE,
    INTERFACE_BODY,
    INTERFACE_DROPS,
    OBSOLETE_PACKET,
    ONLY_FLAGS,
    OPTION_HEADER,
    OUTBOUND,
    PACKET_BODY,
    SECTION_HEADER,
    SHORTEST_BLOCK,
    SIMPLE_BODY,
    SIMPLE_PACKET,
    STATISTICS,
    STATISTICS_BODY,
    SYSTEM_DROPS,
    TIME_OFFSET,
    TIME_RESOLUTION,
    UNKNOWN,
    UNKNOWN_DROPS,
    Options,
    is_numbered,
    is_packet,
    padded,
    shortest,
)
from l2scope.sources.pcapng_frames import BlockParser
from l2scope.sources.push import NONE

VERSION: Final = 1
LARGEST_LENGTH: Final = 0x7FFFFFFF
# No more of a hostile file is kept than so many interfaces, link types by name, comments and bytes of comments.
MOST_INTERFACES: Final = 65_536
MOST_LINKS: Final = 8
MOST_COMMENTS: Final = 65_536
MOST_COMMENT_BYTES: Final = 4 << 20


@final
class PcapngParser(BlockParser):
    """comments are those of each packet by its number; interfaces those of the current section.

    current is the interface of the current packet, number its number, NONE for none. flagged is the direction that the
    packet's flags tell, NONE if they do not. readable: an interface holds HCI.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.no_interface = self.damage.occurrences(NO_INTERFACE)
        self.no_time = self.damage.occurrences(NO_TIME)
        self.section: i64 = 0
        self.interfaces: list[Interface] = []
        self.current = Interface(0, 0, NO_ADAPTER)
        self.number: i64 = NONE
        self.links: list[int] = []
        self.adapters = AdapterNumbers()
        self.readable = False
        self.options = Options()
        self.flagged: i64 = NONE
        self.comments_kept: i64 = 0
        self.comment_bytes: i64 = 0

    @property
    def format(self) -> str:
        return f"pcapng, {', '.join(link_name(link) for link in self.links) or 'no interface'}"

    @property
    def indicator_length(self) -> int:
        return self.adapters.indicator_of(0)

    def indicator_of(self, adapter: int) -> int:
        return self.adapters.indicator_of(adapter)

    def mark_of(self, adapter: int) -> tuple[int, int]:
        if adapter == NO_ADAPTER or self.indicator_of(adapter) > 0:
            return super().mark_of(adapter)
        return MONITOR_MARK

    def packet_begins(self, number: i64, data: bytes, start: i64, stop: i64) -> bool:
        if number >= len(self.interfaces):
            return False
        interface = self.interfaces[number]
        return not interface.is_hci or begins_linked(interface.link, data, start, stop)

    def finish(self) -> None:
        self._refuse()

    def _refuse(self) -> None:
        """Raises CaptureError when none of the interfaces that were described holds HCI."""
        if not self.readable and len(self.interfaces) > 0:
            raise CaptureError(refusal("pcapng", int(self.interfaces[0].link)))

    def block(self, kind: i64, data: bytes, start: i64, stop: i64) -> None:
        """Any block but a whole enhanced packet. data[start:stop] is its body."""
        least = shortest(kind)
        if least != UNKNOWN and stop - start + SHORTEST_BLOCK < least:
            self.bad_block(data, start - BLOCK_HEADER, f"is too short for its type {kind}")
            if is_packet(kind):
                self._no_hci(data, start, start, 0)
        elif kind == SECTION_HEADER:
            self._section(data, start)
        elif kind == INTERFACE:
            self._interface(data, start, stop)
        elif kind == SIMPLE_PACKET:
            self._simple(data, start, stop)
        elif kind == OBSOLETE_PACKET:
            self._obsolete(data, start, stop)
        elif kind == STATISTICS:
            self._statistics(data, start, stop)
        elif is_numbered(kind):
            self._no_hci(data, start, stop, stop - start)

    def _section(self, data: bytes, start: i64) -> None:
        """A section has interfaces of its own, and what happened before it is not in the capture."""
        if self.u16(data, start + 4) != VERSION:
            if self.section == 0:
                raise CaptureError("pcapng of another version than 1 is not supported")
            self.bad_block(data, start - BLOCK_HEADER, "is a section of another version than 1")
        self.section += 1
        self.interfaces = []
        self.number = NONE
        if self.engine.packets > 0:
            number = self.engine.packets + 1
            message = f"section {self.section} begins with packet {number}: it was recorded apart from what is before"
            self.damage.place(SECTION, message, number, self.shift + start - BLOCK_HEADER, 1)
            self.engine.gap()

    def _interface(self, data: bytes, start: i64, stop: i64) -> None:
        number: i64 = len(self.interfaces)
        if number >= MOST_INTERFACES:
            return
        link = self.u16(data, start)
        interface = Interface(link, self.u32(data, start + 4), self.adapters.of(number, link))
        self.interfaces.append(interface)
        if int(link) not in self.links and len(self.links) < MOST_LINKS:
            self.links.append(int(link))
        if interface.is_hci:
            self.readable = True
        else:
            message = f"interface {number} has link type {link} ({link_name(int(link))}): its packets are not read"
            self.damage.place(LINK_TYPE, message, self.engine.packets + 1, self.shift + start - BLOCK_HEADER, 1)
        options = self.options
        options.begin(data, start + INTERFACE_BODY, stop, self.big)
        while options.next():
            if options.code == TIME_RESOLUTION:
                interface.resolve(int(options.u8()))
            elif options.code == TIME_OFFSET:
                interface.displace(options.seconds())

    def _statistics(self, data: bytes, start: i64, stop: i64) -> None:
        """Counts what an interface lost, all in all, beyond what its packets have told."""
        number = self.u32(data, start)
        if number >= len(self.interfaces):
            return
        lost: i64 = 0
        options = self.options
        options.begin(data, start + STATISTICS_BODY, stop, self.big)
        while options.next():
            if options.code == INTERFACE_DROPS or options.code == SYSTEM_DROPS:
                lost += options.count()
        interface = self.interfaces[number]
        if lost > interface.drops:
            self.engine.lose(lost - interface.drops)
            interface.drops = lost

    def enhanced(self, data: bytes, start: i64, stop: i64) -> None:
        origin = self.pair(data, start)
        extent = self.pair(data, start + 8)
        number = origin & LOW
        begin = start + PACKET_BODY
        captured = self._captured(second(extent), data, begin, stop)
        behind = begin + padded(captured)
        self.flagged = NONE
        if stop - behind >= OPTION_HEADER:
            self._enhanced_options(number, data, behind, stop)
        stamp = second(origin) << 32 | extent & LOW
        self._packet(number, stamp, data, begin, begin + captured, self.u32(data, start + 16))

    def _enhanced_options(self, number: i64, data: bytes, at: i64, stop: i64) -> None:
        """Most packets with options have the flags alone."""
        if stop - at == ONLY_FLAGS and self.u32(data, at + FLAGS_OPTION) == END_OF_OPTIONS:
            head = self.pair(data, at)
            if head & LOW == (BIG_FLAGS_HEADER if self.big else FLAGS_HEADER):
                self._flags(second(head))
                return
        self._packet_options(number, data, at, stop)

    def _obsolete(self, data: bytes, start: i64, stop: i64) -> None:
        """As an enhanced packet, with interface and drops in 2 bytes each."""
        number = self.u16(data, start)
        drops = self.u16(data, start + 2)
        if drops != UNKNOWN_DROPS:
            self._lost(number, drops)
        begin = start + PACKET_BODY
        captured = self._captured(self.u32(data, start + 12), data, begin, stop)
        self.flagged = NONE
        self._packet_options(number, data, begin + padded(captured), stop)
        stamp = self.u32(data, start + 4) << 32 | self.u32(data, start + 8)
        self._packet(number, stamp, data, begin, begin + captured, self.u32(data, start + 16))

    def _captured(self, captured: i64, data: bytes, begin: i64, stop: i64) -> i64:
        """How much of a packet stands in data[begin:stop]. A block may claim more than it has."""
        if captured <= stop - begin:
            return captured
        self.bad_block(data, begin - PACKET_BODY - BLOCK_HEADER, f"claims a packet of {captured} bytes")
        return stop - begin

    def _simple(self, data: bytes, start: i64, stop: i64) -> None:
        """A packet of the first interface that has no time, and is cut where that interface cuts."""
        original = self.u32(data, start)
        begin = start + SIMPLE_BODY
        captured = original if original < stop - begin else stop - begin
        if not self._selected(0):
            self._undescribed(data, begin, begin + captured, original)
            return
        if 0 < self.current.snaplen < captured:
            captured = self.current.snaplen
        self.flagged = NONE
        self.no_time.add(self.engine.packets + 1, self.shift + begin)
        self._deliver(self.engine.last_time, data, begin, begin + captured, original)

    def _selected(self, number: i64) -> bool:
        """The interface of the current packet is that of this number. False: there is none."""
        if number != self.number:
            if number >= len(self.interfaces):
                return False
            self.current = self.interfaces[number]
            self.number = number
        return True

    def _packet_options(self, number: i64, data: bytes, at: i64, stop: i64) -> None:
        options = self.options
        options.begin(data, at, stop, self.big)
        while options.next():
            if options.code == FLAGS:
                self._flags(options.u32())
            elif options.code == COMMENT:
                self._comment(options.bytes())
            elif options.code == DROPS:
                self._lost(number, options.count())

    def _flags(self, flags: i64) -> None:
        direction = flags & DIRECTION_BITS
        if direction == INBOUND:
            self.flagged = RX
        elif direction == OUTBOUND:
            self.flagged = TX

    def _lost(self, number: i64, count: i64) -> None:
        """An interface lost packets since the last one of its own."""
        if count > 0 and number < len(self.interfaces):
            self.interfaces[number].drops += count
            self.engine.lose(count)

    def _comment(self, text: bytes) -> None:
        if self.comments_kept >= MOST_COMMENTS or self.comment_bytes + len(text) > MOST_COMMENT_BYTES:
            return
        self.comments_kept += 1
        self.comment_bytes += len(text)
        self.comments.setdefault(int(self.engine.packets) + 1, []).append(text.decode(errors="replace"))

    def _packet(self, number: i64, stamp: i64, data: bytes, start: i64, stop: i64, original: i64) -> None:
        if not self._selected(number):
            self._undescribed(data, start, stop, original)
            return
        self._deliver(self.current.nanoseconds(stamp), data, start, stop, original)

    def _deliver(self, time: i64, data: bytes, start: i64, stop: i64, original: i64) -> None:
        interface = self.current
        link = interface.link
        offset = self.shift + start
        if original > LARGEST_LENGTH:
            original = LARGEST_LENGTH
        if link == LINK_H4_DIRECTION:
            self.directed(time, interface.adapter, data, start, stop, offset, original)
        elif link == LINK_MONITOR:
            self.linked_monitor(time, interface.adapter, data, start, stop, offset, original)
        elif link == LINK_H4:
            direction = self.flagged
            if direction == NONE:
                direction = interface.directions.of(data, start, stop)
                self.no_direction.add(self.engine.packets + 1, offset)
            self.h4(time, direction, interface.adapter, data, start, stop, offset, original)
        else:
            self._refuse()
            self.engine.packet(time, RX, OTHER, NO_ADAPTER, data, start, stop, offset, original)

    def _undescribed(self, data: bytes, start: i64, stop: i64, original: i64) -> None:
        self.no_interface.add(self.engine.packets + 1, self.shift + start)
        self._no_hci(data, start, stop, original)

    def _no_hci(self, data: bytes, start: i64, stop: i64, original: i64) -> None:
        """A packet that is no HCI keeps its number, and has the time of the one before."""
        offset = self.shift + start
        length = min(original, LARGEST_LENGTH)
        self.engine.packet(self.engine.last_time, RX, OTHER, NO_ADAPTER, data, start, stop, offset, length)
