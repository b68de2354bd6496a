"""The engine's rows as numpy structured arrays that grow while a capture is read."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from l2scope.engine import tables as engine_tables

Rows = npt.NDArray[Any]

FIRST_CAPACITY: Final = 4096
# A growing table takes room for what the rest of the file is likely to need, since copying a table of some hundred
# thousand rows holds up whoever waits for the interpreter. Memory that was never written to costs nothing.
LARGEST_GROWTH: Final = 16
ROOM_TO_SPARE: Final = 1.05


class GrowingTable:
    """Rows appended at the end. A view taken from `rows` stays valid; it does not see rows that come later."""

    def __init__(self, dtype: list[tuple[str, str]]) -> None:
        self._rows: Rows = np.empty(0, dtype=dtype)
        self._count = 0

    @property
    def rows(self) -> Rows:
        return self._rows[: self._count]

    def append(self, data: bytes, share: float = 1.0) -> None:
        """Adds whole rows in the table's own layout. share is how much of the capture has been read with them."""
        new = np.frombuffer(data, dtype=self._rows.dtype)
        count = self._count + len(new)
        if count > len(self._rows):
            self._grow(count, share)
        self._rows[self._count : count] = new
        self._count = count

    def _grow(self, count: int, share: float) -> None:
        expected = int(min(count * ROOM_TO_SPARE / share, count * LARGEST_GROWTH)) if share > 0 else 0
        grown = np.empty(max(expected, count * 3 // 2, FIRST_CAPACITY), dtype=self._rows.dtype)
        grown[: self._count] = self.rows
        self._rows = grown


class CaptureTables:
    """The tables of a capture, one attribute each; l2scope/engine/tables.py says what the columns mean."""

    def __init__(self) -> None:
        self._packets = GrowingTable(engine_tables.PacketTable.dtype)
        self._pdus = GrowingTable(engine_tables.PduTable.dtype)
        self._signals = GrowingTable(engine_tables.SignalTable.dtype)
        self._credits = GrowingTable(engine_tables.CreditTable.dtype)
        self._sdus = GrowingTable(engine_tables.SduTable.dtype)
        self._frames = GrowingTable(engine_tables.FrameTable.dtype)
        self._zeros = GrowingTable(engine_tables.ZeroTable.dtype)
        self._att = GrowingTable(engine_tables.AttTable.dtype)
        self._losses = GrowingTable(engine_tables.LossTable.dtype)

    @property
    def packets(self) -> Rows:
        return self._packets.rows

    @property
    def pdus(self) -> Rows:
        return self._pdus.rows

    @property
    def signals(self) -> Rows:
        return self._signals.rows

    @property
    def credits(self) -> Rows:
        return self._credits.rows

    @property
    def sdus(self) -> Rows:
        return self._sdus.rows

    @property
    def frames(self) -> Rows:
        return self._frames.rows

    @property
    def zeros(self) -> Rows:
        return self._zeros.rows

    @property
    def att(self) -> Rows:
        return self._att.rows

    @property
    def losses(self) -> Rows:
        return self._losses.rows

    def take(self, tables: engine_tables.Tables, share: float = 1.0) -> None:
        """Moves the engine's new rows here, and applies what it changed in rows that are here already. share is how
        much of the capture has been read with them, 0 to 1.

        Packets come last: whoever sees a packet's row finds the rows that it points to.
        """
        self._pdus.append(tables.pdus.take(), share)
        self._signals.append(tables.signals.take(), share)
        self._credits.append(tables.credits.take(), share)
        self._sdus.append(tables.sdus.take(), share)
        self._frames.append(tables.frames.take(), share)
        self._zeros.append(tables.zeros.take(), share)
        self._att.append(tables.att.take(), share)
        self._losses.append(tables.losses.take(), share)
        self._apply_late_pdus(tables.pdus.take_late())
        self._apply_late_sdus(tables.sdus.take_late())
        self._apply_late_frames(tables.frames.take_late())
        self._apply_late_zeros(tables.zeros.take_late())
        self._packets.append(tables.packets.take(), share)

    def _apply_late_pdus(self, data: bytes) -> None:
        late = np.frombuffer(data, dtype=engine_tables.PduTable.late_dtype)
        for column in ("last", "channel", "length", "cid", "state"):
            self.pdus[column][late["row"]] = late[column]

    def _apply_late_sdus(self, data: bytes) -> None:
        late = np.frombuffer(data, dtype=engine_tables.SduTable.late_dtype)
        self.sdus["state"][late["row"]] = late["state"]

    def _apply_late_frames(self, data: bytes) -> None:
        late = np.frombuffer(data, dtype=engine_tables.FrameTable.late_dtype)
        self.frames["sdu"][late["row"]] = late["sdu"]

    def _apply_late_zeros(self, data: bytes) -> None:
        late = np.frombuffer(data, dtype=engine_tables.ZeroTable.late_dtype)
        self.zeros["class"][late["row"]] = late["class"]
