"""[[packets]]: how many packets pass a filter, and what follows them."""

from pathlib import Path

import pytest

import l2scope
from tests.check.judging import errors_of, verdicts
from tests.corpus import SAMPLES

STARVED = SAMPLES / "starved.btsnoop"
GRANT, STALL = "btl2cap.cmd_code == 0x16", "l2scope.credits.balance == 0"


def outcomes(folder: Path, keys: str) -> dict[str, str]:
    return {key: verdict.outcome.value for key, verdict in verdicts(folder, f"[[packets]]\n{keys}\n", STARVED).items()}


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (f'filter = "{GRANT}"\ncount = 17', {"count": "passed"}),
        (f'filter = "{GRANT}"\ncount = {{ max = 16 }}', {"count": "failed"}),
        ('filter = "btsmp"', {"count": "failed"}),
        ('filter = "btsmp"\ncount = 0', {"count": "passed"}),
        (f'filter = "{STALL}"\nthen = "{GRANT}"', {"count": "passed", "then": "passed"}),
        (f'filter = "{STALL}"\nthen = "{GRANT}"\nwithin = "331ms"', {"count": "passed", "then": "passed"}),
        (f'filter = "{STALL}"\nthen = "{GRANT}"\nwithin = "100ms"', {"count": "passed", "then": "failed"}),
        (
            f'filter = "{STALL}"\nthen = "{GRANT}"\nnever = "l2scope.direction == tx"',
            {"count": "passed", "then": "passed"},
        ),
        (f'filter = "{STALL}"\nthen = "{GRANT}"\nnever = "bthci_evt"', {"count": "passed", "then": "failed"}),
        (f'filter = "{GRANT}"\nnever = "btatt"', {"count": "passed", "never": "passed"}),
        (f'filter = "{GRANT}"\nnever = "l2scope.sdu"\nwithin = "1s"', {"count": "passed", "never": "failed"}),
        ('filter = "frame.number == 203"\nthen = "btatt"', {"count": "passed", "then": "failed"}),
        ('filter = "frame.number == 203"\nthen = "btatt"\nwithin = "1s"', {"count": "passed", "then": "passed"}),
        ('filter = "btsmp"\ncount = 0\nthen = "btatt"', {"count": "passed", "then": "skipped"}),
    ],
)
def test_outcomes(tmp_path: Path, keys: str, expected: dict[str, str]) -> None:
    """Counts, A then B within a time, never C between; an answer that the capture's end cuts off is no fault."""
    assert outcomes(tmp_path, keys) == expected


def test_message(tmp_path: Path) -> None:
    """A failed sequence names the packets and the time."""
    found = verdicts(tmp_path, f'[[packets]]\nfilter = "{STALL}"\nthen = "{GRANT}"\nwithin = "100ms"\n', STARVED)
    first = l2scope.open(STARVED).where(STALL)[0]
    assert found["then"].message.startswith(f"after packet {first} it took 329.9 ms; ")


def test_mistakes(tmp_path: Path) -> None:
    """A table without a filter, a wrong filter with its column, a duration that is none."""
    assert errors_of(tmp_path, "[[packets]]\ncount = 1\n") == ["l2scope.toml:1: packets: filter must be written"]
    (line,) = errors_of(tmp_path, '[[packets]]\nfilter = "btatt"\nthen = "btattt.opcode == 1"\n')
    assert line.startswith("l2scope.toml:3: packets.then: there is no field btattt.opcode; did you mean btatt.opcode")
    assert line.endswith("(column 1)")
