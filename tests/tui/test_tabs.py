"""Several captures in tabs."""

import threading
from pathlib import Path

from l2scope.tui.app import ScopeApp
from l2scope.tui.places import PACKETS
from l2scope.tui.screens.findings import FindingsScreen
from l2scope.tui.screens.overview import OverviewScreen
from l2scope.tui.screens.packets import PacketsScreen
from l2scope.tui.screens.start import StartScreen
from l2scope.tui.session import Asked
from l2scope.tui.turns import Turns
from l2scope.tui.widgets.tab_strip import TabStrip
from tests.tui.driving import SMALL, Session, asynchronous, sample
from tests.tui.tabbed import names, tabbed, until
from tests.tui.test_loading import HeldLoading

STARVED, HEALTHY, REFUSED = "starved.btsnoop", "healthy.btsnoop", "refused.btsnoop"


@asynchronous
async def test_one_capture_needs_no_tabs() -> None:
    """The strip is there while there are several captures, and not before."""
    async with tabbed(sample("starved"), size=SMALL) as session:
        assert "l2scope" in session.lines[0]
        session.app.open(Asked(sample("healthy")))
        await until(session, lambda: len(session.app.sessions) == 2 and session.app.complete)
        await until(session, lambda: HEALTHY in session.lines[0])
        assert "l2scope" in session.lines[1]
        await session.press("ctrl+w")
        await until(session, lambda: "l2scope" in session.lines[0])


@asynchronous
async def test_keys_lead_from_tab_to_tab() -> None:
    """By number, to the next one and to the previous one, round the ends; what a terminal makes of Alt too."""
    async with tabbed(sample("starved"), sample("healthy"), sample("refused")) as session:
        seen = []
        for key in ("alt+2", "ctrl+pagedown", "ctrl+pagedown", "ctrl+pageup", "alt+9", "trade_mark_sign"):
            await session.press(key)
            assert session.app.shown is not None
            seen.append(session.app.shown.name)
        assert seen == [HEALTHY, REFUSED, STARVED, REFUSED, REFUSED, HEALTHY]


@asynchronous
async def test_each_tab_stays_where_it_was() -> None:
    """Screen, cursor and the way back are those of the tab; the other tab's are untouched."""
    async with tabbed(sample("starved"), sample("healthy")) as session:
        await session.press("2", "j", "j", "f")
        await session.press("alt+2")
        assert isinstance(session.app.screen, OverviewScreen)
        assert HEALTHY in session.lines[1]
        await session.press("c", "alt+1")
        assert isinstance(session.app.screen, FindingsScreen)
        assert "COC001" in session.text
        await session.press("backspace")
        assert session.packets.number == 3
        assert session.app.capture.count == 203
        await session.press("alt+2")
        assert session.channels.scope_app.capture.count == session.app.capture.count == 279


@asynchronous
async def test_a_closed_tab_comes_back_where_it_was() -> None:
    """At its place among the tabs, on its screen, with its cursor; without one to come back the program says so."""
    async with tabbed(sample("starved"), sample("healthy"), sample("refused")) as session:
        await session.press("alt+2", "2", "j", "j", "j", "ctrl+w")
        assert names(session) == [STARVED, f"[{REFUSED}]"]
        await session.press("ctrl+t")
        await until(session, lambda: names(session) == [STARVED, f"[{HEALTHY}]", REFUSED])
        await until(session, lambda: isinstance(session.app.screen, PacketsScreen) and session.packets.number == 4)
        await session.press("ctrl+t")
        await until(session, lambda: "no tab was closed" in session.text)


@asynchronous
async def test_the_last_tab_leaves_the_start() -> None:
    """It can be reopened from there; its file was closed meanwhile."""
    async with tabbed(sample("starved")) as session:
        capture = session.app.capture
        await session.press("ctrl+w")
        assert isinstance(session.app.screen, StartScreen)
        await session.press("j", "enter", "2", "!", "i", "?", "escape", "alt+1", "ctrl+pagedown", "ctrl+w")
        assert isinstance(session.app.screen, StartScreen)
        await session.press("ctrl+t")
        await until(session, lambda: names(session) == [f"[{STARVED}]"])
        assert session.app.capture is not capture


@asynchronous
async def test_no_screen_of_a_closed_tab_is_left() -> None:
    """Opening and closing leaves nothing behind but the start."""
    async with tabbed(sample("starved")) as session:
        for _ in range(3):
            await session.press("c", "f", "5", "ctrl+w")
            await until(session, lambda: not session.app.sessions and not session.app.workers._workers)
            assert [type(screen) for screen in session.app.children] == [StartScreen]
            await session.press("ctrl+t")
            await until(session, lambda: bool(session.app.sessions) and session.app.complete)


@asynchronous
async def test_a_file_that_is_open_is_shown() -> None:
    """It is not opened a second time, however its path is written."""
    async with tabbed(sample("starved"), sample("healthy")) as session:
        path = sample("healthy")
        session.app.open(Asked(Path(path.parent, ".", path.name)))
        await until(session, lambda: names(session) == [STARVED, f"[{HEALTHY}]"])


@asynchronous
async def test_what_is_no_capture_opens_nothing(tmp_path: Path) -> None:
    """What is open stays, and the reason is said, whatever the name of the file."""
    path = tmp_path / "[red]\x1b]0;owned\x07no capture"
    path.write_text("no capture at all")
    async with tabbed(sample("starved")) as session:
        session.app.open(Asked(path))
        await until(session, lambda: "not opened" in session.text)
        assert "[red]" in session.text
        assert "\x1b" not in session.text
        assert names(session) == [f"[{STARVED}]"]


