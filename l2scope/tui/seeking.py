"""What `/` can look for: a text of the list, packets that pass a display filter, or bytes."""

import asyncio
import re
from collections.abc import Callable
from enum import Enum
from typing import Protocol

import numpy as np

from l2scope.capture import Capture
from l2scope.filter import Filter
from l2scope.filter.values import Mask
from l2scope.sources.errors import CaptureError
from l2scope.tui.background import beside_keys
from l2scope.tui.search import find_row
from l2scope.tui.widgets.packet_list import PacketRows

PATIENCE = 0.05
"""Seconds without a key before a filter is asked."""
BETWEEN_DIGITS = re.compile(r"[\s:.,-]|0x", re.IGNORECASE)
Progress = Callable[[float], None]
Passes = Callable[[int], bool]


class Way(Enum):
    """How one looks; the value is what the prompt says."""

    TEXT = "find text"
    FILTER = "find by filter"
    BYTES = "find bytes"


class Sought(Protocol):
    """Something to look for. `text` is what the user typed."""

    text: str

    async def first(self, rows: range, progress: Progress) -> int | None:
        """The first of these rows that has it. Raises FilterError, or CaptureError where the file changed."""


def sought(way: Way, text: str, rows: PacketRows, passes: Passes) -> Sought:
    """What a text asks for, among the rows that pass. Raises ValueError for what are no bytes."""
    if way is Way.FILTER:
        return _Filtered(text, rows.capture, passes)
    if way is Way.BYTES:
        return _Bytes(text, pattern(text), rows, passes)
    return _Text(text, rows, passes)


def pattern(text: str) -> bytes:
    """Bytes as people write them: `01 a0`, `01:a0`, `0x01a0`, or a text between quotation marks. Raises ValueError."""
    text = text.strip()
    if text.startswith('"'):
        return text.strip('"').encode("utf-8", "surrogateescape")
    digits = BETWEEN_DIGITS.sub("", text)
    if not re.fullmatch(r"[0-9a-fA-F]*", digits):
        raise ValueError('bytes are written as 01 a0, or "text"')
    if len(digits) % 2:
        raise ValueError("half a byte: one more digit")
    return bytes.fromhex(digits)


class _Text:
    def __init__(self, text: str, rows: PacketRows, passes: Passes) -> None:
        self.text, self._rows, self._passes = text, rows, passes
        self._wanted = text.lower()

    async def first(self, rows: range, progress: Progress) -> int | None:
        return await find_row(self._fits, rows, progress)

    def _fits(self, row: int) -> bool:
        return self._passes(row) and self._wanted in self._rows.search_text(row)


class _Bytes:
    """Bytes of packets, also those that a key is made of."""

    def __init__(self, text: str, wanted: bytes, rows: PacketRows, passes: Passes) -> None:
        self.text, self._wanted, self._rows, self._passes = text, wanted, rows, passes

    async def first(self, rows: range, progress: Progress) -> int | None:
        return await find_row(self._fits, rows, progress)

    def _fits(self, row: int) -> bool:
        try:
            return self._passes(row) and self._wanted in self._rows.capture.raw(self._rows.number(row))
        except CaptureError:
            return False


class _Filtered:
    """The filter is asked of all packets once, beside the keys, and again when there are more."""

    def __init__(self, text: str, capture: Capture, passes: Passes) -> None:
        self.text, self._capture, self._passes = text, capture, passes
        self._filter: Filter | None = None
        self._mask: Mask = np.zeros(0, dtype=np.bool_)

    async def first(self, rows: range, progress: Progress) -> int | None:
        if self._filter is None or len(self._mask) != self._capture.count:
            await asyncio.sleep(PATIENCE)
            progress(0.0)
            self._mask = await beside_keys(self._ask)
        hits = np.flatnonzero(self._mask[: max(rows, default=-1) + 1])
        ordered = hits[hits >= min(rows)] if len(rows) else hits[:0]
        for row in ordered[:: rows.step].tolist():
            if self._passes(row):
                return int(row)
        return None

    def _ask(self) -> Mask:
        self._filter = self._filter or Filter(self.text.strip())
        return self._filter.select(self._capture).mask
