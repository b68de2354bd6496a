"""BR/EDR channels on the screens."""

from tests.corpus import CORPUS, corpus_files, needs_corpus
from tests.tui.driving import asynchronous, opened

ERTM = CORPUS / "kernel" / "ertm_200x600_k6.12.btsnoop"


@needs_corpus
@asynchronous
async def test_the_packets_of_an_ertm_channel() -> None:
    """The list tells I-frames with their numbers and SDUs, and the signalling that configured them."""
    async with opened(ERTM) as session:
        await session.press("colon", *"1732", "enter")
        assert any("I-frame" in line and "TxSeq 27" in line for line in session.lines)
        assert any("S-frame" in line and "RNR, ReqSeq 28" in line for line in session.lines)


@needs_corpus
@asynchronous
async def test_an_ertm_channel() -> None:
    """Its head tells the window, what was sent again and how long the receiver was not ready."""
    async with opened(ERTM, (160, 50)) as session:
        await session.press("c")
        assert "window 63" in session.text
        assert "840 I-frames" in session.text
        assert "40 sent again" in session.text
        assert "receiver not ready for 34" in session.text
        assert "waiting for the window" in session.text
        assert "window 63 ┤" in session.text
        assert "receiver ready" in session.text
        assert "credit" not in session.text


@needs_corpus
@asynchronous
async def test_a_bearer_on_br_edr() -> None:
    """It is told apart from EATT, and leads to its channel."""
    (path,) = corpus_files("public/soaresden*")
    async with opened(path, (160, 50)) as session:
        await session.press("6")
        assert "BR/EDR on channel #0" in session.text
