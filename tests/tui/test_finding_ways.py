"""Finding by display filter and by bytes, without hiding rows."""

import pytest

from l2scope.tui.seeking import pattern
from tests.tui.driving import SMALL, Session, asynchronous, opened, sample


def note(session: Session) -> str:
    return session.lines[-1]


@asynchronous
async def test_by_filter() -> None:
    """Tab makes a filter of what is typed; n and N go along the packets that pass, all rows stay."""
    async with opened(sample("starved"), SMALL) as session:
        wanted = list(session.app.capture.where("l2scope.stall"))
        await session.press("/", "tab")
        await session.write("l2scope.stall")
        assert session.packets.number == wanted[0]
        await session.press("enter", "n", "n")
        assert session.packets.number == wanted[2]
        await session.press("N", "N", "N")
        assert session.packets.number == wanted[-1]
        assert session.packets.table.count == session.app.capture.count


@asynchronous
async def test_by_bytes() -> None:
    """Bytes in hexadecimal, or as a text between quotation marks, are found in packets."""
    async with opened(sample("starved"), SMALL) as session:
        capture = session.app.capture
        wanted = [n for n in range(1, capture.count + 1) if bytes.fromhex("16010400") in capture.raw(n)]
        await session.press("/", "tab", "tab")
        await session.write("16 01 04 00")
        await session.press("enter")
        assert session.packets.number == wanted[0] == 51
        await session.press("/", "tab", "tab")
        await session.write('"Gadget')
        named = [n for n in range(1, capture.count + 1) if b"Gadget" in capture.raw(n)]
        assert session.packets.number == named[0] < 51
        assert "from the beginning" in note(session)


@asynchronous
async def test_what_is_no_filter_and_what_are_no_bytes() -> None:
    """The reason stands beside what is typed, the cursor stays."""
    async with opened(sample("starved"), SMALL) as session:
        await session.press("j", "/", "tab")
        await session.write("frame.len >")
        assert "column" in note(session)
        await session.press("tab")
        assert "bytes are written" in note(session)
        await session.press("ctrl+u", "1", "6", "0")
        assert "half a byte" in note(session)
        await session.press("escape")
        assert session.packets.number == 2


@asynchronous
async def test_the_text_stays_when_the_way_changes() -> None:
    """Shift and Tab lead back to the text, which then is what is found."""
    async with opened(sample("refused"), SMALL) as session:
        await session.press("/", "tab")
        await session.write("refused")
        await session.press("shift+tab")
        assert "refused" in session.packets.rows.search_text(session.packets.table.row)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("01a0", b"\x01\xa0"), ("01:a0", b"\x01\xa0"), ("0x01 0xA0", b"\x01\xa0"), ('"a b"', b"a b"), ("", b"")],
)
def test_patterns(text: str, wanted: bytes) -> None:
    """Bytes are written as people write them."""
    assert pattern(text) == wanted


@pytest.mark.parametrize("text", ["1", "zz", "01 0"])
def test_no_patterns(text: str) -> None:
    """What is no whole number of bytes is refused."""
    with pytest.raises(ValueError, match="byte"):
        pattern(text)
