"""The codes of the faults table: each a rule of the specification that a packet broke, or may have broken.

What a row's a and b hold stands beside its code. Sections are of Vol 3 Part A unless another part is named.
"""

from typing import Final

# K-frames and SDUs (3.4.2, 3.4.3). The flow is theirs.
OVER_MPS: Final = 1  # a: its length; b: the MPS in force
OVER_MPS_FIRST: Final = 2  # the same by at most two bytes, on the first K-frame of an SDU
EMPTY_KFRAME: Final = 3
LENGTH_SPLIT: Final = 4  # a: the length of the first K-frame
OVER_MTU: Final = 5  # a: the SDU's length; b: the MTU in force
SDU_OVERRUN: Final = 6  # a: the SDU's length; b: bytes beyond it
TAIL_FRAME: Final = 7  # a: its length; b: the room that the K-frame before it had left
EMPTY_SDU: Final = 8
FRAMES_MISSING: Final = 9
START_MISSING: Final = 15  # a: the length that the first K-frame seems to announce; b: the MTU in force

# Credits (10.1, 4.24).
OVERSPENT: Final = 10  # a: the balance after it; b: the packet that took the last credit
ZERO_CREDITS: Final = 11
CREDIT_OVERFLOW: Final = 12  # a: the balance after it; b: the credits given
CREDITS_FOR_NO_CHANNEL: Final = 13  # a: the CID; b: the credits given
CREDITS_AFTER_CLOSING: Final = 14  # a: the CID; b: the packet that closed the channel

# Channels.
DATA_ON_NO_CHANNEL: Final = 20  # a: the CID; b: bytes
DATA_AFTER_CLOSING: Final = 21  # a: the CID; b: the packet that closed the channel
CLOSED_MID_SDU: Final = 22  # a: bytes owed; b: the last packet of the SDU
DISCONNECT_MISMATCH: Final = 23  # a: the DCID; b: the SCID of the request

# Signalling (section 4).
IDENTIFIER_ZERO: Final = 30  # a: the code of the command
SCID_IN_USE: Final = 31  # a: the CID; b: the channel that has it
DCID_IN_USE: Final = 32  # a: the CID; b: the channel that has it
SPSM_OUT_OF_RANGE: Final = 33  # a: the SPSM
CID_OUT_OF_RANGE: Final = 34  # a: the CID
MTU_TOO_SMALL: Final = 35  # a: the MTU; b: the smallest allowed
MPS_OUT_OF_RANGE: Final = 36  # a: the MPS; b: the smallest allowed
NO_INITIAL_CREDITS: Final = 37  # of an enhanced credit-based channel
TOO_MANY_CHANNELS: Final = 38  # a: how many the request asks for
WRONG_RESPONSE: Final = 39  # a: the code of the response; b: that of the request
UNMATCHED_RESPONSE: Final = 40  # a: its code; b: the identifier
MTU_LOWERED: Final = 41  # a: the new MTU; b: the one in force
MPS_LOWERED: Final = 42  # of several channels at once. a: the new MPS; b: the one in force
IMPOSSIBLE_UPDATE: Final = 43  # a: the timeout in ms; b: what it must exceed, in us
WRONG_IDENTIFIER: Final = 18  # a: the code of the response; b: the identifier of a request that waits for such a one
STALE_IDENTIFIER: Final = 19  # a: the code of the response; b: its identifier, whose request was answered before

# I-frames and S-frames (3.3, 8). The flow is that of the I-frames.
BAD_FCS: Final = 44  # a: the length of the PDU
RETRANSMITTED: Final = 45  # a: the TxSeq
REJECTED: Final = 46  # a: the supervisory function, REJ or SREJ; b: the ReqSeq
NOT_READY: Final = 47  # the RNR with which it begins
FRAMES_LOST: Final = 48  # of a mode that does not retransmit. a: how many are missing before this one
WINDOW_OVERRUN: Final = 49  # a: the transmit window; b: the packet that filled it

# ATT (Vol 3 Part F). The flow is that of an enhanced bearer, NONE for the fixed channel.
ATT_OVERLAP: Final = 50  # a: its opcode; b: the packet that waits for an answer
ATT_LATE: Final = 51  # a: the opcode of the request; b: the packet of the request
ATT_DEAD_BEARER: Final = 52  # a: its opcode; b: the packet that was never answered
ATT_WRONG_OPCODE: Final = 53  # a: the opcode that an Error Response names; b: that of the request
ATT_WRONG_RESPONSE: Final = 54  # a: the opcode of the response; b: that of the request
ATT_NO_REQUEST: Final = 55  # a: the opcode of the response
ATT_OVER_MTU: Final = 56  # a: the length of the PDU; b: the ATT_MTU
ATT_UNASKED: Final = 57  # a: the handle of the first notification of a value that nobody subscribed to

# Links (Vol 4 Part E 7.7.65).
IMPOSSIBLE_PARAMETERS: Final = 60  # a: the timeout in ms; b: what it must exceed, in us

CODES: Final = 64

# The receiver shall disconnect the channel after each of these.
FATAL: Final = (OVER_MPS, OVER_MTU, SDU_OVERRUN, LENGTH_SPLIT, OVERSPENT)
