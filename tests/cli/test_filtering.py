"""-Y in packets and convert, and the list of fields."""

import json
from pathlib import Path

import l2scope
from tests.cli.runner import l2scope as run
from tests.corpus import SAMPLES

STARVED = SAMPLES / "starved.btsnoop"


def test_packets() -> None:
    """Only packets that pass, of the range that is wanted."""
    ended = run("packets", STARVED, "-Y", "btl2cap.cmd_code == 0x16", "--packets", "60-100", "--json")
    numbers = [json.loads(line)["number"] for line in ended.stdout.splitlines()]
    signals = l2scope.open(STARVED).tables.signals
    assert numbers == [row["packet"] for row in signals if row["code"] == 0x16 and 60 <= row["packet"] <= 100] != []


def test_convert(tmp_path: Path) -> None:
    """Only packets that pass are written."""
    run("convert", STARVED, tmp_path / "piece.pcapng", "--filter", "bthci_evt")
    kinds = l2scope.open(tmp_path / "piece.pcapng").tables.packets["kind"]
    assert set(kinds.tolist()) == {4}
    assert len(kinds) == int((l2scope.open(STARVED).tables.packets["kind"] == 4).sum())


def test_wrong_filter() -> None:
    """Exit code 2, and a caret under what is wrong, before the file is touched."""
    ended = run("packets", "no such file", "-Y", "btl2cap && btattt.opcode == 1")
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "did you mean btatt.opcode" in ended.stderr
    assert ended.stderr.endswith("btl2cap && btattt.opcode == 1\n           ^\n")


def test_fields() -> None:
    """Names that begin so, with type, description and what their values are called; nothing of the kind: exit 2."""
    found = json.loads(run("fields", "btatt.opcode", "--json").stdout)
    assert found[0]["name"] == "btatt.opcode"
    assert (found[0]["type"], found[0]["names"]["18"]) == ("number", "Write Request")
    assert "btatt.opcode" in run("fields").stdout
    assert run("fields", "btattt").returncode == 2
