"""AVDTP signals (AVDTP 1.3, section 8), codecs in them (A2DP 1.4, section 4), and media."""

import pytest

from tests.dissection.fields import named, values, walk
from tests.dissectors.classic import content, fields
from tests.dissectors.shown import by_psm, parameters

AVDTP = 0x0019
HEADER = ("Transaction label", "Packet type", "Message type", "RFA", "Signal identifier")
RTP = "80 60 0007 00000100 00000001"


def test_the_codec_that_the_script_chose() -> None:
    """The configuration holds one of everything, the capabilities all that the sink has."""
    truth = content("classic_audio")["avdtp"]
    told = fields("classic_audio", AVDTP, "tx")
    chosen = next(field for field in told if field.value.startswith("Set Configuration command"))
    assert (
        chosen.value
        == f"Set Configuration command, ACP SEID 1, INT SEID 1, Media Transport, Media Codec {truth['codec']}"
    )
    codec = [one for one in walk([chosen]) if one.name == "Capability"][1]
    assert parameters(codec, "Service category", "Content length") == {
        "Media type": "audio (0x00)",
        "RFA": "0",
        "Codec type": f"{truth['codec']} (0x00)",
        "Sampling frequencies": f"{truth['frequency'] / 1000} kHz (0x02)",
        "Channel modes": f"{truth['mode']} (0x01)",
        "Block lengths": f"{truth['blocks']} (0x01)",
        "Subbands": f"{truth['subbands']} (0x01)",
        "Allocation methods": "loudness (0x01)",
        "Minimum bitpool": f"{truth['minimum_bitpool']}",
        "Maximum bitpool": f"{truth['maximum_bitpool']}",
    }
    able = next(field for field in fields("classic_audio", AVDTP, "rx") if "Capabilities accept" in field.value)
    assert named([able], "Sampling frequencies").value == "48 kHz+44.1 kHz (0x03)"
    assert named([able], "Channel modes").value == "joint stereo+stereo+dual channel+mono (0x0F)"


def test_the_media_of_the_script() -> None:
    """Number and time of each packet, and the frames in it, which have the length that SBC gives them."""
    truth = content("classic_audio")["avdtp"]
    media = [field for field in fields("classic_audio", AVDTP, "tx") if field.name == "AVDTP media"]
    assert len(media) == len(truth["media"]) == 3
    for field, packet in zip(media, truth["media"], strict=True):
        told = values(field)
        assert (told["Sequence number"], told["Timestamp"]) == (
            f"{packet['sequence_number']}",
            f"{packet['timestamp']}",
        )
        frames = [one for one in walk([field]) if one.name == "SBC frame"]
        assert len(frames) == packet["frames"] == int(told["Number of frames"])
        assert {one.value for one in frames} == {f"44.1 kHz, joint stereo, bitpool {truth['frame_bitpool']}"}
        assert frames[-1].stop == field.stop


def test_all_signals_of_the_script() -> None:
    """A stream is found, configured, opened, started, suspended and closed, and each command is accepted."""
    names = ["Discover", "Get All Capabilities", "Set Configuration", "Open", "Start", "Suspend", "Close"]
    for way, kind in (("tx", "command"), ("rx", "accept")):
        signals = [field.value for field in fields("classic_audio", AVDTP, way) if field.name == "AVDTP"]
        assert [signal.split(f" {kind}")[0] for signal in signals] == names


@pytest.mark.parametrize(
    ("data", "summary", "expected"),
    [
        ("10 01", "Discover command", {}),
        (
            "12 01 04 08 0a 10",
            "Discover accept, SEID 1 audio sink, SEID 2 video source",
            {"Stream endpoints": "2"},
        ),
        ("13 06 31", "Open reject, BAD_STATE", {"Error code": "BAD_STATE (0x31)"}),
        (
            "13 03 07 29",
            "Set Configuration reject, UNSUPPORTED_CONFIGURATION",
            {"Service category": "Media Codec (0x07)", "Error code": "UNSUPPORTED_CONFIGURATION (0x29)"},
        ),
        (
            "13 07 04 31",
            "Start reject, ACP SEID 1, BAD_STATE",
            {"ACP SEID": "1", "ACP SEID RFA": "0", "Error code": "BAD_STATE (0x31)"},
        ),
        ("10 07 04 08", "Start command, ACP SEID 1, ACP SEID 2", {"ACP SEIDs": "2"}),
        ("11 3f", "signal 0x3F general reject", {}),
        (
            "10 0d 04 05dc",
            "Delay Report command, ACP SEID 1",
            {"ACP SEID": "1", "ACP SEID RFA": "0", "Delay": "1500 (150 ms)"},
        ),
        (
            "10 0b 04 010203",
            "Security Control command, ACP SEID 1",
            {"ACP SEID": "1", "ACP SEID RFA": "0", "Protection data": "01 02 03"},
        ),
        (
            "14 03 03 0408 0100",
            "Set Configuration command",
            {"Number of packets": "3", "Part of message": "04 08 01 00"},
        ),
        ("1c 0102", "command, label 1, end packet", {"Part of message": "01 02"}),
    ],
)
def test_signals(data: str, summary: str, expected: dict[str, str]) -> None:
    """Commands, answers and fragments."""
    field = by_psm(AVDTP, data)
    assert (field.name, field.value) == ("AVDTP", summary)
    assert parameters(field, *HEADER) == expected


