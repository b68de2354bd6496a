"""RFCOMM frames (RFCOMM 1.2) and multiplexer commands (ETSI TS 07.10, 5.4.6.3)."""

import pytest

from tests.dissection.fields import named, values
from tests.dissectors.classic import content, fields
from tests.dissectors.shown import by_psm, parameters

RFCOMM = 0x0003
HEADER = ("DLCI", "C/R", "EA", "Control", "Length", "FCS")
COMMAND = ("Command type", "Command C/R", "Command EA", "Command length", "Address C/R", "Address EA")


def divided(data: bytes) -> int:
    """The FCS as annex B of TS 07.10 defines it: the remainder of a long division by x^8 + x^2 + x + 1, the lowest bit
    of each octet first, begun with ones and complemented."""
    bits = [byte >> index & 1 for byte in data for index in range(8)] + [0] * 8
    bits[:8] = [1 - bit for bit in bits[:8]]
    for start in range(len(bits) - 8):
        if bits[start]:
            for index, coefficient in enumerate((1, 0, 0, 0, 0, 0, 1, 1, 1)):
                bits[start + index] ^= coefficient
    return sum((1 - bit) << index for index, bit in enumerate(bits[-8:]))


def framed(address: int, control: int, information: bytes = b"", credits: bytes = b"") -> bytes:
    """A frame with a good FCS."""
    length = (
        bytes((len(information) << 1 | 1,)) if len(information) < 128 else (len(information) << 1).to_bytes(2, "little")
    )
    head = bytes((address, control))
    checked = head if control & 0xEF == 0xEF else head + length
    return head + length + credits + information + bytes((divided(checked),))


def command(kind: int, content: bytes, command: bool = True) -> str:
    """A command of the multiplexer."""
    information = bytes((kind << 2 | command << 1 | 1, len(content) << 1 | 1)) + content
    return framed(0x03, 0xEF, information).hex()


def test_the_frames_of_the_specification() -> None:
    """SABM and UA of the multiplexer have these bytes in every stack."""
    for data, text in (("03 3f 01 1c", "SABM, DLCI 0"), ("03 73 01 d7", "UA, DLCI 0")):
        field = by_psm(RFCOMM, data)
        assert field.value == text
        assert values(field)["FCS"].startswith("correct")


@pytest.mark.parametrize("control", [0x3F, 0x73, 0x1F, 0x53, 0xEF, 0xFF])
@pytest.mark.parametrize("address", [0x03, 0x19, 0x1B, 0xF9])
def test_check_sequences(control: int, address: int) -> None:
    """A good one is called good, and any bit that is wrong is seen: over the length too, but for UIH."""
    data = framed(address, control, b"", b"\x07" if control == 0xFF and address != 0x03 else b"")
    assert values(by_psm(RFCOMM, data))["FCS"] == f"correct, 0x{data[-1]:02X}"
    for bit in range(8):
        wrong = data[:-1] + bytes((data[-1] ^ 1 << bit,))
        field = by_psm(RFCOMM, wrong)
        assert values(field)["FCS"] == f"wrong, 0x{wrong[-1]:02X} instead of 0x{data[-1]:02X}"
        assert field.value.endswith("wrong FCS")


def test_what_the_script_sent() -> None:
    """Each piece of data in order, as its frames carry it; the block goes in several."""
    truth = content("classic_serial")["rfcomm"]
    channel = f"(server channel {truth['server_channel']}, direction 0)"
    for direction, pieces in (("tx", truth["sent"]), ("rx", truth["received"])):
        told = [values(field) for field in fields("classic_serial", RFCOMM, direction)]
        data = [one for one in told if "Information" in one and one["Length"] != "0"]
        assert all(channel in one["DLCI"] for one in data)
        assert sum(int(one["Length"]) for one in data) == sum(len(bytes.fromhex(piece)) for piece in pieces)
        for one, piece in zip(data, pieces[:3], strict=False):
            text = bytes.fromhex(piece).decode().replace("\r", "\\r").replace("\n", "\\n")
            assert one["Information"].endswith(f'"{text}"')


def test_commands_of_the_multiplexer() -> None:
    """Parameters and modem status are negotiated in both directions, then the script's own commands follow."""
    found = [
        named([field], "Command type").value
        for field in fields("classic_serial", RFCOMM, "tx")
        if "DLCI 0," in field.value
    ]
    names = [value.rsplit(" (0x", 1)[0] for value in found]
    own = content("classic_serial")["rfcomm"]["commands"]
    assert names[-len(own) :] == own
    assert names[0] == "Parameter Negotiation (PN)"
    assert set(names[1 : -len(own)]) == {"Modem Status (MSC)"}


