"""tar: members in one pass, long names, damage, and archives made to do harm."""

import io
import tarfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import l2scope
from l2scope.sources.containers.faults import Faults
from l2scope.sources.containers.tar_archive import TarArchive
from tests.generate.wrapped import gzipped, tarred
from tests.sources.containers.wrapping import PACKETS, STARVED, opened, rules

LONG = "/".join(["a folder with a long name"] * 8) + "/bluetoothd-hci-latest.pklg"
FORMS = [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT]


def members_of(data: bytes) -> tuple[dict[str, bytes], Faults]:
    """All files, read one after the other, and what was noted."""
    faults = Faults()
    found = {}
    for member in TarArchive(io.BytesIO(data), faults).members():
        stream = member.open(faults)
        parts = []
        while part := stream.read(1000):
            parts.append(part)
        found[member.name] = b"".join(parts)
    return found, faults


@pytest.mark.parametrize("form", FORMS)
def test_names_and_contents(form: int) -> None:
    """As Python's own library has written them, in each of the three forms."""
    members = {LONG: STARVED, "short": b"x" * 512, "empty": b"", "ü.log": b"y" * 513}
    found, faults = members_of(tarred(members, form))
    assert found == members
    assert faults.met == []


def test_what_is_no_file_is_passed_over() -> None:
    """Folders, links and devices hold nothing to read."""
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w") as archive:
        for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo(f"kind {kind!r}")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    assert members_of(output.getvalue()) == ({}, Faults())


def test_the_capture_of_a_sysdiagnose(tmp_path: Path) -> None:
    """It is found by content; of several the user chooses."""
    members = {"d/notes.txt": b"notes" * 500, "d/hci-1.pklg": STARVED, "d/hci-2.pklg": STARVED[:4000]}
    with pytest.raises(l2scope.CaptureError, match=r"tar holds 2 captures; .*: d/hci-1.pklg, d/hci-2.pklg"):
        opened(tmp_path, gzipped(tarred(members)))
    assert opened(tmp_path, gzipped(tarred(members)), member="hci-1.pklg").count == PACKETS
    assert opened(tmp_path, tarred(members), member="d/hci-2.pklg").quality.truncated


def test_a_tar_that_is_cut_within_the_capture(tmp_path: Path) -> None:
    """The packets before the cut; that bytes are missing is a row."""
    data = tarred({"notes": b"notes", "log": STARVED})
    capture = opened(tmp_path, data[: data.index(b"btsnoop\0") + 20_000])
    assert 50 < capture.count < PACKETS
    assert rules(capture) == ["CAP001", "CAP019", "CAP021"]
    assert any(f"{len(STARVED) - 20_000} bytes of the capture are missing" in note for note in capture.quality.notes)


def test_a_tar_that_is_cut_behind_the_capture(tmp_path: Path) -> None:
    """Nothing of the capture is missing, so its verdicts stand."""
    data = tarred({"log": STARVED, "notes": b"notes" * 1000})
    capture = opened(tmp_path, data[: data.index(b"notesnotes") + 100])
    assert capture.count == PACKETS
    assert rules(capture) == ["CAP021"]
    assert capture.quality.conclusive


def test_a_damaged_header_is_passed_over(tmp_path: Path) -> None:
    """The members behind it are found again."""
    data = bytearray(tarred({"notes": b"notes", "log": STARVED}))
    data[0:100] = b"\xee" * 100
    capture = opened(tmp_path, bytes(data))
    assert capture.count == PACKETS
    assert [(row.rule, row.offset) for row in capture.quality.rows] == [("CAP021", 0)]


def test_headers_made_to_do_harm() -> None:
    """Names and records of gigabytes, sizes past any end and below zero: nothing is kept, and reading ends."""

    def header(kind: bytes, size: int) -> bytes:
        info = tarfile.TarInfo("x")
        info.type, info.size = kind, size
        return info.tobuf(tarfile.GNU_FORMAT)

    for kind in (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.REGTYPE):
        for size in (1 << 33, 1 << 60):
            found, faults = members_of(header(kind, size) + bytes(600))
            assert all(len(content) <= 600 for content in found.values())
            assert faults.met
    negative = bytearray(header(tarfile.REGTYPE, 1))
    negative[124:136] = b"\xff" * 12
    negative[148:156] = b"        "
    negative[148:156] = b"%06o\0 " % sum(negative)
    assert members_of(bytes(negative))[0] == {}


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE])
def test_a_name_of_megabytes_is_not_kept(kind: bytes) -> None:
    """It is passed over, and the file has the name in its own header."""
    size = 8 << 20
    long, file = tarfile.TarInfo("long"), tarfile.TarInfo("log")
    long.type, long.size, file.size = kind, size, 3
    data = long.tobuf() + b"x" * size + file.tobuf() + b"abc".ljust(512, b"\0") + bytes(1024)
    tracemalloc.start()
    try:
        assert members_of(data)[0] == {"log": b"abc"}
        assert tracemalloc.get_traced_memory()[1] < size // 8
    finally:
        tracemalloc.stop()


def test_pax_records_that_are_none() -> None:
    """The name in the header stands."""
    for records in (
        b"0 path=x\n",
        b"-5 path=x\n",
        b"999999999999 path=x\n"[:19],
        b"junk",
        b"6 size=abc\n",
        b"\xff" * 50,
    ):
        info = tarfile.TarInfo("records")
        info.type, info.size = tarfile.XHDTYPE, len(records)
        file = tarfile.TarInfo("log")
        file.size = 3
        data = info.tobuf() + records.ljust(512, b"\0") + file.tobuf() + b"abc".ljust(512, b"\0") + bytes(1024)
        assert list(members_of(data)[0].values()) == [b"abc"]


def test_a_sparse_file_of_terabytes_takes_no_room(tmp_path: Path) -> None:
    """What a tar does not hold is not made up."""
    info = tarfile.TarInfo("log")
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(1 << 42)}
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info.size = 600
        archive.addfile(info, io.BytesIO(b"1\n0\n512\n".ljust(600, b"\0")))
    with pytest.raises(l2scope.CaptureError, match="holds no capture"):
        opened(tmp_path, output.getvalue(), max_size=1 << 20)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_mutations_raise_nothing(data: st.DataObject) -> None:
    """Whatever is changed, members come or do not."""
    mutated = bytearray(tarred({LONG: STARVED[:600], "log": STARVED[:300]}))
    for _ in range(data.draw(st.integers(1, 5))):
        mutated[data.draw(st.integers(0, len(mutated) - 1))] = data.draw(st.integers(0, 255))
    del mutated[data.draw(st.integers(0, len(mutated))) :]
    found, _ = members_of(bytes(mutated))
    assert sum(map(len, found.values())) <= len(mutated)
