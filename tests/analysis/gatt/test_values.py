"""Values in words: each expected text is worked out by hand from the format in the specification."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from l2scope.analysis.gatt.uuid import Uuid
from l2scope.analysis.gatt.values import decoded, format_of, value_words
from l2scope.names.core_formats import CORE_FORMATS
from l2scope.names.value_formats import FORMATS


def words(uuid: int, data: str) -> str:
    return value_words(Uuid.short(uuid), bytes.fromhex(data))


@pytest.mark.parametrize(
    ("uuid", "data", "expected"),
    [
        (0x2A19, "64", "100 %"),
        (0x2A6E, "f6ff", "-0.1 °C"),
        (0x2A6E, "6400", "1 °C"),
        (0x2A6E, "0080", "value is not known"),
        (0x2A38, "02", "Wrist"),
        (0x2A01, "c103", "Human Interface Device: Keyboard"),
        (0x2A01, "ff03", "Human Interface Device: 0x3F"),
        (0x2A01, "ffff", "0xFFFF"),
        (0x2A00, "4c32", "L2"),
        (0x2A29, "41424300", "ABC"),
        (0x2902, "0000", "none"),
        (0x2902, "0300", "notify + indicate"),
        (0x2902, "0400", "bit 2"),
        (0x2907, "4d2a", "Report"),
    ],
)
def test_single_values(uuid: int, data: str, expected: str) -> None:
    """A number with its factor and unit, a name, a text, flags, a UUID."""
    assert words(uuid, data) == expected


@pytest.mark.parametrize(
    ("uuid", "data", "expected"),
    [
        (0x2A37, "00 3c", ["none", "60 /min"]),
        (0x2A37, "01 2c01", ["Heart Rate Value Format", "300 /min"]),
        (
            0x2A37,
            "18 3c 0a00 0004 0002",
            ["Energy Expended present + RR-Interval present", "60 /min", "10 J", "1 s", "0.5 s"],
        ),
        (0x2A5B, "02 0500 0008", ["Crank Revolution Data Present", "5", "2 s"]),
        (0x2A04, "0600 0c00 0000 f401", ["7.5 ms", "15 ms", "0", "5000 ms"]),
        (0x2A50, "02 6d04 1cc0 0110", ["USB Implementer's Forum", "0x046D", "0xC01C", "10.01"]),
        (0x2A05, "0100ffff", ["0x0001", "0xFFFF"]),
    ],
)
def test_fields(uuid: int, data: str, expected: list[str]) -> None:
    """Which fields there are follows from the flags."""
    assert [field.text for field in decoded(Uuid.short(uuid), bytes.fromhex(data))] == expected


def test_medical_numbers() -> None:
    """IEEE 11073: 0xFF00016D is 365 * 10**-1; 0x007FFFFF is none; a time is nested."""
    assert words(0x2A1C, "00 6d0100ff") == "36.5 °C"
    assert words(0x2A1C, "01 ffff7f00") == "not a number"
    assert words(0x2A1C, "02 6d0100ff e4070a1f0c1e00") == (
        "Temperature Measurement Value (Celsius) 36.5 °C, Time Stamp Year 2020, Month 10, Day 31, Hours 12, "
        "Minutes 30, Seconds 0"
    )
    assert words(0x2A5F, "00") == ""
    assert decoded(Uuid.short(0x2A35), bytes.fromhex("00 b0f4 50f0 ff07"))[1].text == "120 mmHg"


def test_what_does_not_fit() -> None:
    """Nothing is said of a value that is cut short or empty, or whose format is not known; more than the format has is
    shown as it is."""
    for uuid, data in ((0x2A37, "10"), (0x2A37, "01 2c"), (0x2A19, ""), (0x2A04, "0600"), (0xFFF1, "01")):
        assert words(uuid, data) == ""
    assert value_words(None, b"\x01") == ""
    assert value_words(Uuid(1), b"\x01") == ""
    assert words(0x2A19, "64 07") == "Battery Level 100 %, more 07"


def test_texts_are_fit_to_be_shown() -> None:
    """A peer chooses its name."""
    assert words(0x2A00, "1b5b33316d") == "\N{REPLACEMENT CHARACTER}[31m"


@given(st.sampled_from(sorted({*FORMATS, *CORE_FORMATS})), st.binary(max_size=64))
def test_no_bytes_make_a_value_fail(uuid: int, data: bytes) -> None:
    """Any bytes give printable text or none."""
    assert value_words(Uuid.short(uuid), data).isprintable()


def test_every_reference_is_known() -> None:
    """A field that is the value of another characteristic finds that one's format."""
    for number in {*FORMATS, *CORE_FORMATS}:
        for _, kind, *_ in format_of(number) or ():
            assert not kind.startswith("@") or format_of(int(kind.strip("@?*"), 16)) is not None, hex(number)


def test_names_of_uuids() -> None:
    """Assigned ones, companies' own of 16 and of 128 bits, and those that nobody named."""
    nordic = Uuid(0x6E400001B5A3F393E0A9E50E24DCCA9E)
    assert nordic.name.startswith("Nordic UART")
    assert nordic.brief == nordic.name
    assert [Uuid.short(number).name for number in (0x180F, 0xFEAA, 0xFFF1)] == ["Battery", "Eddystone", "0xFFF1"]
    assert (Uuid(1).name, Uuid(1).brief) == ("00000000-0000-0000-0000-000000000001", "00000000-…-0001")
