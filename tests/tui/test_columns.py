"""Columns that the user chose: any field, in any order and width, and what hostile values in them may do: nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import sleep

import numpy as np
import pytest

import l2scope as api
from l2scope.filter.fields import FIELDS
from l2scope.filter.values import Values, objects
from l2scope.tui.column_values import PENDING, ColumnValues, Text, Wanted
from l2scope.tui.packet_columns import DEFAULT, PacketColumn, columns_in, from_data, known, source_of
from l2scope.tui.screens.columns import ColumnsScreen
from l2scope.tui.screens.menu import MenuScreen
from l2scope.tui.user import User
from l2scope.tui.widgets.detail_tree import DetailTree
from tests.analysis.gatt.captures import capture_of, linked, sent
from tests.tui.driving import MEDIUM, SMALL, WIDE, Session, asynchronous, opened, press, sample
from tests.tui.pictures import check
from tests.tui.test_hostile import TEXTS, assert_harmless, capture_with
from tests.tui.test_pictures import Size, named

LARGE = (200, 60)
SIZES = pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE], ids=["80x24", "120x34", "200x60"])


async def filled(session: Session) -> None:
    """Waits until no cell on the screen is pending."""
    for _ in range(200):
        await session.press()
        if not session.packets.rows.values.is_wanted and not session.packets._filling:
            return
    raise AssertionError("values never came")


async def show(session: Session, *names: str) -> None:
    """Shows these columns."""
    session.packets.show_columns(tuple(PacketColumn(name) for name in names))
    await session.pilot.pause()
    await filled(session)


def cells(session: Session, column: int) -> list[str]:
    """What a column says in the rows of the screen."""
    rows, table = session.packets.rows, session.packets.table
    shown = range(table.scroll_offset.y, min(table.scroll_offset.y + table.page, table.count))
    return ["".join(text for text, _ in rows.cells(table.row_at(at))[column]).strip() for at in shown]


@asynchronous
async def test_any_field_is_a_column() -> None:
    """Packets 40 to 50 of att_only: the handles that ATT requests and answers name, and the opcodes by their names."""
    async with opened(sample("att_only"), SMALL) as session:
        await show(session, "number", "btatt.handle", "btatt.opcode", "info")
        await session.press(":", "4", "9", "enter")
        await filled(session)
        seen = dict(zip(cells(session, 0), zip(cells(session, 1), cells(session, 2), strict=True), strict=True))
        assert seen["49"] == ("", "Read By Group Type Request")
        assert seen["51"] == ("0x001B", "Error Response")
        assert "0x001B" in session.text


@asynchronous
async def test_add_remove_move_and_size(tmp_path: Path) -> None:
    """The keys of the columns change the list at once, and the next session begins with what was left."""
    async with opened(sample("att_only"), WIDE, user=User(tmp_path)) as session:
        await session.press("C", "k", "k", "k", "k", "k", "a")
        assert isinstance(session.app.screen, ColumnsScreen)
        await session.write("btatt.handle")
        await session.press("down", "down", "up", "up", "enter", "K", "+", "+", "escape")
        names = [column.name for column in session.packets.rows.chosen]
        assert names == ["btatt.handle", "number", *[column.name for column in DEFAULT[1:]]]
        handle = source_of("btatt.handle")
        assert handle is not None
        assert session.packets.rows.chosen[0].width == handle.width + 2
        assert session.lines[1].split()[:2] == ["btatt.handle", "No."]
        await session.press("C", "x", "x", "escape")
    async with opened(sample("att_only"), WIDE, user=User(tmp_path)) as session:
        left = [column.name for column in session.packets.rows.chosen]
        assert len(left) == len(names) - 2
        await session.press("C", "R", "escape")
        assert session.packets.rows.chosen == DEFAULT


@asynchronous
async def test_a_field_of_the_tree_becomes_a_column() -> None:
    """The line under the cursor of the tree names a filter field; a line that has none says so."""
    async with opened(sample("starved"), WIDE) as session:
        await session.press("s", "enter", "j", "j", "j", "j", "j", "a")
        field = session.packets.query_one(DetailTree).field
        assert field is not None
        assert field.name == "Credits"
        assert "btl2cap.credits" in [column.name for column in session.packets.rows.chosen]
        await filled(session)
        place = [column.name for column in session.packets.rows.chosen].index("btl2cap.credits")
        assert "7" in cells(session, place)
        await session.press("g", "a")
        assert "no filter field" in session.lines[-1]


@asynchronous
async def test_time_columns() -> None:
    """Delta counts from the packet before, delta shown from the one above in the list, delta channel from the one of
    the same channel: the times of the capture say how much."""
    async with opened(sample("starved"), SMALL) as session:
        await show(session, "number", "time.delta", "time.delta.shown", "time.delta.channel", "time.day")
        await session.press("&")
        await session.write("l2scope.channel == 0")
        await session.press("enter", ":", "5", "1", "enter")
        await filled(session)
        times = {n: int(t) for n, t in enumerate(session.app.capture.tables.packets["time"], 1)}
        shown = dict(zip(cells(session, 0), range(50), strict=False))
        at = shown["51"]
        microseconds = [int(cells(session, column)[at].replace(".", "").replace(" ", "")) for column in (1, 2, 3)]
        assert microseconds[0] == (times[51] - times[50]) // 1000
        assert microseconds[1] == microseconds[2] == (times[51] - times[49]) // 1000
        assert cells(session, 4)[at] == "15:06:41.455425"


@asynchronous
async def test_no_key_waits_for_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """While values are computed the cells say … and keys work; then the values are there."""
    real = ColumnValues.compute
    held = True

    def slow(self: ColumnValues, wanted: Wanted, stopped: Callable[[], bool]) -> dict[tuple[str, int], Text]:
        while held:
            sleep(0.005)
        return real(self, wanted, stopped)

    async with opened(sample("att_only"), SMALL) as session:
        monkeypatch.setattr(ColumnValues, "compute", slow)
        session.packets.show_columns((PacketColumn("number"), PacketColumn("frame.len")))
        await session.pilot.pause(0.05)
        assert set(cells(session, 1)) == {"…"}
        await press(session.pilot, "j", "j")
        assert session.packets.number == 3
        held = False
        await filled(session)
        assert cells(session, 1)[0] == "4"
        assert "…" not in cells(session, 1)


@pytest.mark.parametrize("name", TEXTS)
@asynchronous
async def test_hostile_values(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the name of a peer is in a column of the user's, its neighbours read as they did, and nothing steers the
    terminal; the same in menus and in the filter line that is made of the value."""
    called = TEXTS[name].decode("utf-8", "surrogateescape")
    hostile = replace(
        FIELDS["l2scope.peer.name"], values=lambda packets, mask: Values(np.array([1]), objects([called]))
    )
    monkeypatch.setitem(FIELDS, "l2scope.peer.name", hostile)
    async with opened(capture_with(tmp_path, TEXTS["markup"]), SMALL) as session:
        await show(session, "number", "l2scope.peer.name", "time")
        assert_harmless(session, 80)
        assert [line.split()[0] for line in session.lines[2:5]] == ["1", "2", "3"]
        times = ["0.000 000", "0.001 000", "0.002 000"]
        assert [line.rstrip(" ▁▂▃▄▅▆▇█")[-9:] for line in session.lines[2:5]] == times
        await session.press("j", ".", ".", "Y")
        assert isinstance(session.app.screen, MenuScreen)
        assert_harmless(session, 80)
        await session.press("f", "M")
        assert_harmless(session, 80)
        await session.press("escape", "=")
        assert_harmless(session, 80)
        await session.press("enter")
        assert_harmless(session, 80)
        assert session.app.is_running


