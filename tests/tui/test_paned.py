"""Every screen with several panes: each pane can be larger, smaller and alone, and the next session begins so."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from l2scope.tui.screens.paned import PanedScreen
from l2scope.tui.user import User
from l2scope.tui.widgets.bars import KeyLine, TitleBar
from tests.tui.driving import MEDIUM, SMALL, Session, asynchronous, opened, sample
from tests.tui.tabbed import until


@dataclass(frozen=True)
class Panes:
    """The keys to a screen and into a pane of it, that pane, and the one that gives it room."""

    screen: str
    sample: str
    keys: tuple[str, ...]
    pane: str
    giving: str


PANES = (
    Panes("overview", "starved", ("1",), "findings", "ways"),
    Panes("channels", "starved", ("c",), "channels", "graph"),
    Panes("channels", "starved", ("c", "tab"), "graph", "stalls"),
    Panes("gatt", "att_only", ("7",), "attributes", "history"),
    Panes("att", "att_only", ("6",), "bearers", "transactions"),
    Panes("follow", "forum_chat", ("8",), "messages", "content"),
    Panes("statistics", "two_channels", ("9",), "rates", "upper"),
)
EACH = pytest.mark.parametrize("panes", PANES, ids=lambda panes: f"{panes.screen}-{panes.pane}")


def paned(session: Session) -> PanedScreen:
    screen = session.app.screen
    assert isinstance(screen, PanedScreen)
    return screen


def lines(session: Session, *names: str) -> tuple[int, ...]:
    return tuple(paned(session).query_one(f"#{name}").outer_size.height for name in names)


async def go(session: Session, panes: Panes) -> None:
    await session.press(*panes.keys)
    await until(session, lambda: min(lines(session, panes.pane, panes.giving)) > 0)


@EACH
@asynchronous
async def test_larger_and_kept(panes: Panes, tmp_path: Path) -> None:
    """Ctrl+Up takes two lines from the pane beside, which the next session has too; Z gives all of them back."""
    size = (120, 60)
    async with opened(sample(panes.sample), size, user=User(tmp_path)) as session:
        await go(session, panes)
        usual = lines(session, panes.pane, panes.giving)
        await session.press("ctrl+up")
        assert lines(session, panes.pane, panes.giving) == (usual[0] + 2, usual[1] - 2)
    async with opened(sample(panes.sample), size, user=User(tmp_path)) as session:
        await go(session, panes)
        assert lines(session, panes.pane, panes.giving) == (usual[0] + 2, usual[1] - 2)
        await session.press("ctrl+down", "ctrl+down")
        assert lines(session, panes.pane) == (max(4, usual[0] - 2),)
        await session.press("Z")
        assert lines(session, panes.pane, panes.giving) == usual


@EACH
@asynchronous
async def test_alone(panes: Panes) -> None:
    """z shows the pane with the focus and its head alone, between the title and the keys, and then all again."""
    async with opened(sample(panes.sample), MEDIUM) as session:
        await go(session, panes)
        usual = lines(session, panes.pane, panes.giving)
        await session.press("z")
        screen = paned(session)
        seen = {widget for widget in screen.query("*") if widget.region.height and not widget.children}
        pane = screen.query_one(f"#{panes.pane}")
        others = {widget.id for widget in seen if widget is not pane and not isinstance(widget, TitleBar | KeyLine)}
        assert others <= {f"{panes.pane}-head"}
        assert pane.outer_size.height >= MEDIUM[1] - 3
        await session.press("z")
        assert lines(session, panes.pane, panes.giving) == usual


@asynchronous
async def test_what_is_opened_is_seen() -> None:
    """Enter in the list alone leads into the other pane: all are there again."""
    async with opened(sample("att_only"), MEDIUM) as session:
        await session.press("7", "z", "enter")
        await until(session, lambda: bool(session.app.focused and session.app.focused.id == "history"))
        assert min(lines(session, "attributes", "history")) > 0


@asynchronous
async def test_side_by_side(tmp_path: Path) -> None:
    """Findings stand beside their explanation on a wide screen and above it on a narrow one: sizes of both are kept."""
    async with opened(sample("starved"), MEDIUM, user=User(tmp_path)) as session:
        await session.press("4")
        left = paned(session).query_one("#left").outer_size.width
        await session.press("ctrl+up")
        assert paned(session).query_one("#left").outer_size.width == left + 4
        await session.press("ctrl+left", "ctrl+left")
        assert paned(session).query_one("#left").outer_size.width == left - 4
    async with opened(sample("starved"), SMALL, user=User(tmp_path)) as session:
        await session.press("4")
        above, below = lines(session, "left", "right")
        await session.press("ctrl+up")
        assert lines(session, "left", "right") == (above + 2, below - 2)
    kept = json.loads((tmp_path / "layout.json").read_text())["panes"]["findings"]
    assert kept["cells"] == {"left": left - 4, "right": MEDIUM[0] - left + 4}
    assert kept["lines"] == {"left": above + 2, "right": below - 2}


@asynchronous
async def test_dragging_and_double_clicks() -> None:
    """A head drags the edge above it, a border between two panes that edge; a double click shows the pane alone."""
    async with opened(sample("two_channels"), (120, 60)) as session:
        await session.press("9")
        await until(session, lambda: min(lines(session, "rates", "upper", "lower")) > 0)
        before = lines(session, "rates", "upper")
        await drag(session, "#protocols-head", (20, 0), (20, -3))
        assert lines(session, "rates", "upper") == (before[0] - 3, before[1] + 3)
        border = paned(session).query_one("#endpoints-pane")
        width = border.outer_size.width
        await drag(session, "#endpoints-pane", (0, 4), (5, 4))
        assert border.outer_size.width == width - 5
        await session.pilot.click("#delays-head", times=2)
        await session.press()
        assert not paned(session).query_one("#rates").region.height
        assert paned(session).query_one("#delays").outer_size.width >= 118


async def drag(session: Session, selector: str, start: tuple[int, int], stop: tuple[int, int]) -> None:
    region = paned(session).query_one(selector).region
    x, y = region.x + stop[0], region.y + stop[1]
    await session.pilot.mouse_down(selector, offset=start)
    await session.pilot.hover(None, offset=(x, y))
    await session.pilot.mouse_up(None, offset=(x, y))
    await session.press()


@asynchronous
async def test_no_sizes_that_others_wrote(tmp_path: Path) -> None:
    """What is no size is not used, and what is too large a one leaves every pane its least."""
    layout = {"version": 1, "panes": {"channels": {"lines": {"graph": "1fr", "stalls": -3, "nope": 4}}, "gatt": 7}}
    (tmp_path / "layout.json").write_text(json.dumps(layout))
    async with opened(sample("starved"), MEDIUM) as session:
        await session.press("c")
        usual = lines(session, "channels", "graph", "stalls")
    async with opened(sample("starved"), MEDIUM, user=User(tmp_path)) as session:
        await session.press("c")
        assert lines(session, "channels", "graph", "stalls") == usual
    layout["panes"] = {"channels": {"lines": {"channels": 10_000, "graph": 1, "stalls": 10_001}}}
    (tmp_path / "layout.json").write_text(json.dumps(layout))
    async with opened(sample("starved"), MEDIUM, user=User(tmp_path)) as session:
        await session.press("c")
        assert min(lines(session, "channels", "graph", "stalls")) > 0
