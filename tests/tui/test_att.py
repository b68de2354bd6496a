"""The screen of ATT: bearers, and the transactions of the chosen one."""

import pytest

from l2scope.analysis.transactions import transactions
from l2scope.capture import open_capture
from l2scope.tui.att_traffic import AttTraffic
from l2scope.tui.screens.att import AttScreen
from tests.corpus import CORPUS, SAMPLES, needs_corpus, read_json
from tests.tui.driving import MEDIUM, SMALL, WIDE, Session, asynchronous, opened, sample
from tests.tui.parts import cut_after
from tests.tui.pictures import check

SIZES = pytest.mark.parametrize("size", [SMALL, MEDIUM, WIDE], ids=["80x24", "120x34", "160x50"])


def att(session: Session) -> AttScreen:
    """The screen of ATT, which must be the one that is seen."""
    assert isinstance(session.app.screen, AttScreen)
    return session.app.screen


def test_the_bearer_of_the_sample() -> None:
    """The counts are those of the stack that made the capture."""
    truth = read_json(SAMPLES / "att_only.truth.json")["att"]
    with open_capture(sample("att_only")) as capture:
        (bearer,) = AttTraffic(capture).bearers
    asked = sum(count for name, count in truth["tx"].items() if name.endswith("REQUEST"))
    assert (bearer.mtu, bearer.requests, bearer.unanswered) == (truth["mtu"], asked, 0)
    assert bearer.errors == truth["rx"]["ATT_ERROR_RESPONSE"]
    assert bearer.indications == truth["rx"]["ATT_HANDLE_VALUE_INDICATION"]
    assert bearer.notifications == truth["rx"]["ATT_HANDLE_VALUE_NOTIFICATION"]
    assert bearer.commands == truth["tx"]["ATT_WRITE_COMMAND"]


def test_columns_and_objects_agree() -> None:
    """Request, answer, duration and failure are those that `l2scope att` lists."""
    with open_capture(sample("att_only")) as capture:
        traffic, listed = AttTraffic(capture), transactions(capture)
    packets = traffic.rows["packet"]
    assert packets[traffic.asking].tolist() == [found.request_packet for found in listed]
    assert packets[traffic.answers].tolist() == [found.response_packet for found in listed]
    assert traffic.lasted.tolist() == [found.duration_ns for found in listed]
    assert traffic.failed.tolist() == [found.error is not None for found in listed]


@asynchronous
async def test_from_a_request_to_its_packets_and_back() -> None:
    """Enter goes to the request, o to its answer, backspace back to the line; n to the next that failed."""
    with open_capture(sample("att_only")) as capture:
        listed = transactions(capture)
    failed = next(row for row, found in enumerate(listed) if found.error is not None)
    async with opened(sample("att_only")) as session:
        await session.press("6", "enter", "n")
        assert att(session).lower_table.cursor == failed
        await session.press("enter")
        assert session.packets.number == listed[failed].request_packet
        await session.press("backspace", "o")
        assert session.packets.number == listed[failed].response_packet
        await session.press("backspace")
        assert att(session).lower_table.cursor == failed


@asynchronous
async def test_a_request_that_was_not_answered(tmp_path_factory: pytest.TempPathFactory) -> None:
    """It stands out, says that there is no answer yet, and counts as unanswered."""
    with open_capture(sample("att_only")) as capture:
        request = transactions(capture)[3].request_packet
    path = cut_after("att_only", request, tmp_path_factory.mktemp("cut"))
    async with opened(path, SMALL) as session:
        await session.press("6", "enter", "G")
        line = next(line for line in session.lines if "none yet" in line)
        assert line.startswith("?")
        assert att(session).traffic is not None
        assert att(session).rows.bearers[0].unanswered == 1
        await session.press("o")
        assert "no answer is in this capture" in session.text


@needs_corpus
@SIZES
@asynchronous
async def test_enhanced_bearers(size: tuple[int, int]) -> None:
    """Two EATT bearers with channel and ATT_MTU; below them the requests of the second one, each with its answer, how
    long that took, and what was refused."""
    async with opened(CORPUS / "bumble" / "eatt.btsnoop", size) as session:
        await session.press("6", "j", "enter")
        check(session, f"att-{size[0]}x{size[1]}")
        await session.press("x")
        assert session.channels.channel is not None
        assert session.channels.channel.id == 1


@asynchronous
async def test_no_att() -> None:
    """A capture without ATT says so, and where ATT would be."""
    async with opened(sample("starved"), SMALL) as session:
        await session.press("6")
        assert "No ATT traffic is in this capture." in session.text
        await session.press("enter", "n", "o", "x", "tab", "q")
        assert session.packets
