"""Writes a capture anonymously: the same channels, stalls and findings, and nobody's devices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from l2scope.anonymising.packets import PacketScrubber
from l2scope.anonymising.pseudonyms import ADDRESS_SIZE, Pseudonyms
from l2scope.capture import Capture
from l2scope.engine.names import is_resolvable
from l2scope.engine.words import ACL, BREDR_SMP_CID, COMMAND, EVENT, INDEX_INFO, NEW_INDEX, NONE, SMP_CID
from l2scope.identity import can_resolve
from l2scope.writing.convert import Edits, Written, convert


def anonymise(
    capture: Capture,
    path: Path,
    to: str,
    keep_payloads: bool = False,
    pseudonyms: Pseudonyms | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Written:
    """Writes it in the format `to`. Addresses, names and keys have pseudonyms, payloads are zero unless they are kept;
    lengths, times, credits, handles and types stay. on_progress is told packets done and in all. Raises CaptureError.
    """
    names = Pseudonyms() if pseudonyms is None else pseudonyms
    scrubber = PacketScrubber(capture, names, keep_payloads)
    _resolvable(capture, names)
    scrubber.learn(_counted(_telling(capture), 2 * capture.count, on_progress))

    def rewrite(number: int, data: bytes) -> bytes:
        if on_progress is not None and number % 1024 == 0:
            on_progress(capture.count + number, 2 * capture.count)
        return scrubber.rewrite(number, data)

    return convert(capture, path, to, edits=Edits(keep_comments=False, rewrite=rewrite))


def _telling(capture: Capture) -> Iterator[int]:
    """The packets that tell of addresses, names and keys, by their numbers."""
    packets = capture.tables.packets
    mask = np.isin(packets["kind"], (COMMAND, EVENT, NEW_INDEX, INDEX_INFO))
    carried = (packets["kind"] == ACL) & (packets["pdu"] != NONE)
    cids = capture.tables.pdus["cid"][packets["pdu"][carried]]
    mask[np.flatnonzero(carried)[np.isin(cids, (SMP_CID, BREDR_SMP_CID))]] = True
    yield from (np.flatnonzero(mask) + capture.first_number).tolist()


def _counted(numbers: Iterator[int], total: int, on_progress: Callable[[int, int], None] | None) -> Iterator[int]:
    for number in numbers:
        if on_progress is not None:
            on_progress(number, total)
        yield number


def _resolvable(capture: Capture, names: Pseudonyms) -> None:
    """Private addresses that a key in the capture resolves are resolved by its pseudonym."""
    if not can_resolve():
        return
    keys = {id(identity): key for key, identity in capture.engine.host.registry.names.keys.items()}
    assert capture.links is not None  # reading them resolves the peers
    for link in capture.engine.host.links:
        peer = link.peer
        key = None if peer.identity is None else keys.get(id(peer.identity))
        if key is not None and is_resolvable(peer.kind, peer.address):
            names.resolvable(int(peer.address).to_bytes(ADDRESS_SIZE, "little"), bytes(key))
