# mypy: allow-subclassing-any, no-warn-return-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""SBC frames (Advanced Audio Distribution Profile 1.4, 4.3.4 and appendix B 12.9). A name with an underscore in front
is no dissector."""

from scapy.fields import BitEnumField, BitField, ByteField, XByteField
from scapy.packet import Packet

from l2scope.names import avdtp

from ._fields import Rest
from ._lists import Counted, Parts, counted

SYNC_WORD = 0x9C
HEADER_SIZE = 4
MONO, DUAL_CHANNEL, STEREO, JOINT_STEREO = range(4)


def frame_length(packet: Packet) -> int:
    """Bytes of a frame with its header (A2DP appendix B 12.9)."""
    subbands, blocks = 4 * (packet.subbands + 1), 4 * (packet.blocks + 1)
    channels = 1 if packet.channel_mode == MONO else 2
    each = packet.channel_mode in (MONO, DUAL_CHANNEL)
    bits = blocks * packet.bitpool * (channels if each else 1)
    if packet.channel_mode == JOINT_STEREO:
        bits += subbands
    return HEADER_SIZE + 4 * subbands * channels // 8 + (bits + 7) // 8


class SbcFrame(Packet):
    name = "SBC frame"
    fields_desc = [
        XByteField("sync_word", SYNC_WORD),
        BitEnumField("sampling_frequency", 0, 2, avdtp.FRAME_FREQUENCIES),
        BitEnumField("blocks", 0, 2, avdtp.FRAME_BLOCKS),
        BitEnumField("channel_mode", 0, 2, avdtp.FRAME_MODES),
        BitEnumField("allocation_method", 0, 1, avdtp.FRAME_ALLOCATIONS),
        BitEnumField("subbands", 0, 1, avdtp.FRAME_SUBBANDS),
        ByteField("bitpool", 0),
        XByteField("CRC", 0),
        Counted("audio_data", lambda packet: frame_length(packet) - HEADER_SIZE),
    ]

    def extract_padding(self, s: bytes) -> tuple[bytes, bytes]:
        return b"", s

    def mysummary(self) -> str:
        frequency = avdtp.FRAME_FREQUENCIES[self.sampling_frequency]
        return f"{frequency}, {avdtp.FRAME_MODES[self.channel_mode]}, bitpool {self.bitpool}"


class NoFrame(Packet):
    """Bytes where a frame should begin."""

    name = "No SBC frame"
    fields_desc = [Rest("data")]


class SbcPayload(Packet):
    """The header of an SBC payload, and its frames (A2DP 4.3.4)."""

    name = "SBC payload"
    fields_desc = [
        BitField("fragmented", 0, 1),
        BitField("starting_packet", 0, 1),
        BitField("last_packet", 0, 1),
        BitField("payload_RFA", 0, 1),
        BitField("number_of_frames", 0, 4),
        Parts("frames", lambda packet, data: SbcFrame if data[0] == SYNC_WORD else NoFrame),
    ]

    def mysummary(self) -> str:
        frames = counted(self.number_of_frames, "SBC frame")
        first = self.frames[0].mysummary() if self.frames and isinstance(self.frames[0], SbcFrame) else ""
        return f"{frames}, {first}" if first else frames


def is_sbc(payload: bytes) -> bool:
    """Whether it begins with a header that is not fragmented, and a frame."""
    return len(payload) > HEADER_SIZE and payload[0] & 0xF0 == 0 and payload[0] > 0 and payload[1] == SYNC_WORD