@asynchronous
async def test_the_mouse() -> None:
    """A click on a tab shows it, × closes the one that is seen, the middle button any, + asks for a file."""
    async with tabbed(sample("starved"), sample("healthy"), sample("refused"), size=(120, 34)) as session:
        await session.pilot.click(TabStrip, offset=(session.lines[0].index(HEALTHY), 0))
        await until(session, lambda: names(session) == [STARVED, f"[{HEALTHY}]", REFUSED])
        await session.pilot.click(TabStrip, offset=(session.lines[0].index("×"), 0))
        await until(session, lambda: names(session) == [STARVED, f"[{REFUSED}]"])
        await session.pilot.click(TabStrip, offset=(session.lines[0].index(STARVED), 0), button=2)
        await until(session, lambda: names(session) == [f"[{REFUSED}]"])
        await session.press("ctrl+t")
        await until(session, lambda: len(session.app.sessions) == 2 and "+" in session.lines[0])
        await session.pilot.click(TabStrip, offset=(session.lines[0].index(" + ") + 1, 0))
        await until(session, lambda: "path of a capture" in session.text)


@asynchronous
async def test_more_tabs_than_the_line_holds() -> None:
    """The one that is seen is always on the screen, and signs say that there are others."""
    paths = [sample(name) for name in ("starved", "healthy", "refused", "att_only", "two_channels", "small_fragments")]
    async with tabbed(*paths, size=(40, 20)) as session:
        assert session.lines[0].startswith("  1 sta")
        assert "›" in session.lines[0]
        await session.press("ctrl+pageup")
        assert " 6 sma" in session.lines[0]
        assert session.lines[0].startswith(" ‹")
        assert {len(line) for line in session.lines} == {40}


@asynchronous
async def test_a_tab_is_read_in_the_background() -> None:
    """A tab that is not seen is read to its end; keys work in the one that is seen, which goes first."""
    held, other = HeldLoading(sample("starved")), HeldLoading(sample("healthy"))
    held.step()
    other.step()
    app = ScopeApp(held, other)
    app.first_screen = PACKETS
    async with app.run_test(size=SMALL) as pilot:
        session = Session(app, pilot)
        await session.pilot.press("j", "j")
        assert session.packets.number == 3
        other.gate.set()
        await pilot.pause(0.3)
        assert not app.sessions[1].complete, "the one that is seen has the turn"
        held.gate.set()
        await until(session, lambda: all(one.complete for one in app.sessions))
        assert [one.capture.count for one in app.sessions] == [203, 279]
        assert [bool(one.overview.channels) for one in app.sessions] == [True, True]
        assert session.packets.number == 3
    held.capture.close()
    other.capture.close()


@asynchronous
async def test_a_tab_is_closed_while_it_is_read() -> None:
    """Its file is closed once the thread has let go of it, and nothing of it is judged any more."""
    held = HeldLoading(sample("starved"))
    held.step()
    closed = threading.Event()
    close = held.capture.close
    held.capture.close = lambda: (close(), closed.set())  # type: ignore[method-assign, assignment, func-returns-value]
    app = ScopeApp(held)
    async with app.run_test(size=SMALL) as pilot:
        session = Session(app, pilot)
        await pilot.pause()
        await pilot.press("ctrl+w")
        await pilot.pause(0.1)
        assert isinstance(app.screen, StartScreen)
        assert not closed.is_set()
        held.gate.set()
        await until(session, closed.is_set)


def test_turns() -> None:
    """While one is preferred the others wait; one that gives up waits no longer."""
    turns = Turns()
    turns.prefer("first")
    with turns.mine("first", lambda: False) as mine:
        assert mine
    with turns.mine("second", lambda: True) as mine:
        assert not mine
    tries = iter([False, False, True])
    with turns.mine("second", lambda: next(tries)) as mine:
        assert not mine
    turns.prefer(None)
    with turns.mine("second", lambda: False) as mine:
        assert mine


@asynchronous
async def test_a_filter_goes_on_in_its_own_tab() -> None:
    """What is asked of one capture is not answered from another one that is seen meanwhile."""
    async with tabbed(sample("starved"), sample("healthy")) as session:
        first = session.app.sessions[0].capture
        await session.press("2", "&")
        await session.write("btl2cap.cid == 0x0057")
        await session.pilot.press("enter", "alt+2")
        await until(session, lambda: names(session) == [STARVED, f"[{HEALTHY}]"])
        await session.press("2", "alt+1")
        await until(session, lambda: session.packets.filter is not None)
        shown = [session.packets.table.row_at(at) + 1 for at in range(session.packets.table.count)]
        assert shown == list(first.where("btl2cap.cid == 0x0057"))


@asynchronous
async def test_what_lies_over_a_screen_holds_up_no_other_tab() -> None:
    """While the help is open, the other tab is read too."""
    held, other = HeldLoading(sample("starved")), HeldLoading(sample("healthy"))
    held.step()
    other.step()
    app = ScopeApp(held, other)
    async with app.run_test(size=SMALL) as pilot:
        session = Session(app, pilot)
        await session.pilot.press("?")
        held.gate.set()
        other.gate.set()
        await until(session, lambda: all(one.complete for one in app.sessions))
        assert "Overview" in session.text
    held.capture.close()
    other.capture.close()
