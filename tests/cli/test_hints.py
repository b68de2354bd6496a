"""`--channel`: what the user says of a channel whose opening is not in the capture."""

import json
from pathlib import Path

import pytest

from tests.cli.runner import l2scope
from tests.wire import acl, btsnoop, kframes, pdu

HINT = "handle=0x40,local=0x44,remote=0x50,psm=0x85,mtu=300,mps=100"


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """Three SDUs of a link that was there before."""
    path = tmp_path / "begun.btsnoop"
    frames = [frame for _ in range(3) for frame in kframes(bytes(250), 100)]
    path.write_bytes(btsnoop([(0, b"\x02" + acl(pdu(0x50, frame))) for frame in frames]))
    return path


def test_without_a_hint_there_is_no_channel(begun: Path) -> None:
    """Nothing tells that the link is an LE link."""
    assert json.loads(l2scope("channels", begun, "--json").stdout) == []


def test_a_hint_makes_the_channel(begun: Path) -> None:
    """With its CIDs, SPSM and limits; its SDUs are listed and marked as inferred."""
    (channel,) = json.loads(l2scope("channels", begun, "--json", "--channel", HINT).stdout)
    assert (channel["psm"], channel["local_cid"], channel["remote_cid"], channel["opened"]) == (0x85, 0x44, 0x50, None)
    lines = l2scope("sdus", begun, "--json", "--channel", HINT, "--channel", "0").stdout.splitlines()
    sdus = [json.loads(line) for line in lines]
    assert [(sdu["length"], sdu["state"], sdu["inferred"]) for sdu in sdus] == [(250, "complete", True)] * 3


@pytest.mark.parametrize(
    "hint", ["local=0x40", "handle=x", "handle=1,mode=loud", "handle=1,mtu=-4", "handle=1,color=3"]
)
def test_a_hint_that_says_nothing(hint: str, begun: Path) -> None:
    """It shows how to write one."""
    result = l2scope("channels", begun, "--channel", hint)
    assert (result.returncode, "handle" in result.stderr or "numbers" in result.stderr) == (2, True)
