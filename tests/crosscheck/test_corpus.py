"""No disagreement with Wireshark that nothing explains, over real captures and samples of every format."""

import os
import shutil
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

import l2scope
from l2scope.crosscheck.comparison import Comparison, Disagreement
from l2scope.crosscheck.known import KNOWN
from l2scope.crosscheck.wireshark import wireshark
from tests.corpus import ROOT, SAMPLES, corpus_files, name_of, needs_corpus
from tests.test_tshark import is_read

pytestmark = pytest.mark.skipif(
    shutil.which("tshark") is None or find_spec("pyshark") is None, reason="tshark or pyshark is not installed"
)

# They take longer than all others together: L2SCOPE_WHOLE_CORPUS=1 compares them too.
LONG = ("phlash", "cheoljun99-bluetooth-pcap-test--bluetooth.pcap")
WHOLE = os.environ.get("L2SCOPE_WHOLE_CORPUS") == "1"
PUBLIC = [path for path in corpus_files("public/*") if is_read(path) and (WHOLE or not path.name.startswith(LONG))]
OWN = [
    *sorted(SAMPLES.glob("*.btsnoop")),
    *sorted((ROOT / "tests" / "samples").iterdir()),
    ROOT / "tests" / "wrapped" / "monitor.pcapng.gz",
    ROOT / "tests" / "wrapped" / "bugreport_btsnooz.zip",
    ROOT / "tests" / "wrapped" / "sysdiagnose.tar.gz",
]
# What a stack was made to send; those with forged faults are left out: of these, both opinions are guesses.
MADE = [path for path in corpus_files("bumble/*.btsnoop") if "big" not in path.name and "violations" not in path.name]

KERNEL = corpus_files("kernel/*.btsnoop") if WHOLE else []


@dataclass(frozen=True)
class Compared:
    """fields and packets compared, of packets in the capture; what nothing explains; and the reasons of all else."""

    fields: int
    packets: int
    of: int
    news: list[Disagreement]
    reasons: set[str]


@cache
def compared(path: Path) -> Compared:
    """Once for all tests."""
    with l2scope.open(path) as capture:
        comparison = Comparison(capture, wireshark())
        found = list(comparison.disagreements())
        news = [one for one in found if not one.reason]
        return Compared(
            len(comparison.fields), comparison.packets, capture.count, news, {one.reason for one in found} - {""}
        )


@pytest.mark.parametrize("path", [*PUBLIC, *OWN, *MADE, *KERNEL], ids=name_of)
def test_nothing_is_unexplained(path: Path) -> None:
    """Every packet is compared, in every field that both know, and each disagreement has a known reason."""
    found = compared(path)
    assert found.news == []
    assert found.fields > 300
    assert found.packets == found.of > 0


@needs_corpus
def test_every_reason_is_needed() -> None:
    """Each explains something in these captures: the faults are those of Wireshark 4.0."""
    if not wireshark().version().startswith("4.0."):
        pytest.skip("another Wireshark has other faults")
    used = set().union(*(compared(path).reasons for path in [*PUBLIC, *OWN, *MADE]))
    assert [known.reason for known in KNOWN if known.reason not in used] == []
