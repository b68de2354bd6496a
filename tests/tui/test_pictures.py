"""The screens, as they must look. Each test says what must be seen; the pictures are in pictures/."""

import pytest

from tests.tui.driving import SMALL, WIDE, asynchronous, opened, sample
from tests.tui.pictures import check

SIZES = pytest.mark.parametrize("size", [SMALL, WIDE], ids=["80x24", "160x50"])

Size = tuple[int, int]


def named(name: str, size: Size) -> str:
    return f"{name}-{size[0]}x{size[1]}"


@pytest.fixture(autouse=True)
def far_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """A time zone that no other test uses: no picture may depend on it."""
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    monkeypatch.delenv("NO_COLOR", raising=False)


@SIZES
@asynchronous
async def test_packets(size: Size) -> None:
    """The cursor is on a packet that ends a stall: `!` in the gutter, its info stands out, the credits column shows the
    balance. Below are its fields, the credit indication open and chosen, and its bytes with that layer marked."""
    async with opened(sample("starved"), size) as session:
        await session.press("s", "s")
        check(session, named("packets", size))


@SIZES
@asynchronous
async def test_fields_and_bytes(size: Size) -> None:
    """A field of a K-frame that came in many fragments: the bytes of the whole PDU, the field's bytes marked, a byte
    cursor on the first of them, and the pane of the bytes marked as the one with the focus."""
    async with opened(sample("small_fragments"), size) as session:
        await session.press("/")
        await session.write("sdu")
        await session.press("enter", "enter", "l", "j", "tab")
        check(session, named("fields", size))


@SIZES
@asynchronous
async def test_find(size: Size) -> None:
    """While one types behind `/` the first packet with the text is in the list, and the text stands out in each row."""
    async with opened(sample("refused"), size) as session:
        await session.press("/")
        await session.write("refused")
        check(session, named("find", size))


@SIZES
@asynchronous
async def test_stalled_channel(size: Size) -> None:
    """One channel, marked `!`, all of its busy time stalled: in the table, in the bar, in the graph, whose stalls are
    hatched and labelled, and in the list of its 17 stalls, with the longest one chosen."""
    async with opened(sample("starved"), size) as session:
        await session.press("c")
        check(session, named("stalled", size))


@SIZES
@asynchronous
async def test_one_stall_close_by(size: Size) -> None:
    """The graph has the focus and is zoomed in: single stalls with their lengths, certain ones hatched more densely,
    and the cursor's column in the colour of the selection."""
    async with opened(sample("starved"), size) as session:
        await session.press("c", "tab", "+", "+", "+")
        check(session, named("zoomed", size))


@SIZES
@asynchronous
async def test_healthy_channel(size: Size) -> None:
    """The balance falls and rises in saw teeth and never reaches zero; the list says that there was no stall."""
    async with opened(sample("healthy"), size) as session:
        await session.press("c")
        check(session, named("healthy", size))


@SIZES
@asynchronous
async def test_two_channels(size: Size) -> None:
    """Two channels with data in both directions. The second one is chosen, and its other direction is shown."""
    async with opened(sample("two_channels"), size) as session:
        await session.press("c", "j", "d")
        check(session, named("two-channels", size))


@SIZES
@asynchronous
async def test_no_channel(size: Size) -> None:
    """A capture without channels says so, and what to do next, instead of showing an empty graph."""
    async with opened(sample("att_only"), size) as session:
        await session.press("c")
        check(session, named("no-channel", size))


@SIZES
@asynchronous
async def test_help(size: Size) -> None:
    """The keys of this screen over the screen, its own first, then those of the pane with the focus."""
    async with opened(sample("starved"), size) as session:
        await session.press("?")
        check(session, named("help", size))


@asynchronous
async def test_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cursor is reversed, other panes' cursors are underlined, and `!`, bold and hatching say the rest."""
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(sample("starved"), SMALL) as session:
        await session.press("c", "enter")
        check(session, "no-colour-80x24")
        colours = {
            colour
            for strip in session.app.screen._compositor.render_strips()
            for segment in strip
            if segment.style is not None
            for colour in (segment.style.color, segment.style.bgcolor)
            if colour is not None and not colour.is_default
        }
        assert colours == set()
