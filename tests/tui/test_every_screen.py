"""Every screen at every size, on a sample where it shows something.

What other tests have a picture of at a size is not stored again: it is only opened here.
"""

from dataclasses import dataclass

import pytest
from rich.cells import cell_len

from tests.tui.driving import LARGE, MEDIUM, SMALL, Session, asynchronous, opened, sample
from tests.tui.pictures import check
from tests.tui.tabbed import until

SIZES = pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE], ids=["80x24", "120x34", "200x60"])

Size = tuple[int, int]


@dataclass(frozen=True)
class View:
    """A screen: the keys that lead there, a text that must be seen, and the sizes of which a picture is kept here."""

    name: str
    sample: str
    keys: tuple[str, ...]
    says: str
    pictures: tuple[Size, ...] = ()


VIEWS = (
    View("overview", "starved", ("1",), "stood", (LARGE,)),
    View("packets", "starved", ("s", "s"), "Flow Control Credit", (MEDIUM, LARGE)),
    View("filter", "starved", ("&", *"btl2cap.credits", "enter"), "btl2cap.credits", (LARGE,)),
    View("channels", "starved", ("c",), "stall", (MEDIUM, LARGE)),
    View("findings", "starved", ("4",), "COC001", (LARGE,)),
    View("ladder", "starved", ("5", "+"), "K-frame", (LARGE,)),
    View("link", "starved", ("5", "w"), "Credit", (SMALL,)),
    View("att", "att_only", ("6", "tab", "j"), "Request", (LARGE,)),
    View("gatt", "att_only", ("7", "j", "j", "j"), "0x", (LARGE,)),
    View("follow", "forum_chat", ("8", "j"), "Chat"),
    View("statistics", "two_channels", ("9",), "packets"),
    View("latencies", "two_channels", ("9", "tab", "v", "v"), "Longest", (SMALL,)),
    View("what-if", "starved", ("c", "w"), "instead of", (SMALL,)),
    View("help", "starved", ("?",), "find text in protocol and info", (MEDIUM, LARGE)),
    View("columns", "starved", ("C",), "Columns"),
    View("copy-as", "starved", ("Y",), "hex"),
    View("menu", "starved", ("M",), "filter"),
    View("marks", "starved", ("m", "a", "'"), "a "),
    View("decode-as", "forum_chat", ("8", "D"), "Decode channel #0 as"),
    View("opening", "starved", ("ctrl+o",), "Open"),
    View("palette", "starved", ("ctrl+p", *"stall"), "stall", (SMALL, MEDIUM, LARGE)),
)


@SIZES
@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
@asynchronous
async def test_a_screen(view: View, size: Size) -> None:
    """It shows what it is for, and no line is wider or narrower than the terminal."""
    async with opened(sample(view.sample), size) as session:
        await session.press(*view.keys)
        await until(session, lambda: view.says in session.text)
        await settled(session)
        assert {cell_len(line) for line in session.lines} == {size[0]}
        if size in view.pictures:
            check(session, f"every-{view.name}-{size[0]}x{size[1]}")


async def settled(session: Session) -> None:
    """Waits until nothing changes any more."""
    seen = ""
    while seen != session.text:
        seen = session.text
        await session.pilot.pause(0.1)
