"""What is not known exactly looks so: inferred channels, and balances that are only what there is at least."""

from pathlib import Path

import pytest

from l2scope.tui.figures import balance
from tests.corpus import CORPUS, needs_corpus
from tests.tui.driving import MEDIUM, SMALL, WIDE, asynchronous, opened, sample
from tests.tui.parts import begun_before
from tests.tui.pictures import check

SIZES = pytest.mark.parametrize("size", [SMALL, MEDIUM, WIDE], ids=["80x24", "120x34", "160x50"])


def test_a_lower_bound_says_so() -> None:
    """`≥` stands before a balance that may be higher."""
    assert [balance(1234, at_least=True), balance(0, at_least=False)] == ["≥1,234", "0"]


@asynchronous
async def test_packets_of_an_inferred_channel(tmp_path: Path) -> None:
    """Its packets end in `~`, their balances begin with `≥`; in a capture with the opening neither is seen."""
    async with opened(begun_before("healthy", tmp_path)) as session:
        frames = [line for line in session.lines if "#0   K-frame" in line]
        assert frames
        assert all(" ~ " in line and "≥" in line for line in frames)
    async with opened(sample("healthy")) as session:
        assert "≥" not in session.text
        assert "~" not in session.text


@SIZES
@asynchronous
async def test_inferred_channel(size: tuple[int, int], tmp_path: Path) -> None:
    """A channel from before the capture has `~` in the gutter and is dim; its head says how sure it is that there is a
    channel and what lacks; the graph is grey and its balances begin with `≥`."""
    async with opened(begun_before("healthy", tmp_path), size) as session:
        await session.press("c")
        assert "credits ≥" in session.text
        check(session, f"inferred-{size[0]}x{size[1]}")


@needs_corpus
@asynchronous
async def test_lost_packets_make_balances_lower_bounds() -> None:
    """After losses a channel whose opening was seen has no `~`, but `≥` before its balances, and says why."""
    async with opened(CORPUS / "bumble" / "lossy.btsnoop") as session:
        await session.press("c")
        assert "packets were lost, balances are what there is at least" in session.text
        assert "balance ≥" in session.text
        assert not session.lines[2].startswith("~")


@needs_corpus
@asynchronous
async def test_the_limits_of_a_reconfigured_channel() -> None:
    """The head tells the limits in force, and from which packet on (tshark: the server's response is frame 925)."""
    path = CORPUS / "kernel" / "ecred_5chan_1req_ch0stalls_reconf_k6.12.btsnoop"
    async with opened(path) as session:
        await session.press("c")
        assert "from packet" not in session.text
        session.channels.table.go_to_row(session.channels.rows.row_of(4))
        await session.press("j", "k")
        assert "MTU 512 MPS 188 from packet 925 on" in session.text
