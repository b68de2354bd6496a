"""Constants that several modules of the engine share."""

from typing import Final

NONE: Final = -1

TX: Final = 0
RX: Final = 1

# Kinds of packets. 1 to 5 are the H4 indicators (Core Specification, Vol 4 Part A 2); those from 16 on are records of
# the Linux HCI monitor that carry no HCI packet (BlueZ doc/btsnoop.txt).
OTHER: Final = 0
COMMAND: Final = 1
ACL: Final = 2
SCO: Final = 3
EVENT: Final = 4
ISO: Final = 5
NEW_INDEX: Final = 16
DELETE_INDEX: Final = 17
OPEN_INDEX: Final = 18
CLOSE_INDEX: Final = 19
INDEX_INFO: Final = 20
VENDOR_DIAGNOSTIC: Final = 21
SYSTEM_NOTE: Final = 22
USER_LOGGING: Final = 23
CONTROL_OPEN: Final = 24
CONTROL_CLOSE: Final = 25
CONTROL_COMMAND: Final = 26
CONTROL_EVENT: Final = 27
KINDS: Final = 28

# The adapter of records of the monitor that belong to none.
NO_ADAPTER: Final = 0xFFFF

# What may be odd about a packet, bits of packets.flags.
PACKET_SHORT: Final = 1
PACKET_ORPHAN: Final = 2
PACKET_OVERRUN: Final = 4
PACKET_INTERRUPTED: Final = 8
PACKET_TRUNCATED: Final = 16
PACKET_LENGTH_MISMATCH: Final = 32
PACKET_TIME_REVERSED: Final = 64
PACKET_INFERRED: Final = 128

# The most credits a sender may have (Vol 3 Part A 10.1).
LARGEST_BALANCE: Final = 65535

# Fixed channels (Vol 3 Part A 2.1).
SIGNALLING_CID: Final = 0x0001
CONNECTIONLESS_CID: Final = 0x0002
ATT_CID: Final = 0x0004
LE_SIGNALLING_CID: Final = 0x0005
SMP_CID: Final = 0x0006
BREDR_SMP_CID: Final = 0x0007
FIRST_DYNAMIC_CID: Final = 0x0040

# How a PDU stands, pdus.state.
PDU_OPEN: Final = 0
PDU_COMPLETE: Final = 1
PDU_INCOMPLETE: Final = 2

# How an SDU ended, sdus.state.
SDU_COMPLETE: Final = 1
SDU_INCOMPLETE: Final = 2
SDU_OVERRUN: Final = 3
SDU_ABANDONED: Final = 4

# How a zero interval is classed, zeros.class; what ended it, zeros.ended_by; bits of zeros.flags.
CERTAIN: Final = 0
LIKELY: Final = 1
IDLE: Final = 2
PENDING: Final = 3
BY_CREDITS: Final = 0
BY_CLOSING: Final = 1
BY_CAPTURE_END: Final = 2
ZERO_OVERSPENT: Final = 1
ZERO_TIME_REVERSED: Final = 2
# What was at zero is a transmit window; its receiver was not ready.
ZERO_WINDOW: Final = 4
ZERO_NOT_READY: Final = 8

# Kinds of frames with a control field, frames.kind: an I-frame, or FRAME_S and the supervisory function.
FRAME_I: Final = 0
FRAME_S: Final = 1

# Bits of frames.flags. A frame was retransmitted when its sequence number had been passed; duplicate when it was seen
# before; it comes after a gap when frames before it are missing.
FRAME_POLL: Final = 1
FRAME_FINAL: Final = 2
FRAME_DISABLE: Final = 4
FRAME_BAD_FCS: Final = 8
FRAME_RETRANSMITTED: Final = 16
FRAME_DUPLICATE: Final = 32
FRAME_AFTER_GAP: Final = 64

# Why a channel or a link closed.
STILL_OPEN: Final = 0
DISCONNECT_LOCAL: Final = 1
DISCONNECT_PEER: Final = 2
LINK_LOST: Final = 3
RESET: Final = 4
ADAPTER_GONE: Final = 5
HANDLE_REUSED: Final = 6
REJECTED: Final = 7
