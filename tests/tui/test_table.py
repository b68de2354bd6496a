"""The virtual table, on rows made up here."""

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest
from textual import events
from textual.app import ComposeResult
from textual.pilot import Pilot

from l2scope.tui.key_map import KeyedApp
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.table_row import Cell, Column, plain
from l2scope.tui.widgets.virtual_table import GROWTH_STEP, VirtualTable
from tests.tui.driving import asynchronous, press


class Numbers:
    """Rows that show their own number; knows which were asked for."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.asked: set[int] = set()
        self.text = "a text much longer than the width of its column, so that it is cut and can be panned to its end"

    def columns(self, _width: int) -> Sequence[Column]:
        return (
            Column("No.", 10, right=True),
            Column("Left out first", 20, rank=2),
            Column("Left out next", 20, rank=1),
            Column("Text", 20, elastic=True),
        )

    def gutter(self, row: int) -> tuple[str, Tone]:
        return ("!", Tone.LOOK) if row % 10 == 0 else (" ", Tone.PLAIN)

    def cells(self, row: int) -> Sequence[Cell]:
        self.asked.add(row)
        return (plain(str(row)), plain("two"), plain("three"), plain(self.text))


class TableApp(KeyedApp):
    """A table and what it says."""

    def __init__(self, rows: Numbers) -> None:
        super().__init__()
        self.table = VirtualTable(rows, id="table")
        self.said: list[tuple[str, int]] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.update()
        self.table.focus()

    def on_virtual_table_moved(self, event: VirtualTable.Moved) -> None:
        self.said.append(("moved", event.row))

    def on_virtual_table_opened(self, event: VirtualTable.Opened) -> None:
        self.said.append(("opened", event.row))


def lines(app: TableApp) -> list[str]:
    return [strip.text for strip in app.screen._compositor.render_strips()]


@asynchronous
async def test_only_what_is_seen_is_made_into_text() -> None:
    """Of ten million rows those on the screen are asked for, at the beginning and after the jump to the end."""
    rows = Numbers(10_000_000)
    app = TableApp(rows)
    async with app.run_test(size=(100, 30)) as pilot:
        await press(pilot, "G")
        await pilot.pause()
        assert app.table.row == 9_999_999
        assert lines(app)[-1].split()[0] == "9999999"
    assert len(rows.asked) < 100


@asynchronous
async def test_view() -> None:
    """A view shows its rows in its order; the cursor stays on its row where the view has it, else goes to the first."""
    app = TableApp(Numbers(1000))
    async with app.run_test(size=(100, 30)) as pilot:
        app.table.go_to_row(30)
        app.table.set_view(np.arange(0, 1000, 10))
        assert (app.table.cursor, app.table.row, app.table.count) == (3, 30, 100)
        app.table.set_view(np.array([7, 5, 6]))
        await pilot.pause()
        assert [line.split()[-2] for line in lines(app)[1:4]] != []
        assert [app.table.row_at(position) for position in range(4)] == [7, 5, 6, -1]
        app.table.set_view(None)
        assert app.table.count == 1000
        app.table.set_view(np.zeros(0, np.int64))
        assert app.table.row == -1


@pytest.mark.parametrize(("width", "titles"), [(100, 4), (60, 3), (40, 2)])
@asynchronous
async def test_columns_that_do_not_fit_are_left_out(width: int, titles: int) -> None:
    """The least important column goes first; every line fills the width exactly."""
    app = TableApp(Numbers(100))
    async with app.run_test(size=(width, 10)) as pilot:
        await pilot.pause()
        shown = ("No.", "Left out first", "Left out next", "Text")
        assert sum(title in lines(app)[0] for title in shown) == titles
        assert {len(line) for line in lines(app)} == {width}


@asynchronous
async def test_pan() -> None:
    """A long text can be panned to its end and no further, and back to its beginning."""
    app = TableApp(Numbers(100))
    async with app.run_test(size=(80, 10)) as pilot:
        await press(pilot, *["l"] * 40)
        await pilot.pause()
        assert "…" in lines(app)[1]
        assert lines(app)[1].rstrip().endswith("panned to its end")
        await press(pilot, *["h"] * 40)
        await pilot.pause()
        assert "a text much longer" in lines(app)[1]


@asynchronous
async def test_selection() -> None:
    """J and K extend a selection from where the cursor was; a plain move ends it."""
    app = TableApp(Numbers(100))
    async with app.run_test(size=(80, 20)) as pilot:
        await press(pilot, "j", "j", "J", "J", "J")
        assert app.table.selection == range(2, 6)
        await press(pilot, "K", "K", "K", "K", "K")
        assert app.table.selection == range(0, 3)
        await press(pilot, "y")
        assert [line.split()[0] for line in app.clipboard.splitlines()] == ["0", "1", "2"]
        await press(pilot, "j")
        assert app.table.selection == range(1, 2)


async def clicked(pilot: Pilot[None], y: int, *, times: int = 1, shift: bool = False) -> None:
    await pilot.click("#table", offset=(5, y), times=times, shift=shift)
    await pilot.pause()


@asynchronous
async def test_mouse() -> None:
    """A click chooses, a double click opens, shift and click selects, the wheel scrolls and leaves the cursor alone."""
    app = TableApp(Numbers(1000))
    async with app.run_test(size=(80, 20)) as pilot:
        await clicked(pilot, 4)
        assert app.table.row == 3
        await clicked(pilot, 7, shift=True)
        assert app.table.selection == range(3, 7)
        await clicked(pilot, 9, times=2)
        assert app.said[-1] == ("opened", 8)
        await clicked(pilot, 0)
        assert app.table.row == 8
        for _ in range(5):
            app.table.post_message(
                events.MouseScrollDown(app.table, 1, 1, 0, 1, 0, shift=False, meta=False, ctrl=False)
            )
        await pilot.pause()
        assert app.table.scroll_offset.y > 0
        assert app.table.row == 8


@asynchronous
async def test_growing() -> None:
    """While rows are added the height is raised in steps, and nobody can scroll past the rows there are."""
    rows = Numbers(0)
    app = TableApp(rows)
    async with app.run_test(size=(80, 20)) as pilot:
        heights = set()
        for count in range(1000, 4 * GROWTH_STEP, 10_000):
            rows.count = count
            app.table.update(growing=True)
            heights.add(app.table.virtual_size.height)
            await asyncio.sleep(0)
        assert len(heights) == 4
        assert app.said[0] == ("moved", 0)
        await press(pilot, "G")
        await pilot.pause()
        assert app.table.row == rows.count - 1
        assert app.table.scroll_offset.y == rows.count + 1 - 20
        app.table.update()
        assert app.table.virtual_size.height == rows.count + 1


@asynchronous
async def test_the_cursor_has_lines_around_it() -> None:
    """Moving step by step the cursor keeps two lines below it; after a far jump it stands in the middle."""
    app = TableApp(Numbers(10_000))
    async with app.run_test(size=(80, 21)) as pilot:
        await press(pilot, *["j"] * 18)
        assert app.table.cursor - app.table.scroll_offset.y == app.table.page - 3
        app.table.go_to_row(5000)
        await pilot.pause()
        assert app.table.cursor - app.table.scroll_offset.y == app.table.page // 2


@asynchronous
async def test_empty() -> None:
    """A table without rows shows what it is told to say, and no key does any harm."""
    app = TableApp(Numbers(0))
    app.table.empty = (("Nothing here.", Tone.STRONG),)
    async with app.run_test(size=(80, 20)) as pilot:
        await press(pilot, "j", "G", "g", "pagedown", "l", "J", "y", "enter", "K")
        await pilot.pause()
        assert "Nothing here." in lines(app)[2]
        assert app.said == []
