"""Four lines for whoever sees the program for the first time."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from l2scope.tui.key_map import KeyMap, keys_of
from l2scope.tui.theme import Tone
from l2scope.tui.widgets.bars import PaneHead, Piece
from l2scope.tui.widgets.glance import PieceLines


def lines(keys: KeyMap) -> tuple[tuple[Piece, ...], ...]:
    """What one has to know, with the keys as they are."""
    return (
        _line(
            keys.first("list.open"),
            "goes to the packets behind anything you see",
            keys.first("app.go_back"),
            "comes back",
        ),
        _line(keys.first("app.show_findings"), "says what is wrong and what to change", "1-9", "lead to all screens"),
        _line(
            keys.first("tabs.open_file"), "opens another file", keys.first("app.command_palette"), "finds any action"
        ),
        _line(
            keys.first("app.show_help"), "lists the keys of the screen you are on", keys.first("app.leave"), "leaves it"
        ),
    )


def _line(key: str, does: str, other: str, does_other: str) -> tuple[Piece, ...]:
    return (
        (f" {key:<7}", Tone.MARK), (does, Tone.PLAIN), (" · ", Tone.FAINT), (f"{other} ", Tone.MARK),
        (does_other, Tone.PLAIN),
    )  # fmt: skip


ONLY_ON = ("enter", "space", "escape")
"""Keys that one presses to make something go away."""


class TourScreen(ModalScreen[None]):
    """Any key or click goes on."""

    DEFAULT_CSS = """
    TourScreen { align: center bottom; background: $ground-page 30%; }
    TourScreen > Vertical { width: 78; max-width: 100%; height: auto; margin-bottom: 1; background: $ground-page;
                            border: round $tone-mark; }
    TourScreen PaneHead { dock: top; }
    TourScreen PieceLines { height: 4; margin-top: 1; }
    """

    def compose(self) -> ComposeResult:
        """A head and four lines."""
        with Vertical():
            yield PaneHead()
            yield PieceLines()

    def on_mount(self) -> None:
        """Says how to go on."""
        self.query_one(PaneHead).show((("Welcome to l2scope", Tone.STRONG),), (("any key goes on", Tone.DIM),))
        self.query_one(PieceLines).show(lines(keys_of(self.query_one(PaneHead))))

    def on_key(self, event: events.Key) -> None:
        """Goes on; a key that means something to the screen below does it, so that nobody presses it twice."""
        event.stop()
        event.prevent_default()
        self.dismiss()
        if event.key not in ONLY_ON:
            self.app.call_later(self.app.simulate_key, event.key)

    def on_click(self) -> None:
        """Goes on."""
        self.dismiss()
