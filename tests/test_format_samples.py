"""The samples in other formats are what their generator makes, and hold the traffic of their source."""

import pytest

import l2scope
from l2scope.sources.btsnooz import btsnooz_to_btsnoop
from tests.corpus import ROOT
from tests.equal_captures import assert_same_capture
from tests.generate.containers import packets_of
from tests.generate.formats import SAMPLES, SOURCE, samples

MADE = samples()
READ = sorted(name for name in MADE if not name.endswith(".txt"))


def test_the_generator_makes_the_same_bytes() -> None:
    """No sample more and none less; of the bug report what is in it, as compressors differ."""
    assert sorted(path.name for path in SAMPLES.iterdir()) == sorted(MADE)
    for name, content in MADE.items():
        kept = (SAMPLES / name).read_bytes()
        if name == "bugreport.txt":
            kept, content = btsnooz_to_btsnoop(kept), btsnooz_to_btsnoop(content)  # noqa: PLW2901
        assert content == kept, name


def test_samples_are_small() -> None:
    """A few kilobytes each."""
    assert max(path.stat().st_size for path in (ROOT / "tests" / "samples").iterdir()) < 8_000


@pytest.mark.parametrize("name", READ)
def test_a_sample_equals_its_source(name: str) -> None:
    """All tables, but for where in the file the packets are; the bytes of each packet; the channels."""
    assert_same_capture(l2scope.open(SAMPLES / name), l2scope.open(SOURCE))


def test_the_text_of_a_bug_report_opens_like_any_capture() -> None:
    """What the block holds, as the tool of its own unpacks it; the bytes behind the packets too."""
    capture = l2scope.open(SAMPLES / "bugreport.txt")
    block = btsnooz_to_btsnoop((SAMPLES / "bugreport.txt").read_bytes())
    packets = list(packets_of(block))
    assert [capture.raw(number) for number in range(1, capture.count + 1)] == [packet.data[1:] for packet in packets]
    assert capture.tables.packets["time"].tolist() == [packet.time for packet in packets]
    assert capture.wrapping == ("btsnooz",)
