"""Live capture on a real kernel: what is lost, what is refused, and what happens to adapters meanwhile."""

import json
from pathlib import Path
from typing import Any

import pytest

import l2scope
from l2scope.capture import Capture
from l2scope.engine import words

pytestmark = pytest.mark.vm

HEADER = 16


def code(results: Path, name: str) -> int:
    return int((results / f"{name}.code").read_text())


def lines(results: Path, name: str) -> list[Any]:
    """What a headless run printed."""
    return [json.loads(line) for line in (results / f"{name}.out").read_text().splitlines()]


def sdu_lengths(capture: Capture, adapter: int, direction: str) -> list[int]:
    """Of the only channel on an adapter; all of them must be complete."""
    channel = capture.channels.one(psm=129, adapter=adapter)
    sdus = capture.sdus(channel, direction)
    assert {sdu.state for sdu in sdus} == {"complete"}
    return [sdu.length for sdu in sdus]


def test_the_guest_came_to_its_end(results: Path) -> None:
    """No scenario waited in vain."""
    console = (results / "console.log").read_text(errors="replace")
    assert "GUEST end" in console
    assert "in vain" not in console


def test_a_recording_has_every_sdu(results: Path) -> None:
    """20 SDUs of 500 bytes, on both adapters, with their bytes; nothing was lost; the exit code is the command's."""
    capture = l2scope.open(results / "smoke.btsnoop")
    assert code(results, "smoke") == 0
    assert sdu_lengths(capture, 0, "tx") == sdu_lengths(capture, 1, "rx") == [500] * 20
    assert (capture.quality.lost, capture.quality.truncated) == (0, False)
    sent = [capture.sdu_bytes(sdu.row) for sdu in capture.sdus() if sdu.direction == "tx"]
    assert len(set(map(len, sent))) == 1


def test_full_speed_loses_nothing(results: Path) -> None:
    """2000 SDUs without a pause, while btmon beside us loses records and does not say so."""
    capture = l2scope.open(results / "bulk.btsnoop")
    assert code(results, "bulk") == 0
    assert sdu_lengths(capture, 0, "tx") == sdu_lengths(capture, 1, "rx") == [500] * 2000
    assert capture.quality.lost == 0
    end = lines(results, "bulk")[-1]
    assert (end["event"], end["lost"], end["packets"]) == ("end", 0, capture.count)
    beside = l2scope.open(results / "btmon.btsnoop")
    assert acl_packets(beside) < acl_packets(capture)
    assert beside.quality.lost == 0


def acl_packets(capture: Capture) -> int:
    return int((capture.tables.packets["kind"] == words.ACL).sum())


def test_who_may_not_listen_is_told_what_to_do(results: Path) -> None:
    """One line, with the commands to type."""
    (line,) = (results / "unprivileged.err").read_text().splitlines()
    assert code(results, "unprivileged") == 2
    assert "not permitted" in line
    assert "`sudo setcap cap_net_raw,cap_net_admin+ep /" in line
    assert "-m l2scope monitor hci0`" in line


def test_another_network_namespace_is_named(results: Path) -> None:
    """As in a container: the kernel has Bluetooth, but not there."""
    (line,) = (results / "namespace.err").read_text().splitlines()
    assert code(results, "namespace") == 2
    assert "--network=host" in line


def test_an_adapter_that_is_not_there(results: Path) -> None:
    """Those that are there are named; where none is, that is said."""
    assert [code(results, name) for name in ("other", "absent")] == [2, 2]
    assert (results / "other.err").read_text() == (
        "l2scope: no adapter hci7: name one that is there (hci0 and hci1), or `all`\n"
    )
    assert "there is none at all" in (results / "absent.err").read_text()


def test_a_stall_is_told_while_it_lasts(results: Path) -> None:
    """The line comes seconds before the wait is over; a second line has its whole length; the verdict is an error."""
    begun, over = [line for line in lines(results, "stall") if line["event"] == "stall"][:2]
    assert (begun["state"], begun["ended_by"], begun["class"]) == ("lasts", None, "certain")
    assert (over["state"], over["ended_by"], over["start_packet"]) == ("over", "credits", begun["start_packet"])
    assert over["duration_ns"] > 2_000_000_000
    assert begun["floor_ns"] < begun["duration_ns"] < 1_000_000_000
    (starved,) = [line for line in lines(results, "stall") if line.get("state") == "final" and line["rule"] == "COC001"]
    assert (starved["severity"], starved["psm"]) == ("error", 129)
    assert code(results, "stall") == 1


def test_one_adapter_is_filtered_in_the_kernel(results: Path) -> None:
    """Nothing of the other one is in the file, and that does not count as lost."""
    capture = l2scope.open(results / "stall.btsnoop")
    assert set(capture.tables.packets["adapter"].tolist()) == {0, 0xFFFF}
    assert capture.quality.lost == 0


def test_a_file_of_a_live_run_shows_the_stalls_that_were_told(results: Path) -> None:
    """What `stalls` says of the file is what the run said of the live packets."""
    told = {line["start_packet"]: line for line in lines(results, "stall") if line.get("state") == "over"}
    for stall in l2scope.open(results / "stall.btsnoop").stalls():
        assert told[stall.start_packet]["duration_ns"] == stall.duration_ns


def test_links_that_stand_already_are_listed(results: Path) -> None:
    """Without having seen a packet of it: who is at the other end, and in which role we are."""
    (link,) = lines(results, "standing")[-1]["links"]
    assert (link["adapter"], link["opened"], link["closed"]) == (0, None, None)
    assert (link["transport"], link["role"], link["peer_address"]) == ("le", "central", "00:AA:01:01:00:01")
    assert code(results, "standing") == 0


def test_an_adapter_that_goes_away_is_reported_and_the_monitor_goes_on(results: Path) -> None:
    """The other adapter's packets that come later are in the file."""
    assert "l2scope: hci1 went away: its links and channels are closed" in (results / "gone.err").read_text()
    packets = l2scope.open(results / "gone.btsnoop").tables.packets
    (gone,) = (packets["kind"] == words.DELETE_INDEX).nonzero()[0]
    later = packets[gone + 1 :]
    assert (packets["adapter"][gone], code(results, "gone")) == (1, 0)
    assert ((later["adapter"] == 0) & (later["kind"] == words.COMMAND)).any()