@pytest.mark.parametrize(
    ("data", "summary", "expected"),
    [
        (
            command(0x20, bytes.fromhex("06f00700f7030007")),
            "Parameter Negotiation (PN) command for DLCI 6",
            {
                "Reserved": "0",
                "Channel DLCI": "6 (server channel 3, direction 0)",
                "Convergence layer": "credits asked for (0x0F)",
                "Frame type": "UIH (0x00)",
                "Priority": "7",
                "Acknowledgement timer": "0",
                "Maximum frame size": "1015",
                "Maximum retransmissions": "0",
                "Reserved bits": "0",
                "Initial credits": "7",
            },
        ),
        (
            command(0x38, bytes((0x1B, 0x8D))),
            "Modem Status (MSC) command for DLCI 6",
            {
                "Channel DLCI": "6 (server channel 3, direction 0)",
                "Data valid": "1",
                "Incoming call": "0",
                "Reserved": "0",
                "Ready to receive": "1",
                "Ready to communicate": "1",
                "Flow control": "0",
                "Signals EA": "1",
            },
        ),
        (
            command(0x38, bytes((0x1B, 0x8C, 0b1010_0011)), command=False),
            "Modem Status (MSC) response for DLCI 6",
            {
                "Channel DLCI": "6 (server channel 3, direction 0)",
                "Data valid": "1",
                "Incoming call": "0",
                "Reserved": "0",
                "Ready to receive": "1",
                "Ready to communicate": "1",
                "Flow control": "0",
                "Signals EA": "0",
                "Break length": "10",
                "Reserved break": "0",
                "Break signal": "1",
                "Break EA": "1",
            },
        ),
        (
            command(0x24, bytes((0x1B, 3, 0b0001_1110, 0x03, 0x11, 0x13, 0x01, 0x00))),
            "Remote Port Negotiation (RPN) command for DLCI 6",
            {
                "Channel DLCI": "6 (server channel 3, direction 0)",
                "Baud rate": "9600 bit/s (0x03)",
                "Reserved": "0",
                "Parity type": "even (0x01)",
                "Parity": "parity (0x01)",
                "Stop bits": "1.5 stop bits (0x01)",
                "Data bits": "7 bits (0x02)",
                "Port flow control": "XON/XOFF input+XON/XOFF output (0x03)",
                "XON": "0x11",
                "XOFF": "0x13",
                "Parameter mask": "0x0001",
            },
        ),
        (
            command(0x24, bytes((0x1B,))),
            "Remote Port Negotiation (RPN) command for DLCI 6",
            {"Channel DLCI": "6 (server channel 3, direction 0)"},
        ),
        (
            command(0x14, bytes((0x1B, 0b1001))),
            "Remote Line Status (RLS) command for DLCI 6",
            {
                "Channel DLCI": "6 (server channel 3, direction 0)",
                "Reserved": "0",
                "Line error": "framing (0x04)",
                "Error occurred": "1",
            },
        ),
        (
            command(0x04, bytes((0x3F << 2 | 3,)), command=False),
            "Non Supported Command (NSC) response",
            {"Refused command": "63", "Refused C/R": "1", "Refused EA": "1"},
        ),
        (command(0x08, b"abc"), "Test command", {"Pattern": '61 62 63  "abc"'}),
        (command(0x28, b""), "Flow Control On (FCon) command", {}),
    ],
)
def test_parameters_of_commands(data: str, summary: str, expected: dict[str, str]) -> None:
    """Every bit of what a command says."""
    field = by_psm(RFCOMM, data)
    assert field.value == f"UIH, DLCI 0, {summary}"
    assert parameters(named([field], "Commands"), *COMMAND) == expected


def test_credits() -> None:
    """A UIH frame with the P/F bit on a data channel begins with credits, which are not part of its length."""
    field = by_psm(RFCOMM, framed(0x1B, 0xFF, b"hi", b"\x05"))
    assert field.value == 'UIH, DLCI 6, 2 bytes "hi", 5 credits'
    assert (values(field)["Credits"], values(field)["Length"]) == ("5", "2")


def test_long_frames() -> None:
    """From 128 bytes on the length takes two octets."""
    field = by_psm(RFCOMM, framed(0x1B, 0xEF, bytes(300)))
    assert values(field)["Length"] == "300"
    assert values(field)["FCS"].startswith("correct")


def test_a_length_beyond_the_frame() -> None:
    """What is there is shown, and that the frame ends too early."""
    field = by_psm(RFCOMM, "1b ef 15 41 42")
    assert field.problem == "FCS: the packet ends here"
    assert parameters(field, *HEADER) == {"Information": "41 42"}


def test_several_commands_in_a_frame() -> None:
    """TS 07.10 lets a frame hold more than one."""
    first, second = bytes.fromhex("a301"), bytes.fromhex("6301")
    field = by_psm(RFCOMM, framed(0x03, 0xEF, first + second))
    assert field.value == "UIH, DLCI 0, Flow Control On (FCon) command, Flow Control Off (FCoff) command"
