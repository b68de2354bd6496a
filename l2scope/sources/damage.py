"""What is wrong with a capture: the rules CAPnnn in one table, and a log of where a parser met them."""

from dataclasses import asdict, dataclass
from typing import Final

from l2scope.sources.occurrences import Occurrences

# A damaged file may be damaged everywhere. So many places are listed, the others counted.
MOST_ROWS: Final = 200

CUT_OFF: Final = "CAP001"
CUT_SHORT: Final = "CAP002"
LOST: Final = "CAP003"
TIME_REVERSED: Final = "CAP004"
GARBAGE: Final = "CAP005"
UNREADABLE: Final = "CAP006"
EMPTY: Final = "CAP007"
LINK_TYPE: Final = "CAP008"
BAD_BLOCK: Final = "CAP009"
UNSEEN_LINK: Final = "CAP010"
NO_INTERFACE: Final = "CAP011"
NO_PSEUDO_HEADER: Final = "CAP012"
NO_DIRECTION: Final = "CAP013"
NO_TIME: Final = "CAP014"
SECTION: Final = "CAP015"
UNLISTED: Final = "CAP016"
UNRESOLVED: Final = "CAP017"
OVERLONG: Final = "CAP018"
CUT_PACKED: Final = "CAP019"
BEHIND_PACKED: Final = "CAP020"
DAMAGED_ARCHIVE: Final = "CAP021"
WRONG_CHECKSUM: Final = "CAP022"
VENDOR_FRAMES: Final = "CAP023"


@dataclass(frozen=True, slots=True)
class Rule:
    """loses: packets are missing, or may be, so that no verdict on the capture is conclusive.

    message is filled in with count, packet and offset; "" where each place has a message of its own.
    """

    title: str
    loses: bool
    message: str = ""


# The numbers are never given to another rule.
RULES: Final = {
    CUT_OFF: Rule("the last record is cut off", True),
    CUT_SHORT: Rule(
        "packets were cut short while they were captured",
        False,
        "{count:,} packets were cut short while they were captured, the first is packet {packet}",
    ),
    LOST: Rule(
        "packets were lost while the capture was taken",
        True,
        "the capture says that {count:,} packets were lost while it was taken, the first before packet {packet}",
    ),
    TIME_REVERSED: Rule(
        "time runs backwards",
        False,
        "time runs backwards at {count:,} packets, first at packet {packet}; they are kept in the order they came",
    ),
    GARBAGE: Rule("bytes between the records are no records", True),
    UNREADABLE: Rule("the rest of the file is no records", True),
    EMPTY: Rule(
        "records without a byte",
        False,
        "{count:,} records hold not one byte of a packet, the first is packet {packet}",
    ),
    LINK_TYPE: Rule("an interface of a link type that is not read", False),
    BAD_BLOCK: Rule("a block whose lengths contradict each other", False),
    UNSEEN_LINK: Rule(
        "links that were made before the capture began", False, "{count:,} links were made before the capture began"
    ),
    NO_INTERFACE: Rule(
        "packets of an interface that the capture does not describe",
        False,
        "{count:,} packets belong to interfaces that the capture does not describe, the first is packet {packet}",
    ),
    NO_PSEUDO_HEADER: Rule(
        "packets too short for what must stand before them",
        False,
        "{count:,} packets are too short to say what they are, the first is packet {packet}",
    ),
    NO_DIRECTION: Rule(
        "packets without a direction",
        False,
        "{count:,} packets do not say which way they went, the first is packet {packet}: it was inferred",
    ),
    NO_TIME: Rule(
        "packets without a time",
        False,
        "{count:,} packets have no time of their own, the first is packet {packet}: they have that of the one before",
    ),
    SECTION: Rule("a capture that goes on in another section", False),
    OVERLONG: Rule(
        "records that hold more than their packet",
        False,
        "{count:,} records hold more bytes than they say the packet had, the first is packet {packet}",
    ),
    UNRESOLVED: Rule(
        "private addresses that could not be resolved",
        False,
        "{count:,} private addresses stay unresolved, for want of the Python package cryptography",
    ),
    CUT_PACKED: Rule("compressed data that are cut off or damaged", True),
    BEHIND_PACKED: Rule("bytes behind compressed data that do not belong to them", False),
    DAMAGED_ARCHIVE: Rule("an archive that is cut off or damaged", False),
    WRONG_CHECKSUM: Rule("a member of an archive that has not the checksum it should have", True),
    VENDOR_FRAMES: Rule(
        "a vendor's frames that look like ACL data",
        False,
        "{count:,} ACL packets on handle 0x0EDC are a vendor's diagnostics and no L2CAP, the first is packet {packet}",
    ),
    UNLISTED: Rule("more damage than is listed", True, "{count:,} more places are damaged"),
}


@dataclass(frozen=True, slots=True)
class Damage:
    """A row of capture quality: which rule, from which packet on, at which byte of the file, how often or how many
    bytes; None where there is no such packet or byte."""

    rule: str
    message: str
    packet: int | None
    offset: int | None
    count: int

    @property
    def loses(self) -> bool:
        return RULES[self.rule].loses

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def counted(rule: str, count: int, packet: int | None = None, offset: int | None = None) -> Damage:
    """A row for something that was only counted; packet and offset are where it was met first."""
    message = RULES[rule].message.format(count=count, packet=packet, offset=offset)
    return Damage(rule, message, packet, offset, count)


class DamageLog:
    """What a parser met: places with words of their own, and things that are counted."""

    def __init__(self) -> None:
        self._places: list[Damage] = []
        self._unlisted = 0
        self._counted: dict[str, Occurrences] = {}

    def place(self, rule: str, message: str, packet: int, offset: int, count: int = 1) -> None:
        """Notes one place."""
        if len(self._places) < MOST_ROWS:
            self._places.append(Damage(rule, message, packet, offset, count))
        else:
            self._unlisted += 1

    def occurrences(self, rule: str) -> Occurrences:
        """The counter of a rule that has one message for all of them."""
        return self._counted.setdefault(rule, Occurrences())

    def rows(self) -> list[Damage]:
        """A row for each place and for each thing that was counted."""
        rows = self._places + [
            counted(rule, met.count, met.packet, met.offset) for rule, met in list(self._counted.items()) if met.count
        ]
        if self._unlisted:
            rows.append(counted(UNLISTED, self._unlisted))
        return rows
