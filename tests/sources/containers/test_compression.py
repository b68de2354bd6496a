"""gzip, xz and zstd: whole, in several streams, cut, damaged, and made to do harm."""

import gzip
import io
import lzma
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import l2scope
from l2scope.sources.containers import compression
from l2scope.sources.containers.compression import Unpacked, packing_of
from l2scope.sources.containers.faults import Faults
from l2scope.sources.damage import BEHIND_PACKED, CUT_PACKED
from tests.corpus import SAMPLES
from tests.generate.wrapped import gzipped, xz, zstandard
from tests.generate.zstandard import ZstdCompressor
from tests.sources.containers.wrapping import PACKETS, STARVED, opened, rules

PACKERS = [gzipped, xz, zstandard]


class Dribble:
    """Bytes that come a few at a time."""

    def __init__(self, data: bytes, most: int) -> None:
        self._file = io.BytesIO(data)
        self._most = most

    def read(self, size: int) -> bytes:
        return self._file.read(min(size, self._most))


def unpacked(data: bytes, most: int = 1 << 20, size: int = 1 << 16) -> tuple[bytes, Faults]:
    """All that comes out, and what was noted."""
    packing = packing_of(data)
    assert packing is not None
    faults = Faults()
    stream = Unpacked(Dribble(data, most), packing, faults)
    parts = []
    while part := stream.read(size):
        assert len(part) <= size
        parts.append(part)
    assert stream.read(size) == b""
    return b"".join(parts), faults


@pytest.mark.parametrize("pack", PACKERS)
@settings(max_examples=30, deadline=None)
@given(data=st.binary(max_size=3000), most=st.integers(1, 500), size=st.integers(1, 500))
def test_what_was_packed_comes_out(pack: Callable[[bytes], bytes], data: bytes, most: int, size: int) -> None:
    """However the pieces come and go."""
    found, faults = unpacked(pack(data), most, size)
    assert found == data
    assert faults.met == []


@pytest.mark.parametrize("pack", PACKERS)
def test_streams_that_follow_each_other(pack: Callable[[bytes], bytes]) -> None:
    """They are one, also with zeros between them and behind them: a tape and a logger write such."""
    parts = [STARVED[:100], b"", STARVED[100:20_000], STARVED[20_000:]]
    found, faults = unpacked(b"".join(pack(part) + bytes(8) for part in parts))
    assert found == STARVED
    assert faults.met == []


def test_thousands_of_small_streams() -> None:
    """A logger that packs every record by itself is read in no more than linear time and depth."""
    found, faults = unpacked(b"".join(gzipped(bytes((number & 0xFF,))) for number in range(5000)))
    assert found == bytes(number & 0xFF for number in range(5000))
    assert faults.met == []


def test_frames_of_zstd_that_are_to_be_skipped() -> None:
    """They may stand before, between and behind the others (RFC 8878 section 3.1.2)."""
    skipped = b"\x5a\x2a\x4d\x18\x05\0\0\0hello"
    found, faults = unpacked(skipped + zstandard(STARVED) + skipped + zstandard(b"more") + skipped)
    assert found == STARVED + b"more"
    assert faults.met == []


@pytest.mark.parametrize("pack", PACKERS)
def test_bytes_behind_the_data_are_noted(pack: Callable[[bytes], bytes]) -> None:
    """They are no part of it, and nothing is missing for them."""
    packed = pack(STARVED)
    found, faults = unpacked(packed + b"\0\0garbage")
    assert found == STARVED
    (fault,) = faults.met
    assert (fault.rule, fault.offset) == (BEHIND_PACKED, len(packed) + 2)


