"""Builds BR/EDR channels and their frames by hand (Vol 3 Part A 3.3, 4, 5)."""

import struct
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from l2scope.capture import Capture, open_capture
from tests.wire import Conversation, connection_complete, pdu

LOCAL_CID = 0x40
REMOTE_CID = 0x50
UNSEGMENTED, START, END, CONTINUATION = range(4)
RR, REJ, RNR, SREJ = range(4)
RETRANSMISSION, FLOW_CONTROL, ERTM, STREAMING = range(1, 5)


def command(code: int, identifier: int, parameters: bytes) -> bytes:
    """One signalling command, header included."""
    return struct.pack("<BBH", code, identifier, len(parameters)) + parameters


def signals(*commands: bytes) -> bytes:
    """A C-frame on the signalling channel of BR/EDR."""
    return pdu(0x0001, b"".join(commands))


def words(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}H", *values)


def mtu_option(mtu: int) -> bytes:
    return b"\x01\x02" + words(mtu)


def mode_option(mode: int, window: int = 8, max_transmit: int = 3, mps: int = 100) -> bytes:
    return struct.pack("<BBBBBHHH", 0x04, 9, mode, window, max_transmit, 2000, 12000, mps)


def fcs_option(kind: int) -> bytes:
    return bytes((0x05, 1, kind))


def window_option(size: int) -> bytes:
    return b"\x07\x02" + words(size)


def fcs(data: bytes) -> bytes:
    """The check sequence of a PDU, bit by bit as the shift register of 3.3.5 makes it."""
    register = 0
    for byte in data:
        for bit in range(8):
            feedback = (byte >> bit & 1) ^ (register & 1)
            register = register >> 1 ^ (0xA001 if feedback else 0)
    return words(register)


def checked(cid: int, payload: bytes) -> bytes:
    """A PDU that ends in its check sequence, which its length counts."""
    whole = struct.pack("<HH", len(payload) + 2, cid) + payload
    return whole + fcs(whole)


def read(conversation: Conversation) -> Capture:
    """All that was fed, read as a file. The file is gone, its bytes are still mapped."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fed.btsnoop"
        path.write_bytes(conversation.capture())
        return open_capture(path)


@dataclass
class Classic:
    """A BR/EDR link with one channel that the captured host opened: its data go to CID 0x50. Frames have a check
    sequence and enhanced control fields unless told otherwise."""

    conversation: Conversation = field(default_factory=Conversation)
    check: bool = True
    extended: bool = False

    def open(self, psm: int = 0x1001, result: int = 0) -> int:
        """Connects both devices and asks for the channel. Returns the packet of the response."""
        self.conversation.event(connection_complete())
        self.conversation.sent(signals(command(0x02, 1, words(psm, LOCAL_CID))))
        return self.conversation.received(signals(command(0x03, 1, words(REMOTE_CID, LOCAL_CID, result, 0))))

    def configure(self, ours: bytes = b"", theirs: bytes = b"") -> None:
        """Each side asks with these options, and is answered with success."""
        talk = self.conversation
        talk.sent(signals(command(0x04, 2, words(REMOTE_CID, 0) + ours)))
        talk.received(signals(command(0x05, 2, words(LOCAL_CID, 0, 0))))
        talk.received(signals(command(0x04, 3, words(LOCAL_CID, 0) + theirs)))
        talk.sent(signals(command(0x05, 3, words(REMOTE_CID, 0, 0))))

    def both(self, options: bytes) -> "Classic":
        """Opens the channel, configured the same in both directions."""
        self.open()
        self.configure(options, options)
        return self

    def sent(self, payload: bytes) -> int:
        return self.conversation.sent(checked(REMOTE_CID, payload) if self.check else pdu(REMOTE_CID, payload))

    def received(self, payload: bytes) -> int:
        return self.conversation.received(checked(LOCAL_CID, payload) if self.check else pdu(LOCAL_CID, payload))

    def iframe(
        self, txseq: int, payload: bytes = b"data", sar: int = UNSEGMENTED, sdu: int = 0, reqseq: int = 0
    ) -> int:
        """The captured host sends an I-frame; sdu is the SDU length of a start frame."""
        length = words(sdu) if sar == START else b""
        return self.sent(self.control(txseq, reqseq, sar) + length + payload)

    def sframe(self, function: int, reqseq: int, poll: bool = False, final: bool = False) -> int:
        """The peer answers with an S-frame."""
        if self.extended:
            word = 1 | final << 1 | reqseq << 2 | function << 16 | poll << 18
            return self.received(struct.pack("<I", word))
        return self.received(words(1 | function << 2 | poll << 4 | final << 7 | reqseq << 8))

    def control(self, txseq: int, reqseq: int, sar: int) -> bytes:
        if self.extended:
            return struct.pack("<I", reqseq << 2 | sar << 16 | txseq << 18)
        return words(txseq << 1 | reqseq << 8 | sar << 14)


def ertm(window: int = 8, check: bool = True, conversation: Conversation | None = None) -> Classic:
    """An open channel in enhanced retransmission mode."""
    classic = Classic(conversation or Conversation(), check=check)
    return classic.both(mode_option(ERTM, window) + fcs_option(1 if check else 0))
