"""The registry of keys, against the classes that act on it."""

from collections import Counter

import pytest
from textual.binding import Binding

from l2scope.tui.app import ScopeApp
from l2scope.tui.keys import ACTIONS, EVERYWHERE, PANES, Action, Scope, bindings, key_line, key_name
from l2scope.tui.screens.att import AttScreen
from l2scope.tui.screens.both_ends import BothEndsScreen
from l2scope.tui.screens.channels import ChannelsScreen
from l2scope.tui.screens.columns import ColumnsScreen
from l2scope.tui.screens.findings import FindingsScreen
from l2scope.tui.screens.follow import FollowScreen
from l2scope.tui.screens.gatt import GattScreen
from l2scope.tui.screens.help import HelpScreen
from l2scope.tui.screens.ladder import LadderScreen
from l2scope.tui.screens.menu import MenuScreen
from l2scope.tui.screens.opening import OpeningScreen
from l2scope.tui.screens.overview import OverviewScreen
from l2scope.tui.screens.packets import PacketsScreen
from l2scope.tui.screens.paned import PanedScreen
from l2scope.tui.screens.second_opinion import SecondOpinionScreen
from l2scope.tui.screens.start import StartScreen
from l2scope.tui.screens.statistics import StatisticsScreen
from l2scope.tui.widgets.detail_tree import DetailTree
from l2scope.tui.widgets.filter_bar import FilterBar
from l2scope.tui.widgets.hex_view import HexView
from l2scope.tui.widgets.prompt import Prompt
from l2scope.tui.widgets.sorted_table import SortedTable
from l2scope.tui.widgets.text_page import TextPage
from l2scope.tui.widgets.time_graph import TimeGraph
from l2scope.tui.widgets.virtual_table import VirtualTable
from tests.tui.driving import SMALL, asynchronous, opened, sample

HOMES: dict[Scope, type] = {
    Scope.APP: ScopeApp,
    Scope.TABS: ScopeApp,
    Scope.START: StartScreen,
    Scope.OPENING: OpeningScreen,
    Scope.PACKETS: PacketsScreen,
    Scope.CHANNELS: ChannelsScreen,
    Scope.OVERVIEW: OverviewScreen,
    Scope.FINDINGS: FindingsScreen,
    Scope.LADDER: LadderScreen,
    Scope.TEXT: TextPage,
    Scope.BOTH_ENDS: BothEndsScreen,
    Scope.SECOND_OPINION: SecondOpinionScreen,
    Scope.ATT: AttScreen,
    Scope.GATT: GattScreen,
    Scope.FOLLOW: FollowScreen,
    Scope.STATISTICS: StatisticsScreen,
    Scope.PANED: PanedScreen,
    Scope.LIST: VirtualTable,
    Scope.TREE: DetailTree,
    Scope.HEX: HexView,
    Scope.GRAPH: TimeGraph,
    Scope.ORDER: SortedTable,
    Scope.HELP: HelpScreen,
    Scope.COLUMNS: ColumnsScreen,
    Scope.MENU: MenuScreen,
    Scope.PROMPT: Prompt,
    Scope.FILTER: FilterBar,
}


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_is_a_method(action: Action) -> None:
    """What a key is bound to exists where its scope says."""
    assert callable(getattr(HOMES[action.scope], f"action_{action.method}"))


@pytest.mark.parametrize("scope", Scope)
def test_no_key_means_two_things(scope: Scope) -> None:
    """Within a scope a key has one meaning."""
    keys = Counter(key for action in ACTIONS if action.scope is scope for key in action.keys)
    assert keys
    assert set(keys.values()) == {1}


@pytest.mark.parametrize(("pane", "screen"), [(pane, screen) for screen, panes in PANES.items() for pane in panes])
def test_a_pane_hides_no_key_of_its_screen(pane: Scope, screen: Scope) -> None:
    """What the screen and the application do works in every pane."""
    inner = {key for action in ACTIONS if action.scope is pane for key in action.keys}
    outer = {key for action in ACTIONS if action.scope in (screen, *EVERYWHERE) for key in action.keys}
    assert inner & outer == set()


def test_bindings_carry_the_ids() -> None:
    """A key map of the user's can name any action."""
    ids = [binding.id for binding in bindings(Scope.GRAPH) if isinstance(binding, Binding)]
    assert ids == [action.id for action in ACTIONS if action.scope is Scope.GRAPH]


def test_key_names() -> None:
    """Keys are named as people write them."""
    assert [key_name(key) for key in ("j", "G", "ctrl+d", "shift+down", "pagedown", "+", "?")] == [
        "j", "G", "Ctrl+D", "Shift+↓", "PgDn", "+", "?",
    ]  # fmt: skip


def test_the_key_line_leads_elsewhere() -> None:
    """It names the way to the other screen, not to the one that is seen."""
    ids = [action.id for action in key_line((Scope.LIST, Scope.CHANNELS, Scope.APP))]
    assert "app.show_packets" in ids
    assert "app.show_channels" not in ids


@asynchronous
async def test_a_click_on_the_key_line_is_the_key() -> None:
    """`c` in the key line and `2` in the title lead to the channels and back."""
    async with opened(sample("starved"), (160, 30)) as session:
        await session.pilot.click("KeyLine", offset=(session.lines[-1].index("c channels"), 0))
        await session.pilot.pause()
        await session.press()
        assert session.channels
        await session.pilot.click("TitleBar", offset=(session.lines[0].index("2 Packets"), 0))
        await session.press()
        assert session.packets


@asynchronous
async def test_the_palette_runs_actions() -> None:
    """An action found by its name in the palette does what its key does."""
    async with opened(sample("starved")) as session:
        await session.press("ctrl+p")
        await session.write("channels")
        await session.pilot.pause(0.5)
        await session.press("down", "enter")
        await session.pilot.pause(0.3)
        assert session.channels


@asynchronous
async def test_help_lists_every_key_of_the_screen() -> None:
    """All actions of the screen and its panes stand in the help, which closes by the key that opened it."""
    async with opened(sample("starved"), (100, 24)) as session:
        await session.press("?")
        shown = ""
        for _ in range(12):
            shown += session.text
            await session.press("pagedown")
        here = (Scope.PACKETS, Scope.LIST, Scope.TREE, Scope.HEX, *EVERYWHERE)
        missing = [action.id for action in ACTIONS if action.scope in here and action.help not in shown]
        assert missing == []
        await session.press("?")
        assert session.packets


@asynchronous
async def test_help_is_folded_where_it_is_narrow() -> None:
    """No text is cut: what does not fit goes on below, under its beginning."""
    async with opened(sample("starved"), SMALL) as session:
        await session.press("?")
        shown = []
        for _ in range(12):
            shown += [line[30:75].strip() for line in session.lines[3:-2]]
            await session.press("pagedown")
        text = " ".join(shown)
        here = (Scope.PACKETS, Scope.LIST, *EVERYWHERE)
        missing = [action.id for action in ACTIONS if action.scope in here and action.help not in text]
        assert missing == []


@asynchronous
async def test_themes() -> None:
    """Another theme repaints everything in its own colours."""
    async with opened(sample("starved"), SMALL) as session:
        session.app.theme = "l2scope-light"
        await session.press("j")
        styles = {segment.style for strip in session.app.screen._compositor.render_strips() for segment in strip}
        backgrounds = {style.bgcolor.name for style in styles if style and style.bgcolor}
        assert "#fbfbf9" in backgrounds
        assert "#0f1419" not in backgrounds