@pytest.mark.parametrize("pack", [gzipped, xz])
def test_a_cut_keeps_what_comes_before(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """As many packets as Python's own library can unpack, a row that says so, and a verdict that is not conclusive."""
    packed = pack(STARVED)
    cut = packed[: len(packed) * 2 // 3]
    found, faults = unpacked(cut)
    library = zlib.decompressobj(31) if pack is gzipped else lzma.LZMADecompressor()
    assert found == library.decompress(cut)
    assert [(fault.rule, fault.offset) for fault in faults.met] == [(CUT_PACKED, len(cut))]
    capture, whole = opened(tmp_path, cut), l2scope.open(SAMPLES / "starved.btsnoop")
    assert 100 < capture.count < PACKETS
    assert capture.raw(capture.count) == whole.raw(capture.count)
    assert rules(capture) == ["CAP001", "CAP019"]
    assert (capture.quality.truncated, capture.quality.conclusive) == (True, False)


def test_a_cut_between_blocks_of_zstd(tmp_path: Path) -> None:
    """zstd hands out whole blocks: those before the cut are there."""
    packer = ZstdCompressor()
    blocks = [packer.compress(STARVED[at : at + 5000], packer.FLUSH_BLOCK) for at in range(0, len(STARVED), 5000)]
    capture = opened(tmp_path, b"".join(blocks[:4]) + blocks[4][:20])
    found, _ = unpacked(b"".join(blocks[:4]) + blocks[4][:20])
    assert found == STARVED[:20_000]
    assert rules(capture) == ["CAP001", "CAP019"]


def test_all_that_comes_before_a_fault_is_kept() -> None:
    """A stored block of gzip with impossible lengths behind a good one: every byte of the good one is there."""
    packer = zlib.compressobj(wbits=31)
    good = packer.compress(STARVED) + packer.flush(zlib.Z_SYNC_FLUSH)
    found, faults = unpacked(good + b"\0\x01\x02\x03\x04" + bytes(100))
    assert found == STARVED
    (fault,) = faults.met
    assert fault.rule == CUT_PACKED
    assert "is damaged near byte" in fault.message


def test_a_damaged_checksum_is_noted(tmp_path: Path) -> None:
    """All packets are there, but whether they are what they were is not known."""
    packed = bytearray(gzipped(STARVED))
    packed[-6] ^= 1
    capture = opened(tmp_path, bytes(packed))
    assert capture.count == PACKETS
    assert rules(capture) == ["CAP019"]


@pytest.mark.parametrize("pack", PACKERS)
@settings(max_examples=60, deadline=None)
@given(at=st.floats(0, 0.999), value=st.integers(1, 255))
def test_any_changed_byte(pack: Callable[[bytes], bytes], at: float, value: int) -> None:
    """What comes out is what went in, as far as it goes, or a fault is noted; nothing raises."""
    packed = bytearray(pack(STARVED))
    packed[int(at * len(packed))] ^= value
    if packing_of(bytes(packed)) is not None:
        found, faults = unpacked(bytes(packed))
        assert found == STARVED or faults.met


@pytest.mark.parametrize("pack", PACKERS)
def test_a_bomb_is_not_unpacked(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """A capture that goes on as zeros is refused at the limit, in a line that says what to do."""
    bomb = pack(STARVED + bytes(64 << 20))
    with pytest.raises(l2scope.CaptureError, match=r"it unpacks to more than 1 MiB: .*allow it with --max-size"):
        opened(tmp_path, bomb, max_size=1 << 20)


def test_xz_that_wants_too_much_memory() -> None:
    """A dictionary of 1 GiB is asked for by no sane program, and is not given."""
    packed = bytearray(xz(STARVED))
    # Behind the 12 bytes of the stream's header that of the block: size, flags, filter LZMA2, size of its properties,
    # dictionary (xz file format 3.1 and 5.3.1; 36: 1 GiB), padding, and the CRC-32 of all of it.
    assert packed[12:16] == b"\x02\x00\x21\x01"
    packed[16] = 36
    packed[20:24] = zlib.crc32(packed[12:20]).to_bytes(4, "little")
    found, faults = unpacked(bytes(packed))
    assert found == b""
    assert "emory usage limit" in faults.met[0].message


@pytest.mark.parametrize("count", [2, 3, 5])
def test_wrappings_in_wrappings(count: int, tmp_path: Path) -> None:
    """A few are opened; the packets' bytes stay within reach."""
    data = STARVED
    for number in range(count):
        data = PACKERS[number % 3](data)
    with opened(tmp_path, data) as capture:
        assert capture.count == PACKETS
        assert capture.raw(PACKETS) == l2scope.open(SAMPLES / "starved.btsnoop").raw(PACKETS)
        assert len(capture.wrapping) == count


def test_too_many_wrappings(tmp_path: Path) -> None:
    """A file that unpacks to a file that unpacks to a file ends in one line."""
    data = STARVED
    for _ in range(50):
        data = gzip.compress(data)
    with pytest.raises(l2scope.CaptureError, match=r"wrapped more than 5 times \(gzip, gzip"):
        opened(tmp_path, data)


def test_what_unpacks_to_nothing(tmp_path: Path) -> None:
    """It is refused as an empty file is."""
    with pytest.raises(l2scope.CaptureError, match="there is nothing in it"):
        opened(tmp_path, gzipped(b""))
    with pytest.raises(l2scope.CaptureError, match="the gzip data ends after 12 bytes without its end"):
        opened(tmp_path, gzipped(STARVED)[:12])


def test_pieces_are_small_where_streams_are() -> None:
    """What stands behind a stream is copied for each that follows, so it must not be much."""
    assert compression.PIECE <= 4096
