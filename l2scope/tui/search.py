"""Looking through the packets without holding up the screen."""

import asyncio
from collections.abc import Callable
from time import perf_counter

import numpy as np

from l2scope.capture import Capture
from l2scope.engine.words import NONE
from l2scope.tui.overview import Overview

SLICE_SECONDS = 0.008
ROWS_BETWEEN_LOOKS = 16
BLOCK_ROWS = 65_536


async def find_row(fits: Callable[[int], bool], rows: range, on_progress: Callable[[float], None]) -> int | None:
    """The first of `rows` that fits. Works in slices of some milliseconds, keys run in between."""
    looked = 0
    while looked < len(rows):
        deadline = perf_counter() + SLICE_SECONDS
        while looked < len(rows) and perf_counter() < deadline:
            for row in rows[looked : looked + ROWS_BETWEEN_LOOKS]:
                if fits(row):
                    return row
            looked += ROWS_BETWEEN_LOOKS
        on_progress(looked / len(rows))
        await asyncio.sleep(0)
    return None


def around(row: int, count: int, step: int, *, itself: bool) -> tuple[range, range]:
    """The rows from a row onwards (step 1) or backwards (-1), and those that follow when the end was reached."""
    first = row if itself else row + step
    if step > 0:
        return range(first, count), range(min(first, count))
    return range(first, -1, -1), range(count - 1, max(first, -1), -1)


def neighbour(capture: Capture, overview: Overview, number: int, step: int) -> int | None:
    """The next (step 1) or previous (-1) packet of the channel that a packet belongs to, None at the end.

    To a channel belong its PDUs, the indications that gave it credits, and what opened and closed it. The packets of
    a fixed channel are those with the same CID on the same link.
    """
    channel, link, cid = _belongs_to(capture, overview, number)
    if channel == NONE and cid == NONE:
        return None
    found = [_next_pdu(capture, number, step, channel, link, cid)]
    if channel != NONE:
        found += [_next_credit(capture, number, step, channel), *_ends(overview, channel)]
    ahead = [packet for packet in found if packet is not None and (packet - number) * step > 0]
    return min(ahead, key=lambda packet: packet * step, default=None)


def _belongs_to(capture: Capture, overview: Overview, number: int) -> tuple[int, int, int]:
    """Channel, link and CID of a packet, NONE where it has none."""
    tables = capture.tables
    packet = tables.packets[number - capture.first_number]
    pdu = int(packet["pdu"])
    if pdu == NONE:
        return NONE, NONE, NONE
    channel, link, cid = (int(tables.pdus[name][pdu]) for name in ("channel", "link", "cid"))
    if channel != NONE:
        return channel, link, cid
    at = int(np.searchsorted(tables.credits["packet"], number))
    if at < len(tables.credits) and int(tables.credits["packet"][at]) == number:
        return int(tables.credits["flow"][at]) // 2, link, cid
    opened = next((found.id for found in overview.channels if number in (found.opened, found.closed)), NONE)
    return opened, link, cid


def _ends(overview: Overview, channel: int) -> tuple[int | None, int | None]:
    found = next((found for found in overview.channels if found.id == channel), None)
    return (None, None) if found is None else (found.opened, found.closed)


def _next_pdu(capture: Capture, number: int, step: int, channel: int, link: int, cid: int) -> int | None:
    """The next packet that carries a part of a PDU of the channel."""
    tables = capture.tables
    packet_pdus, pdus = tables.packets["pdu"], tables.pdus
    for rows in blocks(number - capture.first_number, len(packet_pdus), step):
        own = packet_pdus[rows]
        if channel != NONE:
            fits = pdus["channel"][own] == channel
        else:
            fits = (pdus["channel"][own] == NONE) & (pdus["link"][own] == link) & (pdus["cid"][own] == cid)
        hits = np.flatnonzero(fits & (own != NONE))
        if len(hits):
            first: int = rows.start + capture.first_number
            return first + int(hits[0 if step > 0 else -1])
    return None


def _next_credit(capture: Capture, number: int, step: int, channel: int) -> int | None:
    """The next packet that changed a balance of the channel."""
    credits = capture.tables.credits
    at = int(np.searchsorted(credits["packet"], number, "right" if step > 0 else "left"))
    for rows in blocks(at - 1 if step > 0 else at, len(credits), step):
        hits = np.flatnonzero(credits["flow"][rows] >> 1 == channel)
        if len(hits):
            return int(credits["packet"][rows][hits[0 if step > 0 else -1]])
    return None


def blocks(row: int, count: int, step: int) -> list[slice]:
    """The rows after (step 1) or before (-1) a row in blocks, the nearest first."""
    if step > 0:
        return [slice(start, min(start + BLOCK_ROWS, count)) for start in range(row + 1, count, BLOCK_ROWS)]
    return [slice(max(0, stop - BLOCK_ROWS), stop) for stop in range(row, 0, -BLOCK_ROWS)]
