"""What a link carried in one direction, PDU by PDU, in a form that two captures of it can be compared by."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Final

import numpy as np
import numpy.typing as npt

from l2scope.capture import Capture
from l2scope.engine.words import ACL, PDU_COMPLETE

Integers = npt.NDArray[np.int64]

ACL_HEADER: Final = 4
L2CAP_HEADER: Final = 4


@dataclass(frozen=True, slots=True)
class Stream:
    """The whole PDUs of one direction of a link, in order: rows of tables.pdus, the packets that complete them with
    their times (Unix ns), how many bytes are in those last packets, and a number for the content of each."""

    rows: Integers
    packets: Integers
    times: Integers
    tails: Integers
    contents: list[int]


def streams_of(capture: Capture, kept: int | None) -> dict[tuple[int, int], Stream]:
    """The streams of a capture by link and direction. kept: how many bytes of each PDU are compared, None for all.

    Numbers of contents hold within this process only.
    """
    pdus = capture.tables.pdus
    contents = np.zeros(len(pdus), dtype=np.int64)
    for row, content in _contents(capture):
        whole = content[: L2CAP_HEADER + int.from_bytes(content[:2], "little")]
        contents[row] = hash(whole[:kept])
    whole_rows = np.flatnonzero((pdus["state"] == PDU_COMPLETE) & (pdus["last"] > 0) & (contents != 0))
    flows = 2 * pdus["link"][whole_rows].astype(np.int64) + pdus["direction"][whole_rows]
    return {divmod(int(flow), 2): _stream(capture, whole_rows[flows == flow], contents) for flow in np.unique(flows)}


def _stream(capture: Capture, rows: Integers, contents: Integers) -> Stream:
    packets = capture.tables.pdus["last"][rows].astype(np.int64)
    last = capture.tables.packets[packets - capture.first_number]
    return Stream(
        rows=rows,
        packets=packets,
        times=last["time"].astype(np.int64),
        tails=last["original"].astype(np.int64) - ACL_HEADER,
        contents=contents[rows].tolist(),
    )


def _contents(capture: Capture) -> Iterator[tuple[int, bytes]]:
    """Each row of tables.pdus with its bytes, up to where a fragment was cut short."""
    packets = capture.tables.packets
    fragments = np.flatnonzero((packets["kind"] == ACL) & (packets["pdu"] >= 0))
    fragments = fragments[np.argsort(packets["pdu"][fragments], kind="stable")]
    cut = (packets["original"] > packets["length"])[fragments].tolist()
    rows = packets["pdu"][fragments].tolist()
    of_pdus = zip(rows, fragments.tolist(), cut, strict=True)
    for row, own in groupby(of_pdus, itemgetter(0)):
        parts = []
        for _, fragment, is_cut in own:
            packet = capture.raw(fragment + capture.first_number)
            parts.append(packet[ACL_HEADER : ACL_HEADER + int.from_bytes(packet[2:4], "little")])
            if is_cut:
                break
        yield row, b"".join(parts)


def shortest_cut(capture: Capture) -> int | None:
    """How many bytes of a PDU are there at least where packets were cut short, None where none was."""
    packets = capture.tables.packets
    cut = packets["length"][
        (packets["kind"] == ACL) & (packets["pdu"] >= 0) & (packets["original"] > packets["length"])
    ]
    return max(0, int(cut.min()) - ACL_HEADER) if len(cut) else None
