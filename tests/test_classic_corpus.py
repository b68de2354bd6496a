"""BR/EDR channels in real captures: what the stacks did, and what tshark shows."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

import l2scope
from l2scope.analysis.findings import Finding
from l2scope.analysis.summary import PacketSummaries
from l2scope.dissection import Field, dissect
from l2scope.engine.words import ACL, FRAME_BAD_FCS
from l2scope.frames import FrameFigures
from l2scope.reading import read_figures
from tests.analysis.finding import findings_in_file
from tests.corpus import CORPUS, corpus_files, name_of, needs_corpus, read_json

pytestmark = needs_corpus
needs_tshark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")

KERNEL = CORPUS / "kernel"
FERDINAND = corpus_files("public/Ferdinand-Hoo*")
CHEOLJUN = corpus_files("public/cheoljun99-bluetooth-pcap-test--bluetooth.pcap")


def figures(channel: l2scope.Channel, direction: str) -> FrameFigures:
    found = channel.direction(direction).frames
    assert found is not None
    return found


@pytest.mark.parametrize("mode", ["ertm", "streaming", "basic"])
def test_the_kernel_sends_200_sdus_of_600_bytes(mode: str) -> None:
    """Adapter 0 sends to adapter 1: both see all of them, byte for byte the same, in order."""
    capture = l2scope.open(KERNEL / f"{mode}_200x600_k6.12.btsnoop")
    contents = []
    for adapter, direction in ((0, "tx"), (1, "rx")):
        channel = capture.channels.one(adapter=adapter, mode=mode)
        found = capture.sdus(channel, direction)
        assert [(sdu.length, sdu.state) for sdu in found] == [(600, "complete")] * 200
        contents.append([capture.sdu_bytes(sdu.row) for sdu in found])
    assert contents[0] == contents[1]
    assert [int.from_bytes(content[:4], "little") for content in contents[0]] == list(range(200))


def test_ertm_in_the_kernel() -> None:
    """840 I-frames, 40 of them sent again after as many SREJ, and a receiver that was not ready once."""
    for channel in l2scope.open(KERNEL / "ertm_200x600_k6.12.btsnoop").channels:
        data, answers = ("tx", "rx") if channel.adapter == 0 else ("rx", "tx")
        sender, receiver = figures(channel, data), figures(channel, answers)
        assert (sender.iframes, sender.retransmitted, sender.fcs_errors, sender.lost) == (840, 40, 0, 0)
        assert (receiver.srej, receiver.rnr, receiver.rej, receiver.iframes) == (40, 1, 0, 0)
        assert (sender.tx_window, sender.not_ready_times) == (63, 1)
        assert channel.direction(data).mps == 180


def test_streaming_in_the_kernel() -> None:
    """800 I-frames, none lost, and no S-frame."""
    for channel in l2scope.open(KERNEL / "streaming_200x600_k6.12.btsnoop").channels:
        sender = figures(channel, "tx" if channel.adapter == 0 else "rx")
        assert (sender.iframes, sender.lost, sender.rr) == (800, 0, 0)


@pytest.mark.parametrize(("name", "sender"), [("classic", "tx"), ("classic.peer", "rx")])
def test_bumble_agrees_with_its_truth(name: str, sender: str) -> None:
    """SDP, RFCOMM, basic data, and enhanced retransmission mode without and with a check sequence."""
    truth = read_json(CORPUS / "bumble" / "classic.truth.json")
    capture = l2scope.open(CORPUS / "bumble" / f"{name}.btsnoop")
    for psm, label, fcs in ((0x1003, "fcs=False", False), (0x1005, "fcs=True", True)):
        channel = capture.channels.one(psm=psm, mode="ertm")
        digests = [hashlib.sha256(capture.sdu_bytes(sdu.row)).hexdigest() for sdu in capture.sdus(channel, sender)]
        assert digests == truth["ertm"][label]["sent"]
        assert (figures(channel, sender).fcs, figures(channel, sender).fcs_errors) == (fcs, 0)
    assert capture.channels.one(psm=0x1001, mode="basic").direction(sender).sdus == truth["basic_sdus"]
    sdp = capture.channels.one(psm=0x0001)
    assert (sdp.tx.sdus, sdp.rx.sdus) == (1, 1)
    rfcomm = capture.channels.one(psm=0x0003)
    up, down = (rfcomm.tx, rfcomm.rx) if sender == "tx" else (rfcomm.rx, rfcomm.tx)
    assert up.sdu_bytes > truth["rfcomm_up"]
    assert down.sdu_bytes > truth["rfcomm_down"]
    assert [(refused.psm, refused.result) for refused in capture.refused] == [(0x10FF, 2)]


def tshark(path: Path, wanted: str, *fields: str) -> list[list[str]]:
    chosen = [word for field in fields for word in ("-e", field)]
    command = ["tshark", "-n", "-r", str(path), "-Y", wanted, "-T", "fields", *chosen]
    printed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    return [line.split("\t") for line in printed.stdout.splitlines()]


@needs_tshark
@pytest.mark.parametrize(("path", "count"), [*((p, 158) for p in FERDINAND), *((p, 9) for p in CHEOLJUN)])
def test_check_sequences_are_where_tshark_shows_them(path: Path, count: int) -> None:
    """The same frames, but for start frames: tshark stops at their SDU length and calls them malformed."""
    shown = {int(row[0]) for row in tshark(path, "btl2cap.fcs", "frame.number")}
    malformed = {int(row[0]) for row in tshark(path, "_ws.malformed && btl2cap.control", "frame.number")}
    frames = l2scope.open(path).tables.frames
    assert len(shown) == count
    assert set(frames["packet"].tolist()) == shown | malformed
    assert not any(frames["flags"] & FRAME_BAD_FCS)


@needs_tshark
@pytest.mark.parametrize("path", [*FERDINAND, *CHEOLJUN, KERNEL / "ertm_200x600_k6.12.btsnoop"], ids=name_of)
def test_numbers_are_those_of_tshark(path: Path) -> None:
    """ReqSeq of every frame, TxSeq of every I-frame."""
    rows = tshark(path, "btl2cap.control", "frame.number", "btl2cap.control_reqseq", "btl2cap.control_txseq")
    frames = {int(row["packet"]): row for row in l2scope.open(path).tables.frames}
    assert rows
    for number, reqseq, txseq in rows:
        frame = frames[int(number)]
        assert int(frame["reqseq"]) == int(reqseq)
        if txseq:
            assert int(frame["sequence"]) & 63 == int(txseq)


@needs_tshark
@pytest.mark.parametrize("path", [*FERDINAND, *CHEOLJUN, *corpus_files("public/soaresden*")], ids=name_of)
def test_signalling_is_that_of_tshark(path: Path) -> None:
    """The same commands with the same identifiers in the same packets, several in one frame too."""
    rows = tshark(
        path, "btl2cap.cid == 1 && bthci_acl.chandle != 0x0edc", "frame.number", "btl2cap.cmd_code", "btl2cap.cmd_ident"
    )
    expected = [
        (int(number), int(code, 16), int(identifier, 16))
        for number, codes, identifiers in rows
        for code, identifier in zip(codes.split(","), identifiers.split(","), strict=True)
    ]
    capture = l2scope.open(path)
    cids = capture.tables.pdus["cid"][capture.tables.signals["pdu"]]
    found = capture.tables.signals[cids == 1]
    assert [(int(row["packet"]), int(row["code"]), int(row["identifier"])) for row in found] == expected


def leaves(fields: tuple[Field, ...]) -> list[Field]:
    return [leaf for one in fields for leaf in (leaves(one.children) if one.children else [one])]


def test_the_conformance_run_has_nothing_unknown() -> None:
    """Every ACL packet of the L2CAP tester's BR/EDR cases reads as something, in the list and in its tree."""
    capture = l2scope.open(KERNEL / "l2cap-tester_all_k6.12.btsnoop")
    summaries = PacketSummaries(capture)
    classic = {link.id for link in capture.links if link.transport == "br-edr"}
    packets = capture.tables.packets
    ours = [kind == ACL and link in classic for kind, link in zip(packets["kind"], packets["link"], strict=True)]
    numbers = [row + 1 for row, is_ours in enumerate(ours) if is_ours]
    assert len(numbers) > 200
    cut = []
    for number in numbers:
        line = summaries.of(number)
        assert line.protocol != "HCI_ACL"
        assert not any(word in line.summary for word in ("unknown", "result 0x", "Command 0x", "option 0x"))
        if any(leaf.name in ("Bytes", "More commands") for leaf in leaves(dissect(capture, number).fields)):
            cut.append((number, line.summary))
    # The tester sends a request of one byte on purpose.
    assert cut == [(2404, "Connection Request, cut short")]
    assert read_figures(KERNEL / "l2cap-tester_all_k6.12.btsnoop").engine.counters.signals[0].count == 0


CLASSIC = [*corpus_files("kernel/*_200x600_*.btsnoop"), *FERDINAND, *CHEOLJUN, *corpus_files("public/[as]*")]


@pytest.mark.parametrize("path", CLASSIC, ids=name_of)
def test_no_finding_about_credits_on_classic_channels(path: Path) -> None:
    """Their waits and frames have findings of their own."""
    try:
        found: list[Finding] = findings_in_file(path)
    except l2scope.CaptureError:
        pytest.skip("not a host capture")
    assert [finding.rule for finding in found if finding.rule.startswith("COC")] == []
