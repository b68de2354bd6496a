"""Panes that are resized and shown alone, by keys and by the mouse."""

from pathlib import Path

import pytest

from l2scope.tui.user import User
from l2scope.tui.widgets.detail_tree import DetailTree
from l2scope.tui.widgets.hex_view import HexView
from l2scope.tui.widgets.packet_table import PacketTable
from tests.tui.driving import MEDIUM, SMALL, Session, asynchronous, opened, sample
from tests.tui.pictures import check
from tests.tui.test_pictures import Size, named

SIZES = pytest.mark.parametrize("size", [SMALL, MEDIUM, (200, 60)], ids=["80x24", "120x34", "200x60"])


def heights(session: Session) -> tuple[int, int]:
    return session.packets.table.size.height, session.packets.query_one("#panes").size.height


@asynchronous
async def test_larger_and_smaller(tmp_path: Path) -> None:
    """+ makes the pane with the focus larger, - smaller; the next session begins so, and on a smaller screen every pane
    is still seen."""
    async with opened(sample("starved"), MEDIUM, user=User(tmp_path)) as session:
        table, panes = heights(session)
        await session.press("+", "+")
        assert heights(session) == (table + 4, panes - 4)
        await session.press("enter", "+", "-", "+")
        assert heights(session) == (table + 2, panes - 2)
        width = session.packets.query_one(HexView).size.width
        await session.press("<")
        assert session.packets.query_one(HexView).size.width == width + 4
        await session.press(*["+"] * 20)
        assert heights(session) == (4, 28)
        await session.press(*["-"] * 20)
        assert heights(session) == (28, 4)
    async with opened(sample("starved"), SMALL, user=User(tmp_path)) as session:
        assert min(heights(session)) >= 4
        assert session.packets.query_one(HexView).size.height > 0


@asynchronous
async def test_one_pane_alone() -> None:
    """z shows the pane with the focus alone and then all again; Enter in the list alone leads to the fields."""
    async with opened(sample("starved"), MEDIUM) as session:
        await session.press("z")
        assert session.packets.table.size.height == 34 - 2
        await session.press("enter")
        assert session.packets.query_one(DetailTree).has_focus
        assert session.packets.query_one(DetailTree).size.height > 0
        await session.press("z")
        assert session.packets.query_one(DetailTree).size == (120, 31)
        await session.press("z", "tab", "z")
        assert session.packets.query_one(HexView).size.width >= 118
        await session.press("z")
        assert session.packets.table.size.height > 10


@asynchronous
async def test_dragging() -> None:
    """The head of the fields drags the edge above it, the edge of the bytes the one left of them; a double click on a
    head shows its pane alone."""
    async with opened(sample("starved"), MEDIUM) as session:
        table, panes = heights(session)
        head = session.packets.query_one("#fields-head")
        await session.pilot.mouse_down(head, offset=(30, 0))
        await session.pilot.hover(None, offset=(30, head.region.y - 5))
        await session.pilot.mouse_up(None, offset=(30, head.region.y))
        await session.press()
        assert heights(session) == (table - 5, panes + 5)
        right = session.packets.query_one("#right")
        x, width = right.region.x, right.size.width
        await session.pilot.mouse_down(None, offset=(x, right.region.y + 4))
        await session.pilot.hover(None, offset=(x - 7, right.region.y + 4))
        await session.pilot.mouse_up(None, offset=(x - 7, right.region.y + 4))
        await session.press()
        assert right.size.width == width + 7
        await session.pilot.click("#bytes-head", times=2)
        await session.press()
        assert not session.packets.table.display


@asynchronous
async def test_the_mouse_on_titles_and_rows() -> None:
    """A click chooses a column, dragging the end of its title makes it wider, the right button opens the menu of a
    packet, whose lines can be clicked."""
    async with opened(sample("starved"), MEDIUM) as session:
        at = session.lines[1].index("Protocol")
        await session.pilot.click(PacketTable, offset=(at + 1, 0))
        assert session.packets.rows.chosen[session.packets.packet_table.column].name == "protocol"
        end = at + 14
        await session.pilot.mouse_down(PacketTable, offset=(end, 0))
        await session.pilot.hover(PacketTable, offset=(end + 6, 0))
        await session.pilot.mouse_up(PacketTable, offset=(end + 6, 0))
        await session.press()
        assert session.packets.rows.chosen[4].width == 20
        await session.pilot.click(PacketTable, offset=(at, 5), button=3)
        await session.press()
        assert "Packet 5" in session.text
        line = next(index for index, line in enumerate(session.lines) if "time reference" in line)
        await session.pilot.click(None, offset=(session.lines[line].index("time reference"), line))
        await session.press()
        assert session.packets.rows.references.packets == [5]


@SIZES
@asynchronous
async def test_menu_picture(size: Size) -> None:
    """The menu of a packet at the mouse: what can be done, each with its key, and the filter for the clicked cell."""
    async with opened(sample("starved"), size) as session:
        await session.pilot.click(PacketTable, offset=(28, 6), button=3)
        await session.press()
        check(session, named("menu", size))


@asynchronous
async def test_the_right_button_on_a_field() -> None:
    """The menu of a field makes it a column."""
    async with opened(sample("starved"), MEDIUM) as session:
        await session.press("s")
        tree = session.packets.query_one(DetailTree)
        line = next(at for at, line in enumerate(tree.lines) if line.field.name == "Credits")
        await session.pilot.click(tree, offset=(10, line - tree.scroll_offset.y), button=3)
        await session.press()
        assert "btl2cap.credits == 7" in session.text
        await session.press("a")
        assert session.packets.rows.chosen[6].name == "btl2cap.credits"
