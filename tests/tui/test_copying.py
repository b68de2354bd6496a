"""What is copied, in every form, and where it goes."""

import json
from pathlib import Path

import pytest

from l2scope.filter import Filter
from tests.tui.driving import MEDIUM, SMALL, WIDE, asynchronous, opened, sample
from tests.tui.pictures import check
from tests.tui.test_pictures import Size, named

SIZES = pytest.mark.parametrize("size", [SMALL, MEDIUM, (200, 60)], ids=["80x24", "120x34", "200x60"])


@asynchronous
async def test_packets(state_folder: Path) -> None:
    """Selected packets as lines, hex, dump, JSON and fields; what went to the terminal is in the file, whose path is
    said."""
    async with opened(sample("starved"), WIDE) as session:
        capture = session.app.capture
        await session.press("J", "y")
        assert session.app.clipboard.splitlines()[1].split()[:2] == ["2", "0.000"]
        assert (state_folder / "copied.txt").read_text() == session.app.clipboard
        assert "copied.txt" in session.lines[-1]
        await session.press("Y", "x")
        assert session.app.clipboard == f"{capture.raw(1).hex(' ')}\n{capture.raw(2).hex(' ')}"
        await session.press("Y", "d")
        assert session.app.clipboard.startswith("000000  03 0c 00")
        await session.press("Y", "j")
        packets = json.loads(session.app.clipboard)
        assert [packet["number"] for packet in packets] == [1, 2]
        assert packets[0]["fields"][1]["name"] == "HCI Command"
        assert packets[0]["fields"][1]["fields"][0]["hex"] == "030c"
        await session.press("Y", "l")
        assert "    Command opcode: Reset (0x0C03)" in session.app.clipboard


@asynchronous
async def test_a_field() -> None:
    """A field of the tree as its value, JSON, and the filter that its packet passes."""
    async with opened(sample("starved"), WIDE) as session:
        await session.press("s", "enter", "j", "j", "j", "j", "j", "Y", "v")
        assert session.app.clipboard == "7"
        await session.press("Y", "f")
        assert session.app.clipboard == "btl2cap.credits == 7"
        await session.press("Y", "j")
        assert json.loads(session.app.clipboard) == {"name": "Credits", "value": "7", "hex": "0700"}
        await session.press("Y", "x")
        assert session.app.clipboard == "07 00"


@asynchronous
async def test_bytes_without_a_field() -> None:
    """Marked bytes become a filter on the bytes of the packet, as Wireshark counts them."""
    async with opened(sample("starved"), WIDE) as session:
        await session.press("s", "tab", "tab", "l", "l", "Y", "f")
        expression = session.app.clipboard
        assert expression.startswith("frame[")
        assert session.packets.number in Filter(expression).select(session.app.capture)


@asynchronous
async def test_filter_of_a_cell() -> None:
    """= writes a filter for the chosen cell behind the one in force; every column of the list has one that its packet
    passes."""
    async with opened(sample("starved"), WIDE) as session:
        await session.press("s")
        passed = []
        for _ in session.packets.rows.chosen:
            await session.press(".", "Y", "f")
            assert session.packets.number in Filter(session.app.clipboard).select(session.app.capture)
            passed.append(session.app.clipboard)
        assert len(set(passed)) == len(passed)
        assert 'l2scope.protocol == "Credits"' in passed
        await session.press("&")
        await session.write("frame.len < 20 || frame.len > 200")
        await session.press("enter", ",", "=")
        assert session.packets.bar.line.value.startswith("(frame.len < 20 || frame.len > 200) && ")
        assert session.packets.bar.has_class("-valid")


@asynchronous
async def test_a_text_too_long_for_a_terminal(state_folder: Path) -> None:
    """It goes into the file alone, and that is said."""
    async with opened(sample("starved"), WIDE) as session:
        await session.press("y")
        before = session.app.clipboard
        await session.press(*["J"] * 202, "Y", "j")
        assert session.app.clipboard == before
        assert len(json.loads((state_folder / "copied.txt").read_text())) == 203
        assert "too much for a terminal" in session.lines[-1]


@asynchronous
async def test_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be written the terminal has it, and no path is said."""
    monkeypatch.setenv("XDG_STATE_HOME", "/proc/nowhere")
    async with opened(sample("starved"), WIDE) as session:
        await session.press("y")
        assert session.app.clipboard.startswith("1 ")
        assert "also in" not in session.lines[-1]
        await session.press("&")
        await session.write("bthci_cmd")
        await session.press("enter", "C", "x", "escape")
        assert session.app.is_running


@SIZES
@asynchronous
async def test_copy_picture(size: Size) -> None:
    """The forms with their letters, the value and the filter of the chosen cell beside theirs."""
    async with opened(sample("starved"), size) as session:
        await session.press("s", ".", ".", ".", ".", ".", "Y")
        check(session, named("copy-as", size))
