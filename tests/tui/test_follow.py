"""What channels carry: messages, their content as text, bytes or a picture, and another dissector where wanted."""

import hashlib
from pathlib import Path
from unittest.mock import patch

import pytest

from l2scope.tui.screens.follow import FollowScreen
from l2scope.tui.screens.menu import MenuScreen
from l2scope.tui.widgets.content_view import ContentView
from tests.corpus import SAMPLES, read_json
from tests.tui.driving import MEDIUM, SMALL, Session, asynchronous, opened, sample
from tests.tui.pictures import check

LARGE = (200, 60)
SIZES = pytest.mark.parametrize("size", [SMALL, MEDIUM, LARGE], ids=["80x24", "120x34", "200x60"])
CHAT = read_json(SAMPLES / "forum_chat.truth.json")["content"]["messages"]


def follow(session: Session) -> FollowScreen:
    """The screen, which must be the one that is seen."""
    assert isinstance(session.app.screen, FollowScreen)
    return session.app.screen


def content(session: Session) -> list[str]:
    """What the pane of the content shows."""
    view = session.app.screen.query_one(ContentView)
    return [view.render_line(y).text.strip() for y in range(view.size.height)]


@SIZES
@asynchronous
async def test_a_chat(size: tuple[int, int]) -> None:
    """Messages of both directions in order, with fragments joined, their values in columns, and the text of the chosen
    one below; nothing of what a peer wrote steers the terminal."""
    async with opened(sample("forum_chat"), size) as session:
        await session.press("8", "j", "j", "j")
        check(session, f"follow-{size[0]}x{size[1]}")
        assert follow(session).rows.count == len(CHAT)


@SIZES
@asynchronous
async def test_a_picture(size: tuple[int, int]) -> None:
    """A frame that a camera sent, in half blocks."""
    async with opened(sample("image_stream"), size) as session:
        await session.press("8", "j")
        lines = content(session)
        assert any(line.startswith("▀") for line in lines)
        await session.press("v")
        assert content(session)[0].startswith("000000  ff d8 ff")
        check(session, f"follow-bytes-{size[0]}x{size[1]}")


@SIZES
@asynchronous
async def test_fields(size: tuple[int, int]) -> None:
    """Those of every SDU that a message was joined from, as the sender filled them in."""
    async with opened(sample("forum_chat"), size) as session:
        await session.press("8", "j", "j", "j", "v", "v")
        check(session, f"follow-fields-{size[0]}x{size[1]}")
        message = follow(session).rows.message(3)
        assert message is not None
        lines = content(session)
        assert sum(line.startswith("SDU ") for line in lines) == (1 if size == SMALL else len(message.units))
        assert any(line.startswith("Sequence  0") for line in lines)


@asynchronous
async def test_without_pillow_a_picture_says_what_to_install() -> None:
    """And shows its bytes."""
    with patch.dict("sys.modules", {"PIL": None, "PIL.Image": None}):
        async with opened(sample("image_stream"), MEDIUM) as session:
            await session.press("8")
            lines = content(session)
    assert "l2scope[pictures]" in lines[0]
    assert lines[2].startswith("000000  ff d8 ff")


@asynchronous
async def test_everything_leads_to_its_packet_and_back() -> None:
    """Enter goes to the packet that completes the message; 8 at a packet goes to its message; backspace comes back."""
    async with opened(sample("forum_chat"), MEDIUM) as session:
        await session.press("8", "j", "j", "j")
        message = follow(session).rows.message(3)
        assert message is not None
        await session.press("enter")
        assert session.packets.number == message.last_packet
        await session.press("backspace")
        assert follow(session).table.row == 3
        await session.press("2", "8")
        assert follow(session).table.row == 3


@asynchronous
async def test_find_and_one_direction() -> None:
    """/ finds a text or bytes, n goes on; d shows one direction alone."""
    async with opened(sample("forum_chat"), MEDIUM) as session:
        await session.press("8", "/")
        await session.write("picture is")
        await session.press("enter")
        found = follow(session).rows.message(follow(session).table.row)
        assert found is not None
        assert b"picture is" in found.content
        await session.press("/")
        await session.write("nowhere")
        await session.press("enter")
        assert "no message has nowhere" in session.text
        await session.press("d")
        assert follow(session).rows.count == sum(one["direction"] == "tx" for one in CHAT)
        await session.press("d")
        assert follow(session).rows.count == sum(one["direction"] == "rx" for one in CHAT)


