"""zip: members by content, damage that leaves members readable, and archives made to do harm."""

import contextlib
import random
import struct
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import l2scope
from l2scope.sources.containers import archive as archives
from tests.corpus import ROOT
from tests.equal_captures import assert_same_capture
from tests.generate.containers import btsnoop, packet
from tests.generate.wrapped import gzipped, tarred, xz, zipped, zstandard
from tests.sources.containers.wrapping import PACKETS, STARVED, opened, rules

NOTES = b"these are notes"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_the_one_capture_among_others(method: int, tmp_path: Path) -> None:
    """Whatever it is called, and in whatever folder it lies."""
    members = {"a/": b"", "a/notes.txt": NOTES, "btsnoop_hci.log": b"no capture", "a/x.jpg": STARVED}
    capture = opened(tmp_path, zipped(members, method))
    assert capture.wrapping == ("zip: a/x.jpg",)
    assert capture.count == PACKETS
    assert capture.quality.rows == ()


def test_what_is_preferred(tmp_path: Path) -> None:
    """A capture to the text of a report, and that to an archive, in whatever order they stand."""
    report = (ROOT / "tests" / "samples" / "bugreport.txt").read_bytes()
    members = {"inner.zip": zipped({"log": STARVED}), "report.txt": report, "hci.log": STARVED}
    for names, chosen in (
        (["inner.zip", "report.txt", "hci.log"], "hci.log"),
        (["hci.log", "report.txt", "inner.zip"], "hci.log"),
        (["inner.zip", "report.txt"], "report.txt"),
        (["report.txt", "inner.zip"], "report.txt"),
        (["inner.zip"], "inner.zip"),
    ):
        capture = opened(tmp_path, zipped({name: members[name] for name in names}))
        assert capture.wrapping[0] == f"zip: {chosen}"


def test_a_capture_without_packets(tmp_path: Path) -> None:
    """Phones leave files with a header alone: what has packets is meant, but nothing else is better than it."""
    header = STARVED[:16]
    report = (ROOT / "tests" / "samples" / "bugreport.txt").read_bytes()
    for members, chosen in (
        ({"hci.log": header, "hci.log.last": STARVED}, "hci.log.last"),
        ({"hci.log": header, "report.txt": report}, "report.txt"),
        ({"hci.log": header, "notes.txt": NOTES}, "hci.log"),
    ):
        assert opened(tmp_path, zipped(members)).wrapping[0] == f"zip: {chosen}"


