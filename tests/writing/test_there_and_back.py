"""A capture in another format is the same capture."""

import shutil
from pathlib import Path

import pytest

from tests.corpus import CORPUS, ROOT, SAMPLES, name_of
from tests.test_tshark import tshark
from tests.writing.converted import SOURCES, is_read, payloads, tables, written

CAPTURES = [path for path in SOURCES if is_read(path)]
FORMATS = ("btsnoop", "pcapng")
# One of each kind for tshark, which takes its time: H4 and monitor, cut short, cut off, with losses, with notes.
BESIDE_TSHARK = [
    path
    for path in (
        SAMPLES / "two_channels.btsnoop",
        *(path for path in sorted((ROOT / "tests" / "samples").iterdir()) if path.suffix != ".txt"),
        *(CORPUS / "bumble" / f"{name}.btsnoop" for name in ("snaplen64", "lossy", "cut_mid_record", "classic")),
        CORPUS / "kernel" / "smp-tester_all_k6.12.btsnoop",
        *sorted((CORPUS / "public").glob("lory9894*")),
        *sorted((CORPUS / "public").glob("mauricelam*btmon*")),
        # The other .pklg has notes, of which tshark shows the text there and the kind of record here.
        *sorted((CORPUS / "public").glob("ap4y*.pklg")),
    )
    if path.exists()
]


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_there_and_back_gives_equal_tables(path: Path, tmp_path: Path) -> None:
    """All tables and all bytes, in each format and back from each in the other."""
    whole = tables(path), payloads(path)
    source = path
    for step, name in enumerate((*FORMATS, "btsnoop")):
        copy = tmp_path / f"{step}.{name}"
        assert written(source, copy).left_out == 0
        assert (tables(copy), payloads(copy)) == whole
        source = copy


@pytest.mark.parametrize("name", ["starved.btsnoop", "two_channels.btsnoop"])
def test_btsnoop_there_and_back_is_the_same_file(name: str, tmp_path: Path) -> None:
    """Byte for byte, where nothing in it is odd."""
    written(SAMPLES / name, tmp_path / "there.pcapng")
    written(tmp_path / "there.pcapng", tmp_path / "back.btsnoop")
    assert (tmp_path / "back.btsnoop").read_bytes() == (SAMPLES / name).read_bytes()


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
@pytest.mark.parametrize("path", BESIDE_TSHARK, ids=name_of)
def test_tshark_reads_the_same_packets(path: Path, tmp_path: Path) -> None:
    """Number, time, adapter, length and what tshark says of each; where HCI had no indicators it has some now."""
    expected = frames(path, added=1 if path.name.startswith("h1") else 0)
    for name in FORMATS:
        written(path, tmp_path / f"copy.{name}")
        assert frames(tmp_path / f"copy.{name}") == expected


def frames(path: Path, added: int = 0) -> list[tuple[object, ...]]:
    """What tshark has of each packet. added bytes are more in another format."""
    fields = ("frame.number", "frame.time_epoch", "hci_mon.adapter_id", "_ws.col.Info", "frame.len", "frame.cap_len")
    return [(*row[:4], int(row[4]) + added, int(row[5]) + added) for row in tshark(path, *fields)]
