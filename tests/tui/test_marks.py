"""Marks, time references, and the way from a request to its answer."""

from pathlib import Path

import pytest

from l2scope.tui.answers import counterpart
from l2scope.tui.marks import Marks, TimeReferences
from l2scope.tui.of_files import OfFile
from l2scope.tui.session import Asked
from l2scope.tui.user import User
from tests.tui.driving import MEDIUM, SMALL, WIDE, Session, asynchronous, opened, sample
from tests.tui.pictures import check
from tests.tui.test_pictures import Size, named

SIZES = pytest.mark.parametrize("size", [SMALL, MEDIUM, (200, 60)], ids=["80x24", "120x34", "200x60"])


async def go(session: Session, packet: int) -> None:
    await session.press(":", *str(packet), "enter")


def time_of(session: Session, packet: int) -> str:
    """What the column of times says."""
    return session.packets.rows.cells(packet - 1)[1][0][0]


@asynchronous
async def test_marks_lead_to_their_packets() -> None:
    """m and a letter mark, ' and the letter lead there, '' back; letters that move the cursor elsewhere mark too."""
    async with opened(sample("starved"), WIDE) as session:
        await go(session, 42)
        await session.press("m", "j")
        assert session.packets.number == 42
        assert session.packets.rows.gutter(41)[0] == " j"
        await go(session, 99)
        await session.press("m", "Q", "'", "j")
        assert session.packets.number == 42
        await session.press("'", "'")
        assert session.packets.number == 99
        await session.press("'", "up", "down", "down", "up", "up", "enter")
        assert session.packets.number == 42


@asynchronous
async def test_a_mark_is_taken_away_by_its_letter() -> None:
    """The same letter on the same packet is no mark, on another packet it moves; Escape leaves all as it was."""
    async with opened(sample("starved"), WIDE) as session:
        await session.press("m", "a", "j", "m", "a")
        assert session.packets.rows.marks.packets == {"a": 2}
        await session.press("m", "escape")
        assert session.packets.rows.marks.packets == {"a": 2}
        await session.press("m", "a")
        assert session.packets.rows.marks.packets == {}


@asynchronous
async def test_a_mark_beside_a_sign() -> None:
    """A packet that ends a stall keeps its ! beside the letter of its mark."""
    async with opened(sample("starved"), SMALL) as session:
        await session.press("s", "m", "b")
        line = next(line for line in session.lines if "after 329.9" in line or " 51 " in line[:8])
        assert line.startswith("!b")


@asynchronous
async def test_times_count_from_a_reference() -> None:
    """From the reference on times count from it, before it from the first packet; T again undoes it."""
    async with opened(sample("starved"), SMALL) as session:
        times = session.app.capture.tables.packets["time"]
        before, after = time_of(session, 41), time_of(session, 60)
        await go(session, 50)
        await session.press("T")
        assert time_of(session, 50) == "*REF*"
        assert time_of(session, 41) == before
        since = int(times[59]) - int(times[49])
        assert time_of(session, 60).replace(" ", "") == f"{since // 1000 / 1e6:.6f}"
        await session.press("T")
        assert time_of(session, 60) == after


def test_references_hold_up_to_the_next() -> None:
    """Of two references the later one counts for what comes behind it."""
    references = TimeReferences()
    assert [references.toggle(packet) for packet in (20, 10)] == [True, True]
    assert [references.of(packet) for packet in (9, 10, 19, 20, 99)] == [None, 10, 10, 20, 20]
    assert references.toggle(20) is False
    assert references.of(99) == 10


def test_several_marks_of_a_packet() -> None:
    """The gutter has room for the first letter; taking one away leaves the other."""
    marks = Marks()
    marks.toggle("b", 7)
    marks.toggle("a", 7)
    assert marks.letter(7) == "a"
    marks.drop("a")
    assert marks.letter(7) == "b"
    assert marks.in_order == [("b", 7)]


@asynchronous
async def test_from_requests_to_answers() -> None:
    """In att_only a command is answered by its Command Complete, an ATT request by its response, and r leads back; an
    event that answers nothing says so. Wireshark's btatt.response_in and the opcodes in the bytes say the same."""
    async with opened(sample("att_only"), WIDE) as session:
        for request, answer in ((1, 2), (37, 38), (40, 42), (49, 51)):
            await go(session, request)
            await session.press("r")
            assert session.packets.number == answer
            await session.press("r")
            assert session.packets.number == request
        await go(session, 41)
        await session.press("r")
        assert session.packets.number == 41
        assert "no request or answer" in session.lines[-1]


@asynchronous
async def test_signalling_answers() -> None:
    """A connection request on the signalling channel leads to its response and back."""
    async with opened(sample("starved"), WIDE) as session:
        assert counterpart(session.app.capture, 40) == 42
        assert counterpart(session.app.capture, 42) == 40
        assert counterpart(session.app.capture, 0) is None


@SIZES
@asynchronous
async def test_marks_picture(size: Size) -> None:
    """The list of marks over the packets: letter, number, time and what the packet says, and the way back."""
    async with opened(sample("starved"), size) as session:
        await session.press("s", "m", "a", "s", "m", "b", "'")
        check(session, named("marks", size))


@asynchronous
async def test_marks_stay_with_their_file(tmp_path: Path) -> None:
    """They are there when the file is opened again, and in no other file; a packet that the file has no longer is not
    offered."""

    def user() -> User:
        return User(tmp_path / "config", tmp_path / "state")

    async with opened(sample("starved"), WIDE, user=user()) as session:
        await go(session, 42)
        await session.press("m", "j")
    async with opened(sample("two_channels"), WIDE, user=user()) as session:
        assert not session.packets.rows.marks.packets
    asked = Asked(sample("starved"))
    user().of_files.keep(asked, OfFile(marks={**user().of_files.of(asked).marks, "z": 9999}))
    async with opened(sample("starved"), WIDE, user=user()) as session:
        assert session.packets.rows.gutter(41)[0] == " j"
        await session.press("'")
        assert "9,999" not in session.text
        await session.press("j")
        assert session.packets.number == 42
        await session.press("m", "j")
    assert user().of_files.of(asked).marks == {"z": 9999}
