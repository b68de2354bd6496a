"""The headers of HCI packets: hci_h4, hci_mon, bthci_cmd, bthci_evt, bthci_acl, bthci_sco and bthci_iso.

They are read from the bytes of all packets at once (Core Specification, Vol 4 Part E 5.4).
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from l2scope.engine import words
from l2scope.filter.field import Cost, FilterField, Source
from l2scope.filter.kinds import NUMBER, PROTOCOL
from l2scope.filter.packets import Packets
from l2scope.filter.values import Data, Mask, Rows, Values, objects
from l2scope.names import hci, hci_commands, hci_events, hci_le_commands

COMMAND_COMPLETE: Final = 0x0E
COMMAND_STATUS: Final = 0x0F
LE_META: Final = 0x3E
# Where the opcode of the command stands in these two events (7.7.14, 7.7.15).
OPCODE_AT: Final = {COMMAND_COMPLETE: 3, COMMAND_STATUS: 4}
HANDLE: Final = 0x0FFF
OCF_BITS: Final = 10
OPCODES: Final = {**hci_commands.COMMANDS, **hci_le_commands.LE_COMMANDS}
DIRECTIONS: Final = {words.TX: "Sent", words.RX: "Rcvd"}
# Opcodes of the Linux monitor by kind, those of data by direction too (BlueZ doc/btsnoop.rst).
MONITOR_OPCODES: Final = {
    words.COMMAND: 2, words.EVENT: 3, words.ACL: 4, words.SCO: 6, words.ISO: 18,
    words.NEW_INDEX: 0, words.DELETE_INDEX: 1, words.OPEN_INDEX: 8, words.CLOSE_INDEX: 9, words.INDEX_INFO: 10,
    words.VENDOR_DIAGNOSTIC: 11, words.SYSTEM_NOTE: 12, words.USER_LOGGING: 13, words.CONTROL_OPEN: 14,
    words.CONTROL_CLOSE: 15, words.CONTROL_COMMAND: 16, words.CONTROL_EVENT: 17,
}  # fmt: skip
WITH_DIRECTION: Final = (words.ACL, words.SCO, words.ISO)


def long_enough(packets: Packets, kind: int, length: int) -> Rows:
    """The rows of the packets of a kind that hold so many bytes."""
    return np.flatnonzero(packets.of_kind(kind) & packets.at_least(length))


def byte(kind: int, position: int) -> Source:
    """One byte of the packets of a kind."""

    def values(packets: Packets, _open: Mask) -> Values:
        rows = long_enough(packets, kind, position + 1)
        return Values(rows, packets.byte(rows, position))

    return values


def word(kind: int, position: int, of: Callable[[Data], Data] = lambda data: data) -> Source:
    """Two bytes of the packets of a kind, or what is made of them."""

    def values(packets: Packets, _open: Mask) -> Values:
        rows = long_enough(packets, kind, position + 2)
        return Values(rows, of(packets.word(rows, position)))

    return values


def raw(kind: int) -> Source:
    """All bytes of the packets of a kind, without an H4 indicator."""

    def values(packets: Packets, open_: Mask) -> Values:
        rows = np.flatnonzero(open_ & packets.of_kind(kind))
        return Values(rows, objects([_raw(packets, row) for row in rows.tolist()]))

    return values


def _raw(packets: Packets, row: int) -> bytes:
    packets.go_on()
    return packets.capture.raw(row + packets.first_number)


def event_opcode(packets: Packets) -> Values:
    """The opcodes in Command Complete and Command Status events."""
    rows = long_enough(packets, words.EVENT, 3)
    codes = packets.byte(rows, 0)
    found = [Values(rows[:0], rows[:0])]
    for code, at in OPCODE_AT.items():
        own = rows[codes == code]
        own = own[packets.table["length"][own] >= at + 2]
        found.append(Values(own, packets.word(own, at)))
    return Values(np.concatenate([part.positions() for part in found]), np.concatenate([part.data for part in found]))


def of_event_opcode(of: Callable[[Data], Data]) -> Source:
    def values(packets: Packets, _open: Mask) -> Values:
        found = event_opcode(packets)
        return found.with_data(of(found.data))

    return values


def subevent(packets: Packets, _open: Mask) -> Values:
    rows = long_enough(packets, words.EVENT, 3)
    rows = rows[packets.byte(rows, 0) == LE_META]
    return Values(rows, packets.byte(rows, 2))


def h4(column: str) -> Source:
    def values(packets: Packets, _open: Mask) -> Values:
        rows = np.flatnonzero(packets.is_h4)
        return Values(rows, packets.table[column][rows])

    return values


def monitor_opcode(packets: Packets, _open: Mask) -> Values:
    rows = np.flatnonzero(packets.is_monitor)
    kinds, directions = packets.table["kind"][rows], packets.table["direction"][rows]
    opcodes = np.zeros(256, dtype=np.int64)
    opcodes[list(MONITOR_OPCODES)] = list(MONITOR_OPCODES.values())
    return Values(rows, opcodes[kinds] + np.where(np.isin(kinds, WITH_DIRECTION), directions, 0))


def monitor_adapter(packets: Packets, _open: Mask) -> Values:
    rows = np.flatnonzero(packets.is_monitor)
    return Values(rows, packets.table["adapter"][rows])


def ogf(data: Data) -> Data:
    found: Data = data >> OCF_BITS
    return found


def ocf(data: Data) -> Data:
    found: Data = data & ((1 << OCF_BITS) - 1)
    return found


def handle(data: Data) -> Data:
    found: Data = data & HANDLE
    return found


def boundary(data: Data) -> Data:
    found: Data = data >> 12 & 3
    return found


def broadcast(data: Data) -> Data:
    found: Data = data >> 14
    return found


def header(name: str, help: str, values: Source, names: dict[int, str] | None = None) -> FilterField:
    return FilterField(name, NUMBER, help, values, names or {}, Cost.BYTES)


def protocol(name: str, help: str, kind: int) -> FilterField:
    return FilterField(
        name, PROTOCOL, help, raw(kind), cost=Cost.DISSECTED, presence=lambda packets: packets.of_kind(kind)
    )


CMD, EVT, ACL, SCO, ISO = words.COMMAND, words.EVENT, words.ACL, words.SCO, words.ISO

FIELDS: Final[tuple[FilterField, ...]] = (
    FilterField("hci_h4.type", NUMBER, "kind of HCI packet", h4("kind"), hci.KINDS),
    FilterField("hci_h4.direction", NUMBER, "whether the host sent or received it", h4("direction"), DIRECTIONS),
    FilterField("hci_mon.opcode", NUMBER, "opcode of a record of the Linux monitor", monitor_opcode),
    FilterField("hci_mon.adapter_id", NUMBER, "adapter of a record of the Linux monitor", monitor_adapter),
    protocol("bthci_cmd", "HCI commands", CMD),
    header("bthci_cmd.opcode", "opcode of the command", word(CMD, 0), OPCODES),
    header("bthci_cmd.opcode.ogf", "opcode group of the command", word(CMD, 0, ogf)),
    header("bthci_cmd.opcode.ocf", "the command in its group", word(CMD, 0, ocf)),
    header("bthci_cmd.param_length", "bytes of parameters", byte(CMD, 2)),
    protocol("bthci_evt", "HCI events", EVT),
    header("bthci_evt.code", "event code", byte(EVT, 0), hci_events.EVENTS),
    header("bthci_evt.param_length", "bytes of parameters", byte(EVT, 1)),
    header("bthci_evt.le_meta_subevent", "subevent of an LE event", subevent, hci_events.LE_SUBEVENTS),
    header("bthci_evt.opcode", "opcode of the command that is answered", of_event_opcode(lambda data: data), OPCODES),
    header("bthci_evt.opcode.ogf", "opcode group of the command that is answered", of_event_opcode(ogf)),
    header("bthci_evt.opcode.ocf", "the command that is answered in its group", of_event_opcode(ocf)),
    protocol("bthci_acl", "ACL data", ACL),
    header("bthci_acl.chandle", "connection handle", word(ACL, 0, handle)),
    header("bthci_acl.pb_flag", "packet boundary flag", word(ACL, 0, boundary), hci.PACKET_BOUNDARIES),
    header("bthci_acl.bc_flag", "broadcast flag", word(ACL, 0, broadcast), hci.BROADCASTS),
    header("bthci_acl.length", "bytes of data", word(ACL, 2)),
    protocol("bthci_sco", "synchronous data", SCO),
    header("bthci_sco.chandle", "connection handle", word(SCO, 0, handle)),
    header("bthci_sco.length", "bytes of data", byte(SCO, 2)),
    protocol("bthci_iso", "isochronous data", ISO),
    header("bthci_iso.chandle", "connection handle", word(ISO, 0, handle)),
)
