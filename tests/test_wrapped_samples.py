"""The samples in wrappings are what their generator makes, and hold the traffic of their source."""

import io
import lzma
import tarfile
import zipfile
import zlib

import pytest

import l2scope
from l2scope.sources.btsnooz import btsnooz_to_btsnoop
from tests.equal_captures import assert_same_capture
from tests.generate import zstandard as zstd
from tests.generate.wrapped import DIAGNOSIS, HCI_LOG, OTHER, REPORT, SAMPLES, SNOOP_LOG, SOURCE, samples

MADE = samples()


def unwrapped(name: str, data: bytes) -> object:
    """What is inside, taken out by Python's own libraries."""
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {member: archive.read(member) for member in archive.namelist()}
        return members | {REPORT: btsnooz_to_btsnoop(members[REPORT])}
    if name.endswith(".gz"):
        return zlib.decompress(data, 31)
    return lzma.decompress(data) if name.endswith(".xz") else zstd.decompress(data)


def test_the_generator_makes_the_same() -> None:
    """No sample more and none less, and in each the same, as compressors differ."""
    assert sorted(path.name for path in SAMPLES.iterdir()) == sorted(MADE)
    for name, content in MADE.items():
        assert unwrapped(name, content) == unwrapped(name, (SAMPLES / name).read_bytes()), name


def test_samples_are_small() -> None:
    """A few kilobytes each."""
    assert max(path.stat().st_size for path in SAMPLES.iterdir()) < 8_000


@pytest.mark.parametrize(
    ("name", "wrapping"),
    [
        ("btsnoop.gz", ("gzip",)),
        ("btsnoop.xz", ("xz",)),
        ("btsnoop.zst", ("zstd",)),
        ("monitor.pcapng.gz", ("gzip",)),
        ("sysdiagnose.tar.gz", ("gzip", f"tar: {HCI_LOG}")),
    ],
)
def test_a_sample_equals_its_source(name: str, wrapping: tuple[str, ...]) -> None:
    """Tables, bytes of each packet, channels and quality; and it is said what the capture was in."""
    capture = l2scope.open(SAMPLES / name)
    assert_same_capture(capture, l2scope.open(SOURCE))
    assert capture.wrapping == wrapping


@pytest.mark.parametrize(("member", "source"), [(SNOOP_LOG, SOURCE), ("btsnoop_hci.log.last", OTHER)])
def test_a_member_of_a_bug_report_equals_its_source(member: str, source: object) -> None:
    """By its whole name or by the last part of it."""
    assert_same_capture(l2scope.open(SAMPLES / "bugreport.zip", member=member), l2scope.open(str(source)))


def test_the_captures_of_a_bug_report_are_listed() -> None:
    """With several in it the user is told their names, and what to do; the text of the report is none of them."""
    with pytest.raises(l2scope.CaptureError) as refused:
        l2scope.open(SAMPLES / "bugreport.zip")
    headline, *listed = refused.value.lines
    assert headline == f"{SAMPLES / 'bugreport.zip'}: this zip holds 2 captures; choose one with --member:"
    assert listed == [f"  {SNOOP_LOG}  (3.8 KiB)", f"  {SNOOP_LOG}.last  (4.5 KiB)"]


@pytest.mark.parametrize(("name", "member"), [("bugreport_btsnooz.zip", None), ("bugreport.zip", REPORT)])
def test_the_block_in_the_text_of_a_bug_report(name: str, member: str | None) -> None:
    """It is found where there is no capture of its own, and where it is asked for."""
    capture = l2scope.open(SAMPLES / name, member=member)
    assert capture.wrapping == (f"zip: {REPORT}", "btsnooz")
    assert_same_capture(capture, l2scope.open(SAMPLES.parent / "samples" / "bugreport.txt"))


def test_the_sysdiagnose_sample_is_a_tar_of_everything() -> None:
    """As in a real one, the capture is among texts, empty files, property lists and captures of Wi-Fi."""
    with tarfile.open(SAMPLES / "sysdiagnose.tar.gz") as archive:
        names = archive.getnames()
    assert names[3] == HCI_LOG
    assert all(name.startswith(DIAGNOSIS) for name in names)
    assert len(names) == 5
