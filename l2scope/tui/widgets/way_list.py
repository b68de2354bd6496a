"""What else there is to look at, one a line: the screen that shows it, and how much it will show."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from l2scope.analysis.hierarchy import PROTOCOL_NAMES, Layer
from l2scope.capture import Capture
from l2scope.text import printable
from l2scope.tui.figures import SECOND, a_second, count, counted
from l2scope.tui.keys import ACTIONS, key_name
from l2scope.tui.overview import Overview
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.table_row import Cell, Column, plain

MOST_NAMED = 4
MOST_CARRIED = 6
KINDS = {"read": "Read", "write": "Write", "notification": "Notification", "indication": "Indication"}


@dataclass(frozen=True, slots=True)
class Way:
    """An action of the application, what it shows, and how much of it there is; nothing for nothing."""

    action: str
    title: str
    there: str


class WayRows:
    """The ways in the order of their keys; those that lead to nothing come last."""

    def __init__(self) -> None:
        self.ways: tuple[Way, ...] = ()

    @property
    def count(self) -> int:
        """Ways."""
        return len(self.ways)

    def show(self, capture: Capture, overview: Overview, carried: Sequence[tuple[str, str]]) -> None:
        """Takes what is there; carried says what carries what, where a dissector knows it."""
        self.ways = tuple(sorted(_ways(capture, overview, carried), key=lambda way: not way.there))

    def columns(self, width: int) -> Sequence[Column]:
        """The key, the screen, and what is there."""
        return Column("Key", 3), Column("Screen", 12), Column("What is there", 20, elastic=True)

    def gutter(self, row: int) -> tuple[str, Tone]:
        """None."""
        return " ", Tone.PLAIN

    def cells(self, row: int) -> Sequence[Cell]:
        """A way; one that leads to nothing is faint."""
        way = self.ways[row]
        key = next(key_name(action.keys[-1]) for action in ACTIONS if action.id == way.action)
        title = plain(way.title, Tone.PLAIN if way.there else Tone.FAINT)
        return plain(key, Tone.MARK), title, plain(way.there or "-", Tone.DIM if way.there else Tone.FAINT)


def _ways(capture: Capture, overview: Overview, carried: Sequence[tuple[str, str]]) -> Iterator[Way]:
    links = f"{counted(len(overview.links), 'link')}; w: all that was said over one" if overview.links else ""
    yield Way("app.show_ladder", "Conversation", links)
    att = _below(overview.layers, PROTOCOL_NAMES["att"])
    yield Way("app.show_att", "ATT", ", ".join(f"{count(layer.count)} {layer.name}" for layer in att[:MOST_NAMED]))
    done = {what: sum(layer.count for layer in att if _is(layer.name, name)) for what, name in KINDS.items()}
    yield Way("app.show_gatt", "GATT", ", ".join(counted(number, what) for what, number in done.items() if number))
    told = ", ".join(f"{printable(where)} {printable(title)}" for where, title in carried[:MOST_CARRIED])
    more = f", {count(len(carried) - MOST_CARRIED)} more" if len(carried) > MOST_CARRIED else ""
    sdus = counted(len(capture.tables.sdus), "SDU") if len(capture.tables.sdus) else ""
    yield Way("app.show_follow", "Streams", f"{told}{more}" if told else sdus)
    times = capture.tables.packets["time"]
    if len(times):
        lasted = max(1, int(times[-1]) - int(times[0]))
        average = a_second(len(times) * SECOND / lasted)
        yield Way("app.show_statistics", "Statistics", f"{average} on average; endpoints, latencies, protocols")


def _below(layers: Sequence[Layer], name: str) -> list[Layer]:
    """The layers of a protocol's commands, the most frequent first."""
    found: list[Layer] = []
    inside = False
    for layer in layers:
        if inside and layer.depth <= 2:
            break
        if inside:
            found.append(layer)
        inside = inside or layer.name == name
    return found


def _is(name: str, kind: str) -> bool:
    """Whether an ATT PDU asks for something of this kind, or tells it."""
    return kind in name and "Response" not in name and "Confirmation" not in name
