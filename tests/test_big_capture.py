"""The benchmark's generator writes what its truth says."""

import hashlib
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.benchmark.big_capture import Plan, write_big_capture
from tests.independent_reading import Reading, read

PLAN = Plan(packets=6_000, channels=2)


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Reading]:
    """The truth and the independent reading of a small big capture."""
    path = tmp_path_factory.mktemp("big") / "big.btsnoop"
    return write_big_capture(path, PLAN), read(path)


def digest(k_frames: list[bytes]) -> tuple[int, str]:
    """How many SDUs the K-frames complete, and SHA-256 over the length (4 bytes) and the bytes of each."""
    count, current, sha256 = 0, b"", hashlib.sha256()
    for k_frame in k_frames:
        current += k_frame
        length = struct.unpack_from("<H", current)[0]
        if len(current) == length + 2:
            count += 1
            sha256.update(struct.pack("<I", length) + current[2:])
            current = b""
    return count, sha256.hexdigest()


def test_totals(big: tuple[dict[str, Any], Reading]) -> None:
    """Packets, K-frames, SDUs and credits of every direction are those of the truth."""
    truth, found = big
    indications = list(found.commands(0x16))
    assert found.packets == truth["packets"] >= PLAN.packets
    for channel in truth["channels"]:
        for sent, cid, expected in (
            (True, channel["remote_cid"], channel["tx"]),
            (False, channel["local_cid"], channel["rx"]),
        ):
            k_frames = found.payloads(channel["handle"], sent, cid)
            granted = [
                struct.unpack("<HH", data)
                for handle, by_phone, _, data in indications
                if handle == channel["handle"] and by_phone != sent
            ]
            assert len(k_frames) == expected["kframes"] > 0
            assert digest(k_frames) == (expected["sdus"], expected["sha256"])
            assert sum(credits for own_cid, credits in granted if own_cid == cid) == expected["credits_granted"]


def test_it_starves(big: tuple[dict[str, Any], Reading]) -> None:
    """Late policies leave zero intervals of at least their delay, no ledger goes below zero."""
    directions = [channel[way] for channel in big[0]["channels"] for way in ("tx", "rx")]
    assert all(direction["min_balance"] >= 0 for direction in directions)
    longest = max(end - start for direction in directions for start, end, *_ in direction["zeros"])
    assert longest > 280_000


def test_same_plan_same_bytes(tmp_path: Path) -> None:
    """The capture depends on the plan alone."""
    first, again, other = (tmp_path / name for name in ("first", "again", "other"))
    for path, plan in ((first, PLAN), (again, PLAN), (other, replace(PLAN, seed=2))):
        write_big_capture(path, replace(plan, packets=1_000))
    assert first.read_bytes() == again.read_bytes() != other.read_bytes()
