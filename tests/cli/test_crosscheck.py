"""`l2scope crosscheck` as it prints."""

import json
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result

from l2scope.cli.crosscheck import command
from l2scope.crosscheck import comparison, wireshark
from l2scope.crosscheck.comparison import Comparison, Disagreement
from l2scope.crosscheck.wireshark import Wireshark
from tests.cli.runner import l2scope
from tests.corpus import SAMPLES

REASON = "Wireshark is known to be wrong here"
FOUND = (
    Disagreement(46, "btl2cap.cid", (0x57, 0x40), (0x58,), ""),
    Disagreement(46, "btl2cap.payload", (b"\x01\xa0",), (), REASON),
    Disagreement(48, "hci_mon.adapter_name", ("hci0",), ("\x1b[7m",), REASON),
)


class Told(Comparison):
    """A comparison with a known end."""

    def __init__(self, capture: object, program: object) -> None:
        self.capture = capture  # type: ignore[assignment]
        self.packets = 89
        self.fields = []

    found: tuple[Disagreement, ...] = FOUND

    def disagreements(
        self, on_progress: Callable[[int, int], None] = lambda _done, _all: None
    ) -> Iterator[Disagreement]:
        return iter(self.found)


def run(monkeypatch: pytest.MonkeyPatch, *options: str, found: tuple[Disagreement, ...] = FOUND) -> Result:
    monkeypatch.setattr(comparison, "Comparison", type("Found", (Told,), {"found": found}))
    monkeypatch.setattr(wireshark, "wireshark", lambda: Wireshark("tshark"))
    monkeypatch.setattr(Wireshark, "version", lambda _self: "4.0.17")
    return CliRunner().invoke(command, [str(SAMPLES / "refused.btsnoop"), *options], standalone_mode=False)


def test_what_nothing_explains(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row for it, a count for each reason, and the exit code 1."""
    result = run(monkeypatch)
    assert result.return_value == 1
    assert result.stdout.splitlines() == [
        "packet  field        l2scope               Wireshark",
        "    46  btl2cap.cid  87 (0x57), 64 (0x40)  88 (0x58)",
        "",
        "1 disagreement with Wireshark 4.0.17 in 89 packets, 0 fields.",
        "2 more have a reason that is known:",
        "count  reason",
        f"    2  {REASON}",
    ]


def test_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """With --known the explained ones are listed too, made printable; alone they are no failure."""
    result = run(monkeypatch, "--known", found=FOUND[1:])
    assert result.return_value in (0, None)
    lines = result.stdout.splitlines()
    assert lines[1].split("  ")[-1] == REASON
    assert "01:a0" in lines[1]
    assert "\x1b" not in result.stdout
    assert "0 disagreements with Wireshark 4.0.17" in result.stdout


def test_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """An object a line."""
    result = run(monkeypatch, "--json")
    assert result.return_value == 1
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {"packet": 46, "field": "btl2cap.cid", "ours": [0x57, 0x40], "wireshark": [0x58], "reason": None}
    ]
    known = run(monkeypatch, "--json", "--known").stdout.splitlines()
    assert [json.loads(line)["ours"] for line in known] == [[0x57, 0x40], ["01:a0"], ["hci0"]]


def test_wireshark_reads_less(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not compared is told."""
    monkeypatch.setattr(Told, "packets", 5, raising=False)
    monkeypatch.setattr(Told, "__init__", lambda self, capture, _: setattr(self, "capture", capture))
    monkeypatch.setattr(Told, "fields", [], raising=False)
    result = run(monkeypatch, found=())
    assert "l2scope: warning: Wireshark reads only 5 of 89 packets" in result.stderr


def test_help_shows_examples() -> None:
    """The help names what it needs and how it ends."""
    result = l2scope("crosscheck", "--help")
    assert "l2scope crosscheck capture.btsnoop --known" in result.stdout
    assert "pip install 'l2scope[tshark]'" in result.stdout
    assert "Exit codes: 1 a disagreement that nothing explains" in result.stdout
