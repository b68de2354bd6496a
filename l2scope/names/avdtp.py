"""Names of the Audio/Video Distribution Transport Protocol 1.3 (section 8) and of codecs (A2DP 1.4, section 4)."""

from typing import Final

PACKET_TYPES: Final = {0: "single", 1: "start", 2: "continue", 3: "end"}
COMMAND: Final = 0
GENERAL_REJECT: Final = 1
ACCEPT: Final = 2
REJECT: Final = 3
MESSAGE_TYPES: Final = {COMMAND: "command", GENERAL_REJECT: "general reject", ACCEPT: "accept", REJECT: "reject"}
SIGNALS: Final = {
    0x01: "Discover",
    0x02: "Get Capabilities",
    0x03: "Set Configuration",
    0x04: "Get Configuration",
    0x05: "Reconfigure",
    0x06: "Open",
    0x07: "Start",
    0x08: "Close",
    0x09: "Suspend",
    0x0A: "Abort",
    0x0B: "Security Control",
    0x0C: "Get All Capabilities",
    0x0D: "Delay Report",
}
ERRORS: Final = {
    0x01: "BAD_HEADER_FORMAT",
    0x11: "BAD_LENGTH",
    0x12: "BAD_ACP_SEID",
    0x13: "SEP_IN_USE",
    0x14: "SEP_NOT_IN_USE",
    0x17: "BAD_SERV_CATEGORY",
    0x18: "BAD_PAYLOAD_FORMAT",
    0x19: "NOT_SUPPORTED_COMMAND",
    0x1A: "INVALID_CAPABILITIES",
    0x22: "BAD_RECOVERY_TYPE",
    0x23: "BAD_MEDIA_TRANSPORT_FORMAT",
    0x25: "BAD_RECOVERY_FORMAT",
    0x26: "BAD_ROHC_FORMAT",
    0x27: "BAD_CP_FORMAT",
    0x28: "BAD_MULTIPLEXING_FORMAT",
    0x29: "UNSUPPORTED_CONFIGURATION",
    0x31: "BAD_STATE",
    # A2DP 5.1.3
    0xC1: "INVALID_CODEC_TYPE",
    0xC2: "NOT_SUPPORTED_CODEC_TYPE",
    0xC3: "INVALID_SAMPLING_FREQUENCY",
    0xC4: "NOT_SUPPORTED_SAMPLING_FREQUENCY",
    0xC5: "INVALID_CHANNEL_MODE",
    0xC6: "NOT_SUPPORTED_CHANNEL_MODE",
    0xC7: "INVALID_SUBBANDS",
    0xC8: "NOT_SUPPORTED_SUBBANDS",
    0xC9: "INVALID_ALLOCATION_METHOD",
    0xCA: "NOT_SUPPORTED_ALLOCATION_METHOD",
    0xCB: "INVALID_MINIMUM_BITPOOL_VALUE",
    0xCC: "NOT_SUPPORTED_MINIMUM_BITPOOL_VALUE",
    0xCD: "INVALID_MAXIMUM_BITPOOL_VALUE",
    0xCE: "NOT_SUPPORTED_MAXIMUM_BITPOOL_VALUE",
}
MEDIA_TYPES: Final = {0: "audio", 1: "video", 2: "multimedia"}
ENDPOINTS: Final = {0: "source", 1: "sink"}
MEDIA_CODEC: Final = 7
CATEGORIES: Final = {
    1: "Media Transport",
    2: "Reporting",
    3: "Recovery",
    4: "Content Protection",
    5: "Header Compression",
    6: "Multiplexing",
    MEDIA_CODEC: "Media Codec",
    8: "Delay Reporting",
}
# Assigned Numbers, content protection methods.
PROTECTIONS: Final = {0x0001: "DTCP", 0x0002: "SCMS-T"}

SBC: Final = 0x00
AAC: Final = 0x02
VENDOR: Final = 0xFF
CODECS: Final = {
    SBC: "SBC",
    0x01: "MPEG-1,2 Audio",
    AAC: "MPEG-2,4 AAC",
    0x03: "MPEG-D USAC",
    0x04: "ATRAC",
    VENDOR: "vendor",
}
# Of vendor codecs: company identifier, codec id.
VENDOR_CODECS: Final = {
    (0x0000004F, 0x0001): "aptX",
    (0x000000D7, 0x0024): "aptX HD",
    (0x0000000A, 0x0001): "FastStream",
    (0x0000000A, 0x0002): "aptX Low Latency",
    (0x000000D7, 0x0002): "aptX Low Latency",
    (0x000000D7, 0x00AD): "aptX Adaptive",
    (0x0000012D, 0x00AA): "LDAC",
    (0x000000E0, 0x0001): "Opus",
}

# Bits of the codec information of SBC (A2DP 4.3.2) from the lowest.
SBC_FREQUENCIES: Final = ["48 kHz", "44.1 kHz", "32 kHz", "16 kHz"]
SBC_MODES: Final = ["joint stereo", "stereo", "dual channel", "mono"]
SBC_BLOCKS: Final = ["16", "12", "8", "4"]
SBC_SUBBANDS: Final = ["8", "4"]
SBC_ALLOCATIONS: Final = ["loudness", "SNR"]
# Values in an SBC frame (A2DP appendix B 12.9).
FRAME_FREQUENCIES: Final = {0: "16 kHz", 1: "32 kHz", 2: "44.1 kHz", 3: "48 kHz"}
FRAME_BLOCKS: Final = {0: "4", 1: "8", 2: "12", 3: "16"}
FRAME_MODES: Final = {0: "mono", 1: "dual channel", 2: "stereo", 3: "joint stereo"}
FRAME_ALLOCATIONS: Final = {0: "loudness", 1: "SNR"}
FRAME_SUBBANDS: Final = {0: "4", 1: "8"}

# Of AAC (A2DP 4.5.2), from the lowest bit.
AAC_OBJECTS: Final = [
    "DRC",
    "AAC-ELD v2",
    "HE-AAC v2",
    "HE-AAC",
    "scalable",
    "MPEG-4 AAC LTP",
    "MPEG-4 AAC LC",
    "MPEG-2 AAC LC",
]
AAC_FREQUENCIES: Final = [
    "96 kHz",
    "88.2 kHz",
    "64 kHz",
    "48 kHz",
    "44.1 kHz",
    "32 kHz",
    "24 kHz",
    "22.05 kHz",
    "16 kHz",
    "12 kHz",
    "11.025 kHz",
    "8 kHz",
]
AAC_CHANNELS: Final = ["7.1", "5.1", "2", "1"]


def signal_name(signal: int) -> str:
    """The name of a signal by its identifier."""
    return SIGNALS.get(signal) or f"signal 0x{signal:02X}"


def codec_name(codec: int, vendor: int = 0, vendor_codec: int = 0) -> str:
    """The name of an audio codec; that of a vendor's own by both its numbers."""
    if codec == VENDOR:
        return VENDOR_CODECS.get((vendor, vendor_codec)) or f"vendor codec 0x{vendor:04X}/0x{vendor_codec:04X}"
    return CODECS.get(codec) or f"codec 0x{codec:02X}"
