"""The screen of packets: moving, finding, jumping and coming back; fields and bytes that follow each other."""

import pytest
from textual.widgets import Input

from l2scope.tui.widgets.bars import KeyLine, PaneHead
from l2scope.tui.widgets.detail_tree import DetailTree
from l2scope.tui.widgets.hex_view import HexView
from tests.tui.driving import SMALL, Session, asynchronous, opened, sample


def note(session: Session) -> str:
    """What the key line says at its right."""
    return session.packets.query_one(KeyLine).note[0]


@asynchronous
async def test_moving_with_the_keys_of_vim_and_wireshark() -> None:
    """j, k, arrows, g, G, pages and half pages move the cursor as in vim."""
    async with opened(sample("starved"), SMALL) as session:
        table = session.packets.table
        steps = {"j": 2, "down": 3, "k": 2, "pagedown": 2 + table.page, "pageup": 2, "ctrl+d": 2 + table.page // 2}
        for key, packet in steps.items():
            await session.press(key)
            assert session.packets.number == packet, key
        await session.press("G")
        assert session.packets.number == 203
        await session.press("g")
        assert session.packets.number == 1


@asynchronous
async def test_find_goes_along_while_one_types() -> None:
    """Each character more narrows the search from where it began; Enter keeps the place, Escape goes back."""
    async with opened(sample("refused")) as session:
        await session.press("j", "/")
        await session.write("connection request")
        request = session.packets.number
        assert "Connection Request" in session.packets.rows.summary(request - 1).summary
        await session.press("escape")
        assert session.packets.number == 2
        await session.press("/")
        await session.write("refused")
        await session.press("enter")
        assert "refused" in session.packets.rows.search_text(session.packets.table.row)
        await session.press("backspace")
        assert session.packets.number == 2


@asynchronous
async def test_find_again_goes_round() -> None:
    """n goes to the next match and round to the first, N the other way; both are jumps to come back from."""
    async with opened(sample("refused")) as session:
        rows = session.packets.rows
        matches = [row + 1 for row in range(rows.count) if "credits" in rows.search_text(row)]
        await session.press("/")
        await session.write("credits")
        await session.press("enter")
        seen = [session.packets.number]
        for _ in matches:
            await session.press("n")
            seen.append(session.packets.number)
        assert seen == [*matches, matches[0]]
        assert "from the beginning" in note(session)
        await session.press("N")
        assert session.packets.number == matches[-1]
        await session.press("backspace")
        assert session.packets.number == matches[0]


@asynchronous
async def test_find_nothing() -> None:
    """A text that is nowhere leaves the cursor where it was and says so."""
    async with opened(sample("refused")) as session:
        await session.press("j", "j", "/")
        await session.write("xyzzy")
        assert session.packets.number == 3
        assert note(session) == "no packet has xyzzy"


@asynchronous
async def test_go_to_a_packet() -> None:
    """: asks for digits only; a number beyond the end goes to the last packet."""
    async with opened(sample("starved")) as session:
        await session.press(":")
        await session.write("4x2")
        assert session.packets.query_one(Input).value == "42"
        await session.press("enter")
        assert session.packets.number == 42
        await session.press("ctrl+g")
        await session.write("99999")
        await session.press("enter")
        assert session.packets.number == 203


@asynchronous
async def test_stalls_and_their_other_ends() -> None:
    """s and S go from one packet that ends a stall to the next, o to the packet that began it, and back."""
    async with opened(sample("starved")) as session:
        stalls = session.app.capture.stalls()
        await session.press("s")
        assert session.packets.number == stalls[0].end_packet
        await session.press("s")
        assert session.packets.number == stalls[1].end_packet
        await session.press("o")
        assert session.packets.number == stalls[1].start_packet
        await session.press("o", "S")
        assert session.packets.number == stalls[0].end_packet
        await session.press("S")
        assert "no stall before" in note(session)


@asynchronous
async def test_along_a_channel() -> None:
    """] visits each packet of a channel in order, from its opening to its closing; [ goes back."""
    async with opened(sample("two_channels")) as session:
        capture = session.app.capture
        channel = capture.channels[1]
        assert channel.opened is not None
        await session.press(":")
        await session.write(str(channel.opened))
        await session.press("enter", "]")
        seen = [session.packets.number]
        while "no further" not in note(session):
            await session.press("]")
            seen.append(session.packets.number)
        assert seen == sorted(seen)
        assert seen[-1] == channel.closed
        pdus, credits = capture.tables.pdus, capture.tables.credits
        own = set(pdus["last"][pdus["channel"] == channel.id].tolist())
        own |= set(credits["packet"][credits["flow"] >> 1 == channel.id].tolist())
        assert own <= set(seen)
        await session.press("[")
        assert session.packets.number == seen[-3]


@asynchronous
async def test_back_and_forward() -> None:
    """Every jump can be taken back, in turn, and going back can be undone; a plain move is no jump."""
    async with opened(sample("starved")) as session:
        await session.press("j", "j", "s", "j", "c", "q")
        await session.press("backspace")
        assert session.app.screen is session.channels
        await session.press("backspace")
        assert session.packets.number == session.app.overview.stall_ends[0] + 1
        await session.press("backspace")
        assert session.packets.number == 3
        await session.press("backspace")
        assert session.packets.number == 3
        await session.press("alt+right")
        assert session.packets.number == session.app.overview.stall_ends[0] + 1


@asynchronous
async def test_a_field_shows_its_bytes_and_a_byte_its_field() -> None:
    """Moving in the tree marks the field's bytes; moving in the bytes chooses the innermost field that holds them."""
    async with opened(sample("starved")) as session:
        await session.press("s", "enter")
        tree, view = session.packets.query_one(DetailTree), session.packets.query_one(HexView)
        assert tree.has_focus
        assert tree.field is not None
        assert tree.field.name == "Flow Control Credit Ind"
        assert view.marked == range(tree.field.start, tree.field.stop)
        await session.press("j")
        assert view.marked == range(tree.field.start, tree.field.start + 1)
        await session.press("tab", "g")
        assert view.has_focus
        chosen = []
        for _ in range(len(view.data)):
            assert tree.field is not None
            assert tree.field.start <= view.cursor < tree.field.stop
            chosen.append(tree.field.name)
            await session.press("l")
        assert "Credits" in chosen
        assert "CID" in chosen


@asynchronous
async def test_buffers() -> None:
    """A PDU in many fragments has its whole bytes in a buffer of their own, which b shows."""
    async with opened(sample("small_fragments")) as session:
        await session.press("/")
        await session.write("sdu 0")
        await session.press("enter", "tab", "tab")
        view = session.packets.query_one(HexView)
        names = [buffer.name for buffer in view.buffers]
        assert len(names) >= 2
        for expected in [*range(1, len(names)), 0]:
            view.show_buffer((expected - 1) % len(names))
            await session.press("b")
            assert view.buffer == expected
            head = session.packets.query_one("#bytes-head", PaneHead)
            assert any(text == names[expected] for text, _ in head.left)


@asynchronous
async def test_what_is_opened_stays_open() -> None:
    """A layer that was closed or opened by hand stays so in the next packets, although their numbers differ."""
    async with opened(sample("starved")) as session:
        await session.press("s", "enter", "g", "enter")
        tree = session.packets.query_one(DetailTree)
        opened_by_hand = len(tree.lines)
        assert tree.lines[1].depth == 1
        await session.press("shift+tab", "s")
        assert tree.lines[1].depth == 1
        assert len(tree.lines) == opened_by_hand


@asynchronous
async def test_a_field_that_names_a_packet_leads_there() -> None:
    """Enter on `Answered in packet ...` goes to the answer; backspace comes back."""
    async with opened(sample("refused")) as session:
        await session.press("/")
        await session.write("based connection request")
        await session.press("enter")
        request = session.packets.number
        await session.press("tab", "G")
        tree = session.packets.query_one(DetailTree)
        assert tree.field is not None
        assert tree.field.name == "Answered in"
        answer = tree.field.value
        await session.press("enter")
        assert answer.startswith(f"packet {session.packets.number}")
        assert session.packets.number > request
        await session.press("backspace")
        assert session.packets.number == request


@asynchronous
async def test_copy() -> None:
    """y copies the selected rows, the field, or the marked bytes."""
    async with opened(sample("starved")) as session:
        await session.press("J", "J", "y")
        assert len(session.app.clipboard.splitlines()) == 3
        assert session.app.clipboard.startswith("1  0.000 000")
        await session.press("s", "tab", "y")
        assert session.app.clipboard == "Flow Control Credit Ind: identifier 1"
        await session.press("tab", "y")
        assert session.app.clipboard.startswith("16 01 04 00")


@pytest.mark.parametrize(("keys", "quits"), [("q", True), ("cq", False), ("cqq", True)])
@asynchronous
async def test_q(keys: str, quits: bool) -> None:
    """q leaves the channels for the packets, and the packets for the shell."""
    async with opened(sample("healthy"), SMALL) as session:
        for key in keys:
            await session.pilot.press(key)
            await session.pilot.pause()
        assert session.app._exit is quits
