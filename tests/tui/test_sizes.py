"""The screens at every size, and while the size changes."""

import pytest

from tests.tui.driving import asynchronous, opened, sample

KEYS = ("s", "enter", "j", "tab", "l", "c", "tab", "+", "l", "tab", "j", "?", "?", "q")


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (20, 6), (40, 12), (79, 23), (300, 4), (250, 90)])
@asynchronous
async def test_any_size(size: tuple[int, int]) -> None:
    """Nothing fails, and every line is as wide as the screen."""
    async with opened(sample("starved"), size) as session:
        for key in KEYS:
            await session.press(key)
            assert {len(line) for line in session.lines} == {size[0]}


@asynchronous
async def test_changing_size() -> None:
    """Panes stack and stand side by side again; the cursor stays on its packet and on the screen."""
    async with opened(sample("starved"), (160, 50)) as session:
        await session.press("G", "k")
        for size in ((80, 24), (120, 34), (60, 10), (200, 60)):
            await session.pilot.resize_terminal(*size)
            await session.press("c", "q")
            table = session.packets.table
            assert session.packets.number == 202
            assert 0 <= table.cursor - table.scroll_offset.y < table.page
            assert {len(line) for line in session.lines} == {size[0]}