@asynchronous
async def test_export(tmp_path: Path) -> None:
    """e writes the files, and says where."""
    async with opened(sample("forum_chat"), MEDIUM) as session:
        await session.press("8", "e")
        await session.write(str(tmp_path / "out"))
        await session.press("enter")
        hashes = {hashlib.sha256(path.read_bytes()).hexdigest() for path in (tmp_path / "out").iterdir()}
        assert {one["sha256"] for one in CHAT if one["type"] == "image"} <= hashes
        assert "files in" in session.text


@SIZES
@asynchronous
async def test_decode_as(size: tuple[int, int]) -> None:
    """D lists the dissectors; another one changes the messages, the packet list and the findings; "bytes" is none."""
    async with opened(sample("forum_chat_faults"), size) as session:
        assert session.app.overview.verdict.findings
        await session.press("8", "D")
        assert isinstance(session.app.screen, MenuScreen)
        check(session, f"decode-as-{size[0]}x{size[1]}")
        await session.press("home", "enter")
        conversation = follow(session).rows.conversation
        assert conversation is not None
        assert conversation.dissector is None
        assert not any(finding.rule.startswith("USR") for finding in session.app.overview.verdict.findings)
        await session.press("2")
        assert "Chat" not in session.text
        await session.press("8", "D", "escape")
        assert follow(session).rows.count


@asynchronous
async def test_nothing_to_follow() -> None:
    """An empty screen says what to do next."""
    async with opened(sample("att_only"), MEDIUM) as session:
        await session.press("8")
        assert "No channel carried an SDU" in session.text


@asynchronous
async def test_characteristics_are_followed_too() -> None:
    """Those that a dissector is for."""
    async with opened(sample("smp_mcumgr"), MEDIUM) as session:
        await session.press("8")
        assert follow(session).rows.count
        assert "MCUmgr" in session.text or "SMP" in session.text


@asynchronous
async def test_a_characteristic_is_decoded_as_something_else() -> None:
    """D on the screen of messages or at a packet offers the dissectors for the type of the characteristic; a letter
    goes to the next one that begins with it, round the end."""
    async with opened(sample("smp_mcumgr"), MEDIUM) as session:
        await session.press("8", "enter")
        packet = session.packets.number
        assert f"Packet {packet}  MCUmgr" in session.text
        await session.press("D")
        assert "Decode SMP as" in session.text
        await session.press("home", "enter")
        assert f"Packet {packet}  ATT" in session.text
        await session.press("D", "end", "enter", "8", "D")
        assert "Decode SMP as" in session.text
        assert any("●  smp_mcumgr" in line for line in session.lines)
        await session.press("end", "b", "enter")
        conversation = follow(session).rows.conversation
        assert conversation is not None
        assert conversation.dissector is None
        await session.press("D")
        assert any("●  bytes" in line for line in session.lines)


@asynchronous
async def test_a_packet_that_carries_nothing_to_decode() -> None:
    """It says so."""
    async with opened(sample("att_only"), MEDIUM) as session:
        await session.press("D")
        assert "nothing to decode" in session.lines[-1]
        assert session.packets


@asynchronous
async def test_what_was_said_goes_with_the_next_action() -> None:
    """A message about what could not be done does not outlive what could."""
    async with opened(sample("image_stream"), MEDIUM) as session:
        await session.press("8", "]", "]")
        assert "nothing further to follow" in session.lines[-1]
        await session.press("[")
        assert "nothing further" not in session.lines[-1]


@asynchronous
async def test_an_export_that_fails_says_why(tmp_path: Path) -> None:
    """In the words of the system."""
    (tmp_path / "file").write_text("")
    async with opened(sample("forum_chat"), SMALL) as session:
        await session.press("8", "e")
        await session.write(str(tmp_path / "file" / "below"))
        await session.press("enter")
        assert "not written: Not a directory" in session.lines[-1]
