"""The screen that shows a packet beside what Wireshark makes of it."""

import shutil
import threading
from collections.abc import Callable
from importlib.util import find_spec

import pytest

from l2scope.capture import Capture
from l2scope.crosscheck.outline import outline
from l2scope.crosscheck.tree import Line
from l2scope.crosscheck.wireshark import WiresharkError, WiresharkMissing
from l2scope.dissection import Field
from l2scope.tui.screens import second_opinion
from l2scope.tui.screens.second_opinion import SecondOpinionScreen
from tests.tui.driving import LARGE, MEDIUM, SMALL, Session, asynchronous, opened, press, sample
from tests.tui.pictures import check

SIZES = pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE], ids=["80x24", "120x34", "200x60"])

# What Wireshark 4.0.17 says of packet 46 of refused.btsnoop, without the lines about the record; a fault is made up.
LINES: tuple[Line, ...] = (
    (0, "Frame 46: 20 bytes on wire (160 bits), 20 bytes captured (160 bits)"),
    (1, "Frame Number: 46"),
    (0, "Bluetooth HCI H4"),
    (1, "Direction: Sent (0x00)"),
    (1, "HCI Packet Type: ACL Data (0x02)"),
    (0, "Bluetooth HCI ACL Packet"),
    (1, ".... 0000 0100 0000 = Connection Handle: 0x040"),
    (1, "..00 .... .... .... = PB Flag: First Non-automatically Flushable Packet (0)"),
    (1, "Data Total Length: 15"),
    (0, "Bluetooth L2CAP Protocol"),
    (1, "Length: 11"),
    (1, "CID: Dynamically Allocated Channel (0x0057)"),
    (1, "PSM: Unknown (0x0085)"),
    (1, "Expert Info (Warning/Malformed): Length too short"),
    (2, "Severity level: Warning"),
    (1, "SDU Length: 9"),
    (1, "Payload: 726571756573742030"),
)

Answer = Callable[[Capture, int, Callable[[], bool]], tuple[Line, ...]]


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], None]:
    """Replaces Wireshark."""
    return lambda answering: monkeypatch.setattr(second_opinion, "wireshark_tree", answering)


def screen(session: Session) -> SecondOpinionScreen:
    """The screen, which must be the one that is seen."""
    assert isinstance(session.app.screen, SecondOpinionScreen)
    return session.app.screen


@SIZES
@asynchronous
async def test_both_trees(size: tuple[int, int], answer: Callable[[Answer], None]) -> None:
    """Our tree of a K-frame, and Wireshark's: beside it, or below it where there is little room; in both the layer that
    the packet is about is open and chosen. What Wireshark complains of stands out."""
    answer(lambda _capture, _number, _stopped: LINES)
    async with opened(sample("refused"), size) as session:
        await session.press(":", "4", "6", "enter", "W")
        check(session, f"second-opinion-{size[0]}x{size[1]}")


@SIZES
@asynchronous
async def test_wireshark_is_missing(size: tuple[int, int], answer: Callable[[Answer], None]) -> None:
    """Our tree, and beside it in words what to install."""

    def missing(_capture: Capture, _number: int, _stopped: Callable[[], bool]) -> tuple[Line, ...]:
        raise WiresharkMissing("pyshark is missing: install it with  pip install 'l2scope[tshark]'")

    answer(missing)
    async with opened(sample("refused"), size) as session:
        await session.press(":", "4", "6", "enter", "W")
        check(session, f"second-opinion-missing-{size[0]}x{size[1]}")


@asynchronous
async def test_keys_go_on_while_wireshark_is_asked(answer: Callable[[Answer], None]) -> None:
    """The tree of a packet comes when it comes; who has gone on by then does not see it, and it is told to stop."""
    asked: list[int] = []
    stopped_at: list[int] = []
    release = threading.Event()

    def slow(_capture: Capture, number: int, stopped: Callable[[], bool]) -> tuple[Line, ...]:
        asked.append(number)
        if number == 46:
            while not stopped() and not release.wait(0.01):
                pass
            stopped_at.append(number)
            raise InterruptedError
        return ((0, f"tree of {number}"),)

    answer(slow)
    async with opened(sample("refused")) as session:
        await session.press(":", "4", "6", "enter")
        await press(session.pilot, "W")
        while not asked:
            await session.pilot.pause(0.01)
        assert second_opinion.ASKED in session.text
        await session.press("n")
        release.set()
        assert asked == [46, 47]
        assert stopped_at == [46]
        assert "tree of 47" in session.text
        assert "Packet 47" in session.text


@asynchronous
async def test_there_and_back(answer: Callable[[Answer], None]) -> None:
    """n and N go from packet to packet, not beyond the ends; W goes back to the list, at the packet one has come to;
    backspace goes on back from there."""
    answer(lambda _capture, number, _stopped: ((0, f"tree of {number}"),))
    async with opened(sample("refused")) as session:
        await session.press("W", "N")
        assert screen(session).number == 1
        await session.press("n", "n")
        assert screen(session).number == 3
        assert "tree of 3" in session.text
        await session.press("W")
        assert session.packets.number == 3
        await session.press("backspace")
        assert screen(session).number == 3
        await session.press("G", "q", "G", "W", "n")
        assert screen(session).number == 89


@asynchronous
async def test_another_error(answer: Callable[[Answer], None]) -> None:
    """An error of tshark is said in the place of its tree; the next packet's tree takes that place again, and has the
    focus that Tab gives it."""

    def odd(_capture: Capture, number: int, _stopped: Callable[[], bool]) -> tuple[Line, ...]:
        if number == 2:
            raise WiresharkError("tshark gave up: no")
        return ((0, f"tree of {number}"),)

    answer(odd)
    async with opened(sample("refused")) as session:
        await session.press("W", "tab", "n")
        assert "tshark gave up: no" in session.text
        assert screen(session).focused is screen(session).ours
        await session.press("n", "tab")
        assert "tshark gave up" not in session.text
        assert screen(session).focused is screen(session).theirs


@pytest.mark.skipif(shutil.which("tshark") is None or find_spec("pyshark") is None, reason="tshark is not installed")
@asynchronous
async def test_the_real_one() -> None:
    """What tshark says of a K-frame."""
    async with opened(sample("refused")) as session:
        await session.press(":", "4", "6", "enter", "W")
        assert "Bluetooth L2CAP Protocol" in session.text
        assert "Dynamically Allocated Channel (0x0057)" in session.text


def test_outline() -> None:
    """Lines become fields with their parts, names and values apart; bits stay as they are, complaints are problems."""
    below = [(1, "Flags: 0x01"), (2, ".... ...1 = Set: True"), (1, "Expert Info (Error/X): no")]
    assert outline([(0, "Frame 1: 4 bytes"), *below, (0, "Bluetooth")]) == (
        Field(
            "Frame 1: 4 bytes",
            children=(
                Field("Flags", "0x01", children=(Field(".... ...1 = Set: True"),)),
                Field("", problem="Expert Info (Error/X): no"),
            ),
        ),
        Field("Bluetooth"),
    )
    assert outline([]) == ()
