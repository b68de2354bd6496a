"""The filter bar of the packets: results while one types, reasons, completion, history."""

import numpy as np
import pytest

from l2scope.filter.completion import complete
from l2scope.filter.known_fields import KNOWN
from tests.tui.driving import MEDIUM, SMALL, Session, asynchronous, opened, sample
from tests.tui.pictures import check
from tests.tui.test_pictures import Size, named

SIZES = pytest.mark.parametrize("size", [SMALL, MEDIUM], ids=["80x24", "120x34"])


def shown(session: Session) -> list[int]:
    """The packets on the list."""
    table = session.packets.table
    return [session.packets.rows.number(table.row_at(position)) for position in range(table.count)]


def passing(session: Session, filter: str) -> list[int]:
    return list(session.app.capture.where(filter))


@asynchronous
async def test_list_follows() -> None:
    """What is typed narrows the list; Enter keeps it, Escape goes back to what was in force."""
    async with opened(sample("starved")) as session:
        await session.press("&")
        await session.write("l2scope.stall")
        stalls = passing(session, "l2scope.stall")
        assert shown(session) == stalls != []
        await session.press("enter", "&")
        await session.write(" && frame.number > 60")
        assert shown(session) == [number for number in stalls if number > 60]
        await session.press("escape")
        assert shown(session) == stalls
        assert session.packets.bar.line.value == "l2scope.stall"
        assert session.app.focused is session.packets.table


@asynchronous
async def test_empty_filter_lets_all_pass() -> None:
    """An empty line takes the filter away, and the bar with it."""
    async with opened(sample("starved")) as session:
        await session.press("&")
        await session.write("btl2cap")
        await session.press("enter", "&", "ctrl+u", "enter")
        assert session.packets.table.count == session.app.capture.count
        assert not session.packets.bar.display


@asynchronous
async def test_wrong_filter() -> None:
    """A text that is no filter turns red with its reason, cannot be put in force, and leaves the list alone."""
    async with opened(sample("starved")) as session:
        await session.press("&")
        await session.write("btl2cap")
        before = shown(session)
        await session.write(" &&")
        assert session.packets.bar.has_class("-invalid")
        await session.press("enter")
        assert session.packets.bar.is_open
        assert shown(session) == before
        await session.write(" frame.len > 20")
        assert session.packets.bar.has_class("-valid")


@asynchronous
async def test_history() -> None:
    """The arrows bring back what was in force before."""
    async with opened(sample("starved")) as session:
        for text in ("bthci_evt", "bthci_cmd"):
            await session.press("&", "ctrl+u")
            await session.write(text)
            await session.press("enter")
        await session.press("&", "up", "up")
        assert session.packets.bar.line.value == "bthci_evt"
        await session.press("down", "enter")
        assert shown(session) == passing(session, "bthci_cmd")


@asynchronous
async def test_completion_keys() -> None:
    """Tab writes what is certain of a field, then a value by its name."""
    async with opened(sample("starved")) as session:
        await session.press("&")
        await session.write("bthci_cmd.opc")
        await session.press("tab")
        assert session.packets.bar.line.value == "bthci_cmd.opcode"
        await session.write(' == "rese')
        await session.press("tab", "tab", "enter")
        assert session.packets.bar.line.value == 'bthci_cmd.opcode == "Reset"'
        assert shown(session) == passing(session, "bthci_cmd.opcode == 0x0c03")


@asynchronous
async def test_jump_out_of_the_filter() -> None:
    """A jump to a packet that the filter leaves out takes the filter away, rather than not to arrive."""
    async with opened(sample("starved")) as session:
        await session.press("&")
        await session.write("bthci_evt")
        await session.press("enter", ":")
        hidden = int(np.flatnonzero(session.app.capture.tables.packets["kind"] == 2)[5]) + 1
        await session.write(str(hidden))
        await session.press("enter")
        assert session.packets.number == hidden
        assert session.packets.filter is None


@asynchronous
async def test_find_within() -> None:
    """Find goes along the packets that pass."""
    async with opened(sample("starved")) as session:
        await session.press("&")
        await session.write("l2scope.direction == rx")
        await session.press("enter", "/")
        await session.write("credits")
        await session.press("enter", "n")
        assert session.packets.number in passing(session, 'l2scope.direction == rx && l2scope.info contains "credits"')


@SIZES
@asynchronous
async def test_valid_picture(size: Size) -> None:
    """A filter that is being typed: a tick, green, how many packets pass, what could follow, the packets themselves."""
    async with opened(sample("starved"), size) as session:
        await session.press("&")
        await session.write("l2scope.credits.balance < 2 && l2scope.stall")
        check(session, named("filter-typed", size))


@SIZES
@asynchronous
async def test_active_picture(size: Size) -> None:
    """A filter in force: one line below the title with a tick and the count; the list has the focus."""
    async with opened(sample("starved"), size) as session:
        await session.press("&")
        await session.write("l2scope.stall > 0.2")
        await session.press("enter")
        check(session, named("filter", size))


@SIZES
@asynchronous
async def test_invalid_picture(size: Size) -> None:
    """A text that is no filter: a cross, red, the reason beside a caret under the column, the values that would fit."""
    async with opened(sample("starved"), size) as session:
        await session.press("&")
        await session.write('bthci_cmd.opcode == "LE Set Adv')
        check(session, named("filter-wrong", size))


@pytest.mark.parametrize(
    ("expression", "start", "has"),
    [
        ("btatt.opc", 0, "btatt.opcode"),
        ("frame.len > 3 && l2scope.cred", 17, "l2scope.credits.balance"),
        ("stall.ow", 0, "l2scope.stall.owed"),
        ('btatt.opcode == "write r', 16, '"Write Request"'),
        ("btatt.opcode in {1, ", 20, '"Write Request"'),
        ("btatt.opcode ", 13, "=="),
        ("btatt.value c", 12, "contains"),
        ("le", 0, "len("),
        ("btatt.opcode == 1", 16, ""),
        ("", 0, "frame"),
    ],
)
def test_completion(expression: str, start: int, has: str) -> None:
    """Fields, values by name and operators, each where they can stand."""
    found = complete(expression, len(expression))
    assert found.start == start
    assert has in found.words if has else has == ""
    assert len(found.words) <= 40
    assert all(
        word in KNOWN or not word[0].isalpha() or word.endswith("(") or word in ("in {", "contains", "matches")
        for word in found.words
    )