@pytest.mark.parametrize(
    ("data", "text", "names"),
    [
        (
            "07 08 00 02 80 01 8c 82 00 00",
            "Media Codec MPEG-2,4 AAC",
            {"Object types": "MPEG-2 AAC LC (0x80)", "Channels": "2+1 (0x0C)"},
        ),
        (
            "07 0a 00 ff 2d010000 aa00 3c07",
            "Media Codec LDAC",
            {"Vendor ID": "Sony Corporation (0x0000012D)", "Vendor value": "3c 07"},
        ),
        ("07 0a 00 ff d7000000 2400 3c07", "Media Codec aptX HD", {"Vendor codec ID": "36"}),
        ("07 04 00 01 0102", "Media Codec MPEG-1,2 Audio", {"Codec information": "01 02"}),
        ("04 02 0200", "Content Protection", {"Protection type": "SCMS-T (0x0002)"}),
        ("08 00", "Delay Reporting", {}),
        ("63 01 ff", "category 0x63", {"Bytes": "ff"}),
    ],
)
def test_capabilities(data: str, text: str, names: dict[str, str]) -> None:
    """Of the codecs that are used, and of other categories."""
    field = by_psm(AVDTP, "12 0c" + data)
    assert field.value == f"Get All Capabilities accept, {text}"
    shown = {one.name: one.value for one in walk([field])}
    assert names.items() <= shown.items()


def test_media_is_told_from_signals_by_its_first_bytes() -> None:
    """Version 2 and a dynamic payload type: a signal of those bytes would have reserved bits set. Label 8 alone, or a
    fixed payload type, is no media."""
    assert by_psm(AVDTP, RTP + "00").name == "AVDTP media"
    assert by_psm(AVDTP, "80 e0 0007 00000100 00000001 00").name == "AVDTP media"
    assert by_psm(AVDTP, "80 01").value == "Discover command"
    assert by_psm(AVDTP, "82 0c" + "0100" * 8).value.startswith("Get All Capabilities accept")
    assert by_psm(AVDTP, "80 60 0007").value == "4 bytes of unknown purpose"
    assert by_psm(AVDTP, "9d f3 aa 55" * 6).name == "AVDTP"


def test_media_of_other_codecs() -> None:
    """The payload is bytes, and a fragmented one of SBC too."""
    assert parameters(by_psm(AVDTP, RTP + "47fc0000b0"))["Media payload"] == "47 fc 00 00 b0"
    assert parameters(by_psm(AVDTP, RTP + "c3 9c bd 23 00"))["Media payload"] == "c3 9c bd 23 00"


def test_sources_of_media() -> None:
    """A header may name contributing sources (RFC 3550, 5.1)."""
    field = by_psm(AVDTP, "82 60 0007 00000100 00000001 0000000a 0000000b 05")
    assert (values(field)["CSRCs"], values(field)["Media payload"]) == ("0x0000000A, 0x0000000B", "05")


@pytest.mark.parametrize(
    ("header", "bitpool", "length"),
    [(0xBD, 53, 119), (0xB1, 31, 70), (0x31, 15, 38), (0xB5, 20, 4 + 8 + 80), (0x00, 9, 4 + 2 + 5)],
)
def test_lengths_of_sbc_frames(header: int, bitpool: int, length: int) -> None:
    """The formula of A2DP appendix B 12.9 by hand: joint stereo of bitpool 53 has 119 bytes, mono of 31 has 70."""
    frame = bytes((0x9C, header, bitpool)) + bytes(length - 3)
    field = by_psm(AVDTP, bytes.fromhex(RTP) + b"\2" + frame * 2)
    assert [one.stop - one.start for one in walk([field]) if one.name == "SBC frame"] == [length, length]
