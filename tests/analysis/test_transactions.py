"""ATT transactions: requests with their answers, per bearer."""

import json

import pytest

import l2scope
from l2scope.analysis.transactions import bearers, transactions
from tests.cli.runner import l2scope as run
from tests.corpus import CORPUS, SAMPLES, needs_corpus, read_json
from tests.test_tshark import tshark

ATT_ONLY = SAMPLES / "att_only.btsnoop"


def test_every_request_of_the_sample_is_answered() -> None:
    """Counts by opcode as the stack that made the capture kept them; requests and indications only."""
    truth = read_json(SAMPLES / "att_only.truth.json")["att"]
    (bearer,) = bearers(l2scope.open(ATT_ONLY))
    assert bearer.mtu == truth["mtu"]
    counted = {f"ATT_{name.upper().replace(' ', '_')}": count for name, count in bearer.opcodes.items()}
    assert counted == {**truth["tx"], **truth["rx"]}
    assert (bearer.unanswered, bearer.unconfirmed, bearer.channel) == (0, 0, None)
    assert (bearer.errors, bearer.indications, bearer.notifications) == (3, 1, 12)


def test_answers_are_those_that_tshark_pairs() -> None:
    """tshark names the request of most responses (btatt.request_in_frame)."""
    rows = tshark(ATT_ONLY, "frame.number", "btatt.request_in_frame", only="btatt.request_in_frame")
    expected = {(int(request), int(response)) for response, request in rows}
    assert len(expected) > 10
    assert expected <= {(t.request_packet, t.response_packet) for t in transactions(l2scope.open(ATT_ONLY))}


def test_durations_are_between_the_two_packets() -> None:
    """By the times of the packets themselves."""
    capture = l2scope.open(ATT_ONLY)
    times = capture.tables.packets["time"]
    for transaction in transactions(capture):
        assert transaction.response_packet is not None
        gap = int(times[transaction.response_packet - 1] - times[transaction.request_packet - 1])
        assert transaction.duration_ns == gap


@needs_corpus
@pytest.mark.parametrize("name", ["eatt", "eatt.peer"])
def test_enhanced_bearers_have_transactions_of_their_own(name: str) -> None:
    """Two bearers on SPSM 0x0027; ATT_MTU is the smaller MTU of the channel; values and notifications as sent."""
    truth = read_json(CORPUS / "bumble" / "eatt.truth.json")
    capture = l2scope.open(CORPUS / "bumble" / f"{name}.btsnoop")
    found = bearers(capture)
    assert [(bearer.channel, bearer.mtu) for bearer in found] == [
        (number, min(channel["rx_mtu"], channel["tx_mtu"])) for number, channel in enumerate(truth["channels"][:2])
    ]
    assert sum(bearer.notifications for bearer in found) == len(truth["notifications"])
    reads = [t for t in transactions(capture) if t.name == "Read Request"]
    assert len(reads) == len(truth["values"])
    assert all(bearer.unanswered == 0 for bearer in found)


def test_the_command() -> None:
    """JSON with a line each way; text with names; a hint where there is none."""
    printed = json.loads(run("att", ATT_ONLY, "--json").stdout)
    assert len(printed) == len(transactions(l2scope.open(ATT_ONLY)))
    assert {"bearer", "opcode", "request_packet", "response_packet", "duration_ns", "error"} <= set(printed[0])
    assert "Exchange MTU Request" in run("att", ATT_ONLY).stdout
    assert "fixed" in run("att", ATT_ONLY, "--bearers").stdout
    assert len(json.loads(run("att", ATT_ONLY, "--bearers", "--json").stdout)) == 1
