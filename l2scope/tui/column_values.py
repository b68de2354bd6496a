"""The texts of columns that take more than a look at a table: computed beside the keys, for the rows that are seen."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from textual.cache import LRUCache

from l2scope.capture import Capture
from l2scope.dissection import dissect
from l2scope.filter.field import Cost, FilterField
from l2scope.filter.kinds import BYTES
from l2scope.filter.known_fields import KNOWN
from l2scope.filter.packets import Packets
from l2scope.sources.errors import CaptureError
from l2scope.tui.colour_rules import TONES, ColourRules
from l2scope.tui.field_texts import Value, texts_of, values_of
from l2scope.tui.figures import seconds
from l2scope.tui.overview import Overview
from l2scope.tui.packet_columns import OF_CHANNEL
from l2scope.tui.search import neighbour
from l2scope.tui.theme import Tone

MOST_KEPT = 65_536
PENDING = "…"
HIDDEN = "hidden"
LOST = "?"
"""The file no longer holds the packet."""
COLOUR = ""
"""Stands for a column whose texts are the names of the tones that the user's rules give to the rows."""

Wanted = Mapping[str, Iterable[int]]
"""Rows by the name of a column."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a cell says. It is computed again where the capture was judged anew since."""

    text: str
    generation: int


class ColumnValues:
    """Texts of cells. Whoever asks for one that is not there yet gets `PENDING`, and `compute` knows that it is wanted.

    `on_wanted` is called when there is something to compute. `compute` belongs to one thread at a time, all else to
    that of the screen.
    """

    def __init__(self, capture: Capture) -> None:
        self.capture = capture
        self.on_wanted: Callable[[], None] = lambda: None
        self.overview = Overview()
        self.colours = ColourRules()
        self.shows_keys = False
        self._generation = 0
        self._texts: LRUCache[tuple[str, int], Text] = LRUCache(MOST_KEPT)
        self._wanted: dict[str, set[int]] = {}
        self._packets: Packets | None = None

    def of(self, name: str, row: int) -> str:
        """What the cell says by now."""
        found = self._texts.get((name, row))
        if found is None or found.generation != self._generation:
            first = not self._wanted
            self._wanted.setdefault(name, set()).add(row)
            if first:
                self.on_wanted()
        return PENDING if found is None else found.text

    def tone(self, row: int) -> Tone | None:
        """The tone of a row by the user's rules, as far as it is known by now."""
        return TONES.get(self.of(COLOUR, row)) if self.colours.rules else None

    def renew(self) -> None:
        """Everything may have changed: what is known is shown until it is computed again."""
        self._generation += 1

    def forget(self) -> None:
        """What is known must not be seen any more."""
        self._texts.clear()
        self._generation += 1

    @property
    def is_wanted(self) -> bool:
        """Something is to be computed."""
        return bool(self._wanted)

    def take_wanted(self, around: Iterable[int] = ()) -> dict[str, list[int]]:
        """What is to be computed: what was asked for, and the same columns of the rows around that are not known."""
        wanted = {name: set(rows) for name, rows in self._wanted.items()}
        for name, rows in wanted.items():
            rows.update(row for row in around if (name, row) not in self._texts)
        self._wanted.clear()
        return {name: sorted(row for row in rows if row < self.capture.count) for name, rows in wanted.items()}

    def compute(self, wanted: Wanted, stopped: Callable[[], bool]) -> dict[tuple[str, int], Text]:
        """The texts of some cells. Raises Stopped once `stopped` says that nobody waits for them."""
        generation = self._generation
        packets = self._packets
        if packets is None or packets.count != self.capture.count:
            packets = self._packets = Packets(self.capture)
        packets.stopped = stopped
        found: dict[tuple[str, int], Text] = {}
        for name, asked in wanted.items():
            rows = [row for row in asked if row < packets.count]
            texts = self._texts_of(name, packets, rows) if rows else {}
            found |= {(name, row): Text(texts.get(row, ""), generation) for row in rows}
        return found

    def keep(self, found: Mapping[tuple[str, int], Text]) -> None:
        """Takes in what was computed."""
        for place, text in found.items():
            self._texts.discard(place)  # Textual's cache leaves what it has as it is
            self._texts[place] = text

    def _texts_of(self, name: str, packets: Packets, rows: list[int]) -> dict[int, str]:
        try:
            if name == COLOUR:
                return {row: tone.value for row, tone in self.colours.tones(packets, rows).items()}
            if name == OF_CHANNEL:
                return {row: self._since_channel(packets, row) for row in rows}
            field = KNOWN[name]
            values = values_of(field, packets, rows)
            return {row: self._told(field, row, found) for row, found in values.items()}
        except CaptureError:
            return dict.fromkeys(rows, LOST)

    def _told(self, field: FilterField, row: int, values: list[Value]) -> str:
        """The text of a cell, unless it would show a key."""
        return HIDDEN if self.hides(field, row, values) else texts_of(field, values)

    def hides(self, field: FilterField, row: int, values: list[Value]) -> bool:
        """Whether these values of a packet would show a key, while keys are not shown."""
        can_hold = field.kind is BYTES and field.cost is Cost.DISSECTED and not self.shows_keys
        return can_hold and self._holds_key(row, values)

    def texts(self, names: Iterable[str], rows: list[int]) -> dict[str, dict[int, str]]:
        """What the cells of some rows say, computed now; for any thread."""
        packets = Packets(self.capture)
        return {name: self._texts_of(name, packets, rows) for name in names}

    def _holds_key(self, row: int, values: list[Value]) -> bool:
        """One of these values is, holds or is part of a key, in either order of its bytes."""
        tree = dissect(self.capture, row + self.capture.first_number, patient=False)
        keys = [tree.buffers[buffer].data[start:stop] for buffer, start, stop in tree.hidden]
        both = [written for key in keys for written in (key, key[::-1]) if key]
        return any(isinstance(value, bytes) and (key in value or value in key) for value in values for key in both)

    def _since_channel(self, packets: Packets, row: int) -> str:
        """The time since the packet before of the same channel."""
        packets.go_on()
        base = self.capture.first_number
        before = neighbour(self.capture, self.overview, row + base, -1)
        if before is None:
            return ""
        times = packets.table["time"]
        return seconds(int(times[row]) - int(times[before - base]))