@pytest.mark.parametrize("pack", [gzipped, xz, zstandard])
def test_a_large_packed_member(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """zstd tells nothing of a block before it has all of it, and a block may be long."""
    noise = random.Random(1).randbytes(120_000)
    command = b"\x01\x03\x0c\x00"
    data = btsnoop(
        [packet(command), *(packet(b"\x02\x01\x20" + noise[at : at + 900]) for at in range(0, 120_000, 900))]
    )
    capture = opened(tmp_path, zipped({"notes.txt": NOTES, "log": pack(data)}))
    assert capture.wrapping[0] == "zip: log"
    assert capture.raw(1) == command[1:]


def test_no_capture_at_all(tmp_path: Path) -> None:
    """It is said how many members were looked at."""
    with pytest.raises(l2scope.CaptureError, match="zip holds no capture that l2scope reads: looked at 2 members"):
        opened(tmp_path, zipped({"a.txt": NOTES, "b": bytes(100)}))
    with pytest.raises(l2scope.CaptureError, match="looked at 0 members"):
        opened(tmp_path, zipped({}))


@pytest.mark.parametrize("wish", ["x/one.log", "one.log", "/x/one.log", "x/one.log/"])
def test_the_member_that_the_user_names(wish: str, tmp_path: Path) -> None:
    """By its whole name, or by the last parts of it."""
    data = zipped({"x/one.log": STARVED, "x/one.log.last": STARVED, "x/none.log": STARVED})
    assert opened(tmp_path, data, member=wish).wrapping == ("zip: x/one.log",)


def test_a_name_that_fits_no_member_or_several(tmp_path: Path) -> None:
    """Both are refused; the latter with the names to choose from."""
    data = zipped({"x/one.log": STARVED, "y/one.log": STARVED, "x/notes.txt": NOTES})
    with pytest.raises(l2scope.CaptureError, match=r"none of the 3 members of this zip is named two.log"):
        opened(tmp_path, data, member="two.log")
    with pytest.raises(l2scope.CaptureError, match=r"holds 2 captures; choose one with --member: x/one.log, y/one.log"):
        opened(tmp_path, data, member="one.log")
    with pytest.raises(l2scope.CaptureError, match=r"not a capture that l2scope reads"):
        opened(tmp_path, data, member="notes.txt")


@pytest.mark.parametrize("inner", [tarred, zipped, lambda members: gzipped(tarred(members))])
def test_an_archive_in_an_archive(inner: object, tmp_path: Path) -> None:
    """It is opened where nothing else is a capture; a name may be that of a member in there."""
    assert callable(inner)
    data = zipped({"notes.txt": NOTES, "inner": inner({"a.log": STARVED, "b.log": STARVED[:5000]})})
    with pytest.raises(l2scope.CaptureError, match=r"holds 2 captures; choose one with --member: a.log, b.log"):
        opened(tmp_path, data)
    capture = opened(tmp_path, data, member="a.log")
    assert capture.count == PACKETS
    assert capture.wrapping[0] == "zip: inner"
    assert capture.wrapping[-1].endswith(": a.log")


def test_names_are_never_paths(tmp_path: Path) -> None:
    """A member whose name leads elsewhere is read like any other, and nothing is written there."""
    folder = tmp_path / "folder"
    folder.mkdir()
    capture = opened(folder, zipped({"../../escaped": STARVED}))
    assert capture.wrapping == ("zip: ../../escaped",)
    assert [path.name for path in tmp_path.rglob("*")] == ["folder", "capture.dat"]


def test_without_its_directory(tmp_path: Path) -> None:
    """A download that was cut: the members before the cut are found, and a row says so."""
    data = zipped({"notes.txt": NOTES, "log": STARVED, "more.txt": NOTES})
    capture = opened(tmp_path, data[: data.index(b"PK\x01\x02")])
    assert_same_rows(capture)
    assert rules(capture) == ["CAP021"]
    assert capture.quality.conclusive


def assert_same_rows(capture: l2scope.Capture) -> None:
    assert capture.count == PACKETS
    assert capture.raw(PACKETS) == STARVED[-len(capture.raw(PACKETS)) :]


def streamed(data: bytes) -> bytes:
    """The first member of a zip as a program writes it that does not know the sizes beforehand."""
    header = bytearray(data[:30])
    struct.pack_into("<H", header, 6, 8)
    struct.pack_into("<III", header, 14, 0, 0, 0)
    return bytes(header) + data[30 : data.index(b"PK\x01\x02")]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_without_its_directory_and_without_sizes(method: int, tmp_path: Path) -> None:
    """As Android writes its reports: deflate knows its own end, a stored member goes up to the next header."""
    data = streamed(zipped({"log": STARVED}, method)) + zipped({"notes.txt": NOTES})
    assert_same_rows(opened(tmp_path, data[: data.rindex(b"PK\x01\x02")]))


def test_a_member_that_is_cut(tmp_path: Path) -> None:
    """The packets before the cut, and both rows."""
    data = zipped({"notes.txt": NOTES, "log": STARVED})
    capture = opened(tmp_path, data[:4000])
    assert 20 < capture.count < PACKETS
    assert rules(capture) == ["CAP001", "CAP019", "CAP021"]
    assert capture.quality.truncated


def test_a_wrong_checksum(tmp_path: Path) -> None:
    """All of it is read; that its bytes were changed is a row."""
    data = bytearray(zipped({"log": STARVED}, zipfile.ZIP_STORED))
    data[20_000] ^= 0x10
    capture = opened(tmp_path, bytes(data))
    assert "CAP022" in rules(capture)
    assert not capture.quality.conclusive


def test_a_directory_that_claims_more_than_there_is(tmp_path: Path) -> None:
    """What is missing is counted."""
    data = bytearray(zipped({"log": STARVED}, zipfile.ZIP_STORED))
    struct.pack_into("<II", data, data.index(b"PK\x01\x02") + 20, len(STARVED), len(STARVED) + 77)
    capture = opened(tmp_path, bytes(data))
    assert capture.count == PACKETS
    assert [row.message for row in capture.quality.rows] == ["the zip lacks 77 bytes of log"]


def test_what_cannot_be_unpacked(tmp_path: Path) -> None:
    """Encrypted members and rare methods, in one line that says what to do."""
    data = bytearray(zipped({"log": STARVED}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(l2scope.CaptureError, match="log is encrypted: unpack it with its password first"):
        opened(tmp_path, bytes(data))
    with pytest.raises(l2scope.CaptureError, match="log is compressed by method 12, not by deflate: unpack it first"):
        opened(tmp_path, zipped({"log": STARVED}, zipfile.ZIP_BZIP2))


def test_a_bomb(tmp_path: Path) -> None:
    """Refused by what the directory says before a byte is unpacked; and where it lies, at the limit."""
    data = zipped({"log": STARVED + bytes(32 << 20)})
    with pytest.raises(l2scope.CaptureError, match=r"log unpacks to more than 1 MiB: .*--max-size"):
        opened(tmp_path, data, max_size=1 << 20)
    lie = bytearray(data)
    struct.pack_into("<I", lie, data.index(b"PK\x01\x02") + 24, 1000)
    with pytest.raises(l2scope.CaptureError, match="log unpacks to more than 1 MiB"):
        opened(tmp_path, bytes(lie), max_size=1 << 20)


def test_members_that_overlap_do_not_add_up(tmp_path: Path) -> None:
    """A bomb of many names for one body costs as much as one: only what may be the capture is unpacked."""
    data = zipped([(f"log{number}", STARVED) for number in range(300)])
    with pytest.raises(l2scope.CaptureError, match=r"holds 300 captures.*log0, log1") as refused:
        opened(tmp_path, data, max_size=len(STARVED))
    assert refused.value.lines[-1] == "  and 200 more"


def test_members_that_overlap(tmp_path: Path) -> None:
    """Thousands of names for one text would be looked through as often: that ends soon, in a line that says why."""
    data = zipped({"notes": NOTES * 100_000}, zipfile.ZIP_STORED)
    at = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    header, count = data[at:end], 5000
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, count * len(header), at, 0)
    with pytest.raises(l2scope.CaptureError, match="the members of this zip overlap"):
        opened(tmp_path, data[:at] + header * count + tail)


def test_texts_that_unpack_to_too_much_together(tmp_path: Path) -> None:
    """Each is within the limit, all of them are not."""
    data = zipped({str(number): NOTES * 40_000 for number in range(4)})
    with pytest.raises(l2scope.CaptureError, match="the texts in it unpack to more than 1 MiB"):
        opened(tmp_path, data, max_size=1 << 20)


def test_a_hostile_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    """What quality says of a member is fit to be shown."""
    data = bytearray(zipped({"\x1b[2Jlog": STARVED}, zipfile.ZIP_STORED))
    data[20_000] ^= 0x10
    assert "\x1b" not in "".join(opened(tmp_path, bytes(data)).quality.notes)


def test_an_absurd_directory(tmp_path: Path) -> None:
    """One that would fill memory is refused unread."""
    data = bytearray(zipped({"log": STARVED}))
    struct.pack_into("<I", data, data.rindex(b"PK\x05\x06") + 12, 1 << 30)
    with pytest.raises(l2scope.CaptureError, match="directory of this zip claims 1,073,741,824 bytes"):
        opened(tmp_path, bytes(data))


def test_too_many_members(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """There is an end to looking."""
    monkeypatch.setattr(archives, "MOST_MEMBERS", 10)
    with pytest.raises(l2scope.CaptureError, match="this zip has more than 10 members"):
        opened(tmp_path, zipped([(str(number), b"") for number in range(11)]))


WHOLE = zipped({"notes.txt": NOTES, "log": STARVED[:3000]})


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_mutations_raise_nothing_else(data: st.DataObject) -> None:
    """A damaged zip opens, or is refused with a CaptureError."""
    mutated = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        mutated[data.draw(st.integers(0, len(mutated) - 1))] = data.draw(st.integers(0, 255))
    del mutated[data.draw(st.integers(len(mutated) // 2, len(mutated))) :]
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(l2scope.CaptureError):
        assert opened(Path(folder), bytes(mutated)).count >= 0


def test_equal_to_the_bare_capture(tmp_path: Path) -> None:
    """Every table and byte."""
    bare = tmp_path / "bare"
    bare.write_bytes(STARVED)
    assert_same_capture(opened(tmp_path, zipped({"log": STARVED})), l2scope.open(bare))
