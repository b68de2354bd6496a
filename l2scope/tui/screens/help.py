"""All keys of a screen, from the registry."""

from textwrap import wrap

from rich.cells import cell_len
from rich.segment import Segment
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.strip import Strip

from l2scope.tui.key_map import BY_ID, KeyMap, keys_of
from l2scope.tui.keys import MOST_TABS, Action, Scope, actions, bindings
from l2scope.tui.theme import Tone, palette_of
from l2scope.tui.widgets.bars import PaneHead
from l2scope.tui.widgets.line_view import LineView

SIGNS = (
    ("!", "in the list: a stall ends here, or an error is proved by this packet"),
    ("?", "in the list: a warning is proved by this packet, or it is odd"),
    ("a … z", "beside them: your mark on this packet"),
    ("*REF*", "for a time: the times of this packet and those behind it count from here"),
    ("…", "for a value: it is being computed"),
    ("▒ ░ ·", "no credits: certain, likely, idle; coloured: a stall"),
    ("~", "inferred, because the capture lacks something; dim"),
    ("≥", "a balance is at least this, as something was not seen; grey"),
)
COLUMN = 24
"""Where the texts begin, behind the keys."""
LINE = 100
SHORTEST_LINE = 12
GOES_ON = " "
"""Stands for the keys where a text goes on."""


class KeyPage(LineView, can_focus=False):
    """Keys and what they do, a line each, under the headings of their scopes."""

    DEFAULT_CSS = "KeyPage { padding: 0 1; }"

    def __init__(self, scopes: tuple[Scope, ...]) -> None:
        super().__init__()
        self.scopes = scopes
        self.lines: list[tuple[str, str]] = []

    def on_mount(self) -> None:
        """The keys as this user has them."""
        self.fold(LINE)

    def on_resize(self) -> None:
        """What does not fit into a line, beside the scroll bar, goes on in the next."""
        self.fold(self.size.width - 1)

    def fold(self, width: int) -> None:
        """Lines for this width; the page is as high as there are lines."""
        self.lines = [line for keys, text in _lines(self.scopes, keys_of(self)) for line in _folded(keys, text, width)]
        self.virtual_size = Size(0, len(self.lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """A heading, or keys with their help."""
        palette, width = palette_of(self), self.size.width
        index = self.scroll_offset.y + y
        keys, text = self.lines[index] if index < len(self.lines) else ("", "")
        if not keys:
            return Strip([Segment(text, palette.style(Tone.STRONG))]).adjust_cell_length(width, palette.style())
        padding = " " * max(2, COLUMN - cell_len(keys))
        segments = [Segment(f"  {keys}{padding}", palette.style(Tone.MARK)), Segment(text, palette.style())]
        return Strip(segments).adjust_cell_length(width, palette.style())


class HelpScreen(ModalScreen[None]):
    """Lies over the screen whose keys it shows."""

    BINDINGS = bindings(Scope.HELP)
    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $ground-page 60%; }
    HelpScreen > Vertical { width: 104; max-width: 96%; height: auto; max-height: 92%; background: $ground-page;
                            border: round $tone-faint; }
    HelpScreen PaneHead { dock: top; }
    HelpScreen KeyPage { height: auto; max-height: 100%; }
    """

    def __init__(self, scopes: tuple[Scope, ...]) -> None:
        super().__init__()
        self.scopes = scopes

    def compose(self) -> ComposeResult:
        """A head and the keys."""
        with Vertical():
            yield PaneHead()
            yield KeyPage(self.scopes)

    def on_mount(self) -> None:
        """Says how to leave."""
        head = self.query_one(PaneHead)
        head.show((("Keys", Tone.STRONG),), ((f"any of {keys_of(head).shown(BY_ID['help.close'])} closes", Tone.DIM),))

    def action_down(self) -> None:
        """A line down."""
        self._scroll(1)

    def action_up(self) -> None:
        """A line up."""
        self._scroll(-1)

    def action_page_down(self) -> None:
        """A page down."""
        self._scroll(self.query_one(KeyPage).size.height)

    def action_page_up(self) -> None:
        """A page up."""
        self._scroll(-self.query_one(KeyPage).size.height)

    def _scroll(self, by: int) -> None:
        page = self.query_one(KeyPage)
        page.scroll_to(y=page.scroll_offset.y + by, animate=False)

    def action_close(self) -> None:
        """Back to the screen."""
        self.dismiss()


def _lines(scopes: tuple[Scope, ...], keys: KeyMap) -> list[tuple[str, str]]:
    """(keys, help), or ("", heading)."""
    lines: list[tuple[str, str]] = []
    for scope in scopes:
        shown = [action for action in actions([scope]) if not _is_one_of_many(action)]
        lines += [("", scope.value), *((_shown(action, keys) or "-", action.help) for action in shown), ("", "")]
    return [*lines, ("", "Signs"), *SIGNS]


def _folded(keys: str, text: str, width: int) -> list[tuple[str, str]]:
    """A line, or as many as the text needs."""
    if not keys:
        return [(keys, text)]
    room = width - 2 - max(COLUMN, cell_len(keys) + 2)
    first, *rest = wrap(text, max(SHORTEST_LINE, room)) or [""]
    return [(keys, first), *((GOES_ON, more) for more in rest)]


def _is_one_of_many(action: Action) -> bool:
    """The keys of the tabs stand in one line."""
    return action.id.startswith("tabs.tab_") and action.id != "tabs.tab_1"


def _shown(action: Action, keys: KeyMap) -> str:
    if action.id != "tabs.tab_1":
        return keys.shown(action)
    return " … ".join(filter(None, (keys.first("tabs.tab_1"), keys.first(f"tabs.tab_{MOST_TABS}"))))
