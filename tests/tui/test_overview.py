"""The first screen: what is in a capture, what is wrong, and the way there."""

from dataclasses import replace

import pytest

from l2scope.capture import open_capture
from l2scope.channels import Channels
from l2scope.text import printable
from l2scope.tui.app import ScopeApp
from l2scope.tui.screens.findings import FindingsScreen
from l2scope.tui.screens.overview import OverviewScreen
from l2scope.tui.widgets.virtual_table import VirtualTable
from tests.corpus import CORPUS, SAMPLES, needs_corpus, read_json
from tests.tui.driving import MEDIUM, SMALL, WIDE, Session, asynchronous, opened, press, sample
from tests.tui.pictures import check
from tests.tui.test_hostile import TEXTS, assert_harmless
from tests.tui.test_loading import HeldLoading, complete

STALLED = CORPUS / "kernel" / "lecoc_3chan_ch0stalls_k6.12.btsnoop"
SIZES = pytest.mark.parametrize("size", [SMALL, MEDIUM, WIDE], ids=["80x24", "120x34", "160x50"])


def overview(session: Session) -> OverviewScreen:
    """The overview, which must be the screen that is seen."""
    assert isinstance(session.app.screen, OverviewScreen)
    return session.app.screen


@needs_corpus
@SIZES
@asynchronous
async def test_a_stalled_capture(size: tuple[int, int]) -> None:
    """On opening: packets, links, channels, protocols and notes in a line each; where there is room the packets over
    time with `!` where stalls end; the findings, the channels and the links, the worst first."""
    async with opened(STALLED, size, "overview") as session:
        check(session, f"overview-{size[0]}x{size[1]}")


@needs_corpus
@asynchronous
async def test_to_the_end_of_the_longest_stall() -> None:
    """Two keys lead from opening the capture to the packet that ends its longest stall, backspace back to the line."""
    async with opened(STALLED, first="overview") as session:
        await session.press("enter", "n")
        assert session.packets.number == 1159
        await session.press("backspace", "j", "e")
        assert isinstance(session.app.screen, FindingsScreen)
        assert session.app.screen.table.cursor == 1
        await session.press("backspace")
        assert overview(session).findings.count > 0
        await session.press("!")
        assert session.packets.number == 1159


@asynchronous
async def test_everything_leads_somewhere() -> None:
    """Enter on a channel goes to the channel, on a link to the packet that opened it; q leaves the program."""
    with open_capture(sample("starved")) as capture:
        (link,) = capture.links
    async with opened(sample("starved"), MEDIUM, "overview") as session:
        await session.press("tab", "enter")
        assert session.channels.channel is not None
        await session.press("backspace", "tab", "enter")
        assert session.packets.number == link.opened
        await session.press("1", "q")
        assert not session.app.is_running or session.app.return_code == 0


@asynchronous
async def test_nothing_to_see() -> None:
    """A capture without channels and findings says so in their places."""
    async with opened(sample("att_only"), SMALL, "overview") as session:
        assert "No channel was opened." in session.text
        await session.press("tab", "enter", "e", "backspace")
        assert overview(session)


@pytest.mark.parametrize("name", TEXTS)
@asynchronous
async def test_hostile_names(name: str) -> None:
    """A peer's name stays in its cells."""
    text = TEXTS[name].decode("utf-8", "replace")
    async with opened(sample("starved"), MEDIUM, "overview") as session:
        known = session.app.overview
        links = tuple(replace(link, peer_name=text, peer_manufacturer=text) for link in known.links)
        channels = Channels(replace(channel, peer_name=text) for channel in known.channels)
        session.app.overview = replace(known, links=links, channels=channels, notes=(printable(text),))
        overview(session).refresh_capture()
        await session.press("tab", "tab", "j")
        assert_harmless(session, MEDIUM[0])


@asynchronous
async def test_while_it_is_read() -> None:
    """Nothing is said to be right before all is read."""
    loading = HeldLoading(sample("att_only"))
    loading.step()
    app = ScopeApp(loading)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        session = Session(app, pilot)
        assert "still being read" in session.text
        await press(pilot, "2")
        assert session.packets.number == 1
        loading.gate.set()
        await complete(app)
    loading.capture.close()


@asynchronous
async def test_every_other_screen_is_a_line_away() -> None:
    """What else is there: as much of ATT and GATT as the sending script said, streams by what dissectors know, and
    Enter leads to the screen."""
    truth = read_json(SAMPLES / "forum_chat.truth.json")["channels"][0]
    async with opened(sample("forum_chat"), MEDIUM, "overview") as session:
        ways = {way.action: way.there for way in overview(session).ways.ways}
        assert ways["app.show_att"] == ways["app.show_gatt"] == ""
        assert ways["app.show_follow"] == "#0 Chat"
        assert truth["tx"]["sdus"]
        for row, name in enumerate(("ladder", "follow", "statistics", "att", "gatt")):
            await session.press("tab", "tab", "tab", *"j" * row, "enter")
            assert session.app.screen.name_of_place == name  # type: ignore[attr-defined]
            await session.press("1")
            overview(session).query_one("#findings").focus()
            overview(session).query_one("#ways", VirtualTable).cursor = 0


@asynchronous
async def test_what_att_and_gatt_hold() -> None:
    """The most frequent ATT PDUs by their names, and what was read, written and told."""
    async with opened(sample("att_only"), MEDIUM, "overview") as session:
        told = session.app.capture.tables.att["opcode"].tolist()
        ways = {way.action: way.there for way in overview(session).ways.ways}
        reads = sum(told.count(opcode) for opcode in (0x08, 0x0A, 0x0C, 0x0E, 0x10, 0x20))
        writes = sum(told.count(opcode) for opcode in (0x12, 0x16, 0x18, 0x52, 0xD2))
        notifications = sum(told.count(opcode) for opcode in (0x1B, 0x23))
        assert f"{reads} reads" in ways["app.show_gatt"]
        assert f"{writes} write" in ways["app.show_gatt"]
        assert f"{notifications} notification" in ways["app.show_gatt"]
        most = max(set(told), key=told.count)
        assert ways["app.show_att"].startswith(f"{told.count(most)} ")