@asynchronous
async def test_a_key_is_no_value(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A column of long term keys, and what is copied, say that they are hidden until keys are shown."""
    key = bytes(range(0x41, 0x51))
    handle, packet = sent("00")
    encrypted = bytes((packet[0],)) + packet[1:3] + (21).to_bytes(2, "little") + b"\x11\x00\x06\x00\x06" + key
    path = capture_of(tmp_path_factory.mktemp("keys"), linked(), (handle, encrypted)).path
    async with opened(path) as session:
        await show(session, "number", "btsmp.long_term_key", "btsmp")
        assert cells(session, 1)[1] == "hidden"
        assert cells(session, 2)[1] == "✓"
        await session.press("j", ".", ".", "=")
        assert "41" not in session.packets.bar.line.value
        await session.press("escape", "Y", "x")
        assert session.app.clipboard.endswith("06 00 06" + " ··" * 16)
        await session.press("Y", "j")
        assert "4142" not in session.app.clipboard
        await session.press("ctrl+k")
        await filled(session)
        assert cells(session, 1)[1] == key.hex(" ")


def test_what_is_known_anew_replaces_what_was_known() -> None:
    """Once a capture is judged anew each value is computed once more, and then no longer wanted."""
    values = ColumnValues(api.open(sample("starved")))
    for _ in range(3):
        assert values.of("frame.len", 0) in (PENDING, "4")
        assert values.is_wanted
        values.keep(values.compute(values.take_wanted(), lambda: False))
        assert values.of("frame.len", 0) == "4"
        assert not values.is_wanted
        values.renew()


def test_kept_columns_are_checked() -> None:
    """A file that others wrote gives columns that exist, widths that can be shown, and never an error."""
    wrong: tuple[object, ...] = (None, 7, [], {}, {"columns": 7}, {"columns": [7, {"name": "nope"}]}, {"columns": [[]]})
    for data in wrong:
        assert columns_in(data) == DEFAULT
    hostile = {"columns": [{"name": "frame.len", "width": 10**9, "title": "\x1b[31m"}]}
    assert columns_in(hostile) == (PacketColumn("frame.len", 120, "\ufffd[31m"),)
    assert len(from_data([{"name": name} for name in FIELDS])) == 40


def test_every_field_can_be_a_column() -> None:
    """All of them have a title and a width, and are found by their names."""
    for name in FIELDS:
        source = source_of(name)
        assert source is not None
        assert 1 <= source.width <= 26
        assert source.title
        assert known(name)[0].name == name


@SIZES
@asynchronous
async def test_packets_picture(size: Size) -> None:
    """A column of handles and one of deltas before Info; packet 60 is marked a, times count from 62, the chosen column
    stands out in the head and under the cursor, protocols have tones of their own."""
    async with opened(sample("att_only"), size) as session:
        await show(session, "number", "time", "time.delta.channel", "hci", "protocol", "btatt.handle", "info")
        await session.press(":", "6", "0", "enter", "m", "a", "j", "j", "T", "j")
        for _ in range(3 if size == SMALL else 6):
            await session.press(".")
        await filled(session)
        check(session, named("user-columns", size))


@SIZES
@asynchronous
async def test_columns_picture(size: Size) -> None:
    """The columns over the lower part of the list, the one before Info under the cursor, and the keys that change
    them."""
    async with opened(sample("starved"), size) as session:
        await session.press("C")
        check(session, named("columns", size))


@SIZES
@asynchronous
async def test_adding_picture(size: Size) -> None:
    """While a column is looked for: what is typed, and the fields that fit, the one called so first."""
    async with opened(sample("starved"), size) as session:
        await session.press("C", "a")
        await session.write("handle")
        check(session, named("columns-add", size))


@asynchronous
async def test_fields_of_dissectors() -> None:
    """A field that a dissector declares is a column like any other, from the tree too: the number of a message stands
    in the first two bytes of its SDU."""
    async with opened(sample("forum_chat"), WIDE) as session:
        await session.press("/")
        await session.write("chat")
        await session.press("enter", "enter", "l", "a")
        assert "forum_chat.message" in [column.name for column in session.packets.rows.chosen]
        await filled(session)
        place = [column.name for column in session.packets.rows.chosen].index("forum_chat.message")
        await session.press(":", "5", "1", "enter")
        await filled(session)
        capture, sdus = session.app.capture, session.app.capture.tables.sdus
        numbers = {int(row["last_packet"]): capture.sdu_bytes(at)[0] for at, row in enumerate(sdus[:6])}
        seen = dict(zip(cells(session, 0), cells(session, place), strict=True))
        assert {packet: seen[str(packet)] for packet in numbers} == {p: str(number) for p, number in numbers.items()}
        assert seen["47"] == ""
