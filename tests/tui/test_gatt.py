"""The screen of GATT: the tree with last values, and the history of the chosen one."""

from pathlib import Path

import pytest

from l2scope.analysis.gatt.subscriptions import subscriptions
from l2scope.analysis.gatt.tree import Service
from l2scope.capture import open_capture
from l2scope.tui.gatt_outline import LETTERS, abilities, outline
from l2scope.tui.screens.gatt import GattScreen
from tests.analysis.gatt.captures import DISCOVERY, asked, capture_of, linked, received, sent
from tests.tui.driving import MEDIUM, SMALL, WIDE, Session, asynchronous, opened, sample
from tests.tui.pictures import check

SIZES = pytest.mark.parametrize("size", [SMALL, MEDIUM, WIDE], ids=["80x24", "120x34", "160x50"])


def gatt(session: Session) -> GattScreen:
    """The screen of GATT, which must be the one that is seen."""
    assert isinstance(session.app.screen, GattScreen)
    return session.app.screen


@SIZES
@asynchronous
async def test_the_tree_and_a_history(size: tuple[int, int]) -> None:
    """Server, services, characteristics and descriptors with handles, names, last values and subscriptions; below, what
    was done with the chosen value, each operation with its time and how long its answer took."""
    async with opened(sample("att_only"), size) as session:
        lines = outline(session.app.capture)
        notified = next(row for row, line in enumerate(lines) if line.subscriptions)
        await session.press("7", *"j" * notified)
        check(session, f"gatt-{size[0]}x{size[1]}")


def test_the_outline_of_the_sample() -> None:
    """Every attribute that discovery told of has its line, and each subscription is at its value."""
    with open_capture(sample("att_only")) as capture:
        lines = outline(capture)
        (server,) = capture.gatt.servers
        told = [line.handle for line in lines if line.handle]
        assert told == sorted(set(server.database.values) | _descriptors(server.services))
        assert [one for line in lines for one in line.subscriptions] == subscriptions(capture, server)


def _descriptors(services: list[Service]) -> set[int]:
    return {one.handle for service in services for c in service.characteristics for one in c.descriptors}


def test_letters_of_properties() -> None:
    """Each has its own letter, and the head says them in words."""
    assert len(set(LETTERS.values())) == len(LETTERS)
    assert abilities("RN") == "read, notify"


@pytest.fixture
def conversation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A battery that is read twice, the second time in vain, and notifies without a subscription."""
    records = [
        linked(),
        *DISCOVERY,
        *asked("0a 1200", "0b 64"),
        *asked("0a 1200", "01 0a 1200 05"),
        received("1b 1200 32"),
    ]
    return capture_of(tmp_path_factory.mktemp("gatt"), *records).path


@asynchronous
async def test_from_an_operation_to_its_packets_and_back(conversation: Path) -> None:
    """Enter goes to the request, o to its answer, p to the packet of discovery; backspace back to the line."""
    async with opened(conversation) as session:
        await session.press("7", "j", "j")
        assert gatt(session).line is not None
        assert "100 %" not in session.lines[4]
        assert "50 %" in session.lines[4]
        await session.press("enter", "enter")
        assert session.packets.number == 12
        await session.press("backspace", "j", "o")
        assert session.packets.number == 15
        await session.press("backspace")
        assert gatt(session).lower_table.cursor == 1
        assert any(line.startswith("!") and "Insufficient Authentication" in line for line in session.lines)
        await session.press("p")
        assert session.packets.number == 7


@asynchronous
async def test_a_notification_without_subscription(conversation: Path) -> None:
    """It stands out in the tree, and the head of the history says so."""
    async with opened(conversation) as session:
        await session.press("7", "j", "j")
        assert session.lines[4].startswith("?")
        assert "no subscription seen, 1 value" in session.text
        await session.press("j", "p", "k", "k", "k", "p")


@asynchronous
async def test_no_gatt() -> None:
    """A capture without ATT says so."""
    async with opened(sample("starved"), SMALL) as session:
        await session.press("7")
        assert "No GATT database is in this capture." in session.text
        await session.press("enter", "o", "p", "tab", "q")
        assert session.packets


@asynchronous
async def test_keys_are_hidden_until_asked_for(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Neither the fields nor the bytes show a long term key; ctrl+k shows it, and hides it again."""
    key = bytes(range(0x41, 0x51))
    handle, packet = sent("00")
    encrypted = bytes((packet[0],)) + packet[1:3] + (21).to_bytes(2, "little") + b"\x11\x00\x06\x00\x06" + key
    path = capture_of(tmp_path_factory.mktemp("keys"), linked(), (handle, encrypted)).path
    async with opened(path) as session:
        await session.press("j")
        assert "Encryption Information" in session.text
        assert "hidden" in session.text
        assert "41 42" not in session.text
        assert "ABCD" not in session.text
        await session.press("ctrl+k")
        assert "hidden" not in session.text.replace("keys are hidden", "")
        assert session.text.count("41 42") == 2
        await session.press("ctrl+k")
        assert "41 42" not in session.text
