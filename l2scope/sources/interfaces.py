"""The interfaces of a pcapng section: their link types, clocks, and the adapters that their packets belong to."""

from typing import Final, final

from mypy_extensions import i64

from l2scope.sources.hci_records import (
    BLOCK,
    IN_BLOCK,
    LINK_H4,
    LINK_H4_DIRECTION,
    LINK_MONITOR,
    NO_ADAPTER,
    Directions,
)

NANOSECONDS: Final = 1_000_000_000
UNSIGNED: Final = 0xFFFFFFFFFFFFFFFF
BINARY: Final = 0x80
LARGEST_SCALE: Final = 9
# The latest time that the engine counts in, and as seconds.
LAST_NS: Final = 4_611_686_018_427_387_000
LAST_SECONDS: Final = 4_611_686_018

LAST_OWN_BLOCK: Final = 254

UNCLAIMED: Final = -1
BY_H4: Final = -2


@final
class Interface:
    """adapter is what its packets have, or what a monitor's numbers are added to. snaplen is 0 without a limit.

    units of its clock make a second; scale nanoseconds make a unit, 0 where that is no whole number; latest is the last
    time stamp that the engine counts in.
    """

    def __init__(self, link: i64, snaplen: i64, adapter: i64) -> None:
        self.link = link
        self.snaplen = snaplen
        self.adapter = adapter
        self.units = 1_000_000
        self.scale: i64 = 1000
        self.latest: i64 = LAST_NS // 1000
        self.offset: i64 = 0
        self.drops: i64 = 0
        self.directions = Directions()

    @property
    def is_hci(self) -> bool:
        return self.link == LINK_H4_DIRECTION or self.link == LINK_MONITOR or self.link == LINK_H4

    def resolve(self, resolution: int) -> None:
        """if_tsresol: times count in this negative power of 10, or of 2 with the highest bit set."""
        exponent = resolution & (BINARY - 1)
        binary = resolution & BINARY
        self.units = 1 << exponent if binary else 10**exponent
        self.scale = 0 if binary or exponent > LARGEST_SCALE else NANOSECONDS // self.units
        self.latest = LAST_NS // self.scale if self.scale > 0 else 0

    def displace(self, seconds: int) -> None:
        """if_tsoffset: seconds to add to every time."""
        self.offset = min(max(seconds, -LAST_SECONDS), LAST_SECONDS) * NANOSECONDS

    def nanoseconds(self, stamp: i64) -> i64:
        """Unix time of a time stamp of 64 bits, held within what the engine counts in."""
        time: i64 = LAST_NS
        if self.scale == 0:
            time = self._unusual(int(stamp))
        elif 0 <= stamp <= self.latest:
            time = stamp * self.scale
        if self.offset != 0:
            time += self.offset
            if time < 0:
                return 0
            return time if time < LAST_NS else LAST_NS
        return time

    def _unusual(self, stamp: int) -> int:
        """A time in units that are no decimal part of a second down to the nanosecond."""
        return min((stamp & UNSIGNED) * NANOSECONDS // self.units, LAST_NS)


@final
class AdapterNumbers:
    """Gives adapters to interfaces, the same to the same interface of every section.

    An interface is the adapter of its number. Where a monitor, whose records name adapters themselves, stands in one
    file with other interfaces, whichever comes later takes a block of 256 numbers of its own, so that no two adapters
    are taken for one.
    """

    def __init__(self) -> None:
        self.first: i64 = UNCLAIMED
        self.indicators = bytearray(256)

    def of(self, number: i64, link: i64) -> i64:
        """number is the interface's within its section."""
        block: i64 = number if 0 < number < LAST_OWN_BLOCK else LAST_OWN_BLOCK
        if link == LINK_MONITOR:
            if self.first == UNCLAIMED or self.first == number:
                self.first = number
                return 0
            return block << BLOCK
        if link != LINK_H4 and link != LINK_H4_DIRECTION:
            return NO_ADAPTER
        if self.first == UNCLAIMED or self.first == BY_H4:
            self.first = BY_H4
            self.indicators[0] = 1
            return number if number < IN_BLOCK else IN_BLOCK
        self.indicators[block] = 1
        return block << BLOCK

    def indicator_of(self, adapter: int) -> int:
        """Bytes of the H4 indicator before the packets of this adapter."""
        return self.indicators[adapter >> BLOCK]
