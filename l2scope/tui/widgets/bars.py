"""The two lines that frame every screen: the title with the tabs and the progress of loading, and the key line."""

from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from l2scope.tui.key_map import keyed_app, keys_of
from l2scope.tui.keys import Action, Scope, key_line, key_name
from l2scope.tui.theme import Ground, Palette, Tone, palette_of

Piece = tuple[str, Tone]
Tab = tuple[str, str, str]
"""The action's id, its key and its label."""

TABS: tuple[tuple[str, str], ...] = (
    ("app.show_overview", "Overview"),
    ("app.show_packets", "Packets"),
    ("app.show_channels", "Channels"),
    ("app.show_findings", "Findings"),
    ("app.show_ladder", "Ladder"),
    ("app.show_att", "ATT"),
    ("app.show_gatt", "GATT"),
    ("app.show_follow", "Follow"),
    ("app.show_statistics", "Stats"),
    ("app.show_help", ""),
)
"""The actions that lead to the screens, with their labels."""


FEWEST_PIECES = 2
"""How many pieces a head of a pane keeps at its left."""
SHORTEST_NAME = 12
LEAST_ROOM = 36
"""What the tabs leave for the file's name and size."""
MOST_ROOM = 48
"""What they leave for a long name and what must be seen beside it."""
PROGRAM = " l2scope "


class TitleBar(Widget):
    """File, size and tabs in one line, underlined as far as the file has been read."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "TitleBar { height: 1; dock: top; }"

    def __init__(self, current: str) -> None:
        super().__init__()
        self.current = current
        self.pieces: tuple[Piece, ...] = ()
        self.progress = 1.0
        self._tab_spans: list[tuple[int, int, str]] = []
        self._badges: dict[str, Piece] = {}

    def show(self, pieces: Iterable[Piece], progress: float = 1.0) -> None:
        """What stands left of the tabs, least important last, and how much of the file has been read."""
        self.pieces, self.progress = tuple(pieces), progress
        self.refresh()

    def badge(self, action: str, piece: Piece | None) -> None:
        """What stands behind the label of a tab, None for nothing."""
        if piece is None:
            self._badges.pop(action, None)
        else:
            self._badges[action] = piece
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The one line."""
        palette = palette_of(self)
        width = self.size.width
        tabs = self._tabs(palette)
        room = width - sum(cell_len(segment.text) for segment in tabs)
        left = self._left(palette, room)
        strip = Strip([*left, *tabs])
        if self.progress >= 1.0:
            return strip
        read = max(1, int(width * self.progress))
        line = Style(underline=True, color=palette.style(Tone.MARK, Ground.BAR).color)
        return Strip.join([strip.crop(0, read).apply_style(line), strip.crop(read)])

    def _left(self, palette: Palette, room: int) -> list[Segment]:
        bar = palette.style(Tone.PLAIN, Ground.BAR)
        segments, used = [Segment(PROGRAM, palette.style(Tone.MARK, Ground.BAR) + Style(bold=True))], len(PROGRAM)
        spare = max(SHORTEST_NAME, room - used - 2 - self._pressing)
        name = tuple((clipped(text, min(spare, max(1, room - used - 2))), tone) for text, tone in self.pieces[:1])
        for text, tone in (*name, *self.pieces[1:]):
            need = cell_len(text) + 2
            if used + need > room:
                break
            segments.append(Segment(f" {text} ", palette.style(tone, Ground.BAR)))
            used += need
        segments.append(Segment(" " * max(0, room - used), bar))
        return segments

    @property
    def _pressing(self) -> int:
        """The room for what must be seen beside the name: progress, or notes."""
        return sum(cell_len(text) + 2 for text, tone in self.pieces[1:2] if tone in (Tone.MARK, Tone.LOOK))

    def _tabs(self, palette: Palette) -> list[Segment]:
        """The tabs, and where they stand for the mouse."""
        segments: list[Segment] = []
        shown = self._shown_tabs()
        at = self.size.width - sum(map(self._tab_width, shown))
        self._tab_spans = []
        for tab in shown:
            action, key, label = tab
            badge, badge_tone = self._badges.get(action, ("", Tone.DIM))
            ground = Ground.SHADOW if action == self.current else Ground.BAR
            tone = Tone.STRONG if action == self.current else Tone.DIM
            segments.append(Segment(f" {key} ", palette.style(Tone.MARK, ground)))
            segments.append(Segment(f"{label} " if label else "", palette.style(tone, ground)))
            segments.append(Segment(f"{badge} " if badge else "", palette.style(badge_tone, ground)))
            end = at + self._tab_width(tab)
            self._tab_spans.append((at, end, action))
            at = end
        return segments

    def _shown_tabs(self) -> list[Tab]:
        """With their labels, of which the last ones are left out where the line is too short; this screen's stays."""
        tabs = [(action, self._key(action), label) for action, label in TABS]
        name = sum(cell_len(text) + 2 for text, _ in self.pieces[:1])
        wanted = min(MOST_ROOM, max(LEAST_ROOM, len(PROGRAM) + name + self._pressing))
        for at in range(len(tabs) - 1, -1, -1):
            if sum(map(self._tab_width, tabs)) + wanted <= self.size.width:
                break
            action, key, label = tabs[at]
            tabs[at] = action, key, label if action == self.current else ""
        return tabs

    def _key(self, action: str) -> str:
        """Its key, or a dot where it has none."""
        return keys_of(self).shortest(action) or "·"

    def _tab_width(self, tab: Tab) -> int:
        action, key, label = tab
        texts = (key, label, self._badges.get(action, ("", Tone.DIM))[0])
        return 1 + sum(len(text) + 1 for text in texts if text)

    async def on_click(self, event: events.Click) -> None:
        """A click on a tab."""
        for start, end, action in self._tab_spans:
            if start <= event.x < end:
                await self.app.run_action(action)


class KeyLine(Widget):
    """The keys that help most here, made from the registry; a click does what the key does."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "KeyLine { height: 1; dock: bottom; }"

    def __init__(self) -> None:
        super().__init__()
        self.scopes: tuple[Scope, ...] = ()
        self.note: Piece = ("", Tone.PLAIN)
        self._spans: list[tuple[int, int, str]] = []

    def show(self, scopes: Iterable[Scope]) -> None:
        """Names the keys of these scopes."""
        self.scopes = tuple(scopes)
        self.refresh()

    def say(self, text: str, tone: Tone = Tone.PLAIN) -> None:
        """Says something at the right, until something else is said; actions in braces become keys."""
        if self.note != (text, tone):
            self.note = (text, tone)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """As many keys as fit, the one for all keys always among them."""
        palette = palette_of(self)
        key_style, label_style = palette.style(Tone.MARK, Ground.BAR), palette.style(Tone.DIM, Ground.BAR)
        note = clipped(keys_of(self).named(self.note[0]), self.size.width // 2)
        width = self.size.width - cell_len(note) - 1
        segments = [Segment(" ", label_style)]
        self._spans = []
        at = 1
        for action in self._fitting(width - 2):
            keys = keys_of(self).keys(action)
            key, label = key_name(keys[0]), f" {action.label}   "
            segments += [Segment(key, key_style), Segment(label, label_style)]
            end = at + cell_len(key) + cell_len(label)
            self._spans.append((at, end, keys[0]))
            at = end
        left = Strip(segments).adjust_cell_length(width, label_style)
        right = Segment(f"{note} ", palette.style(self.note[1], Ground.BAR))
        return Strip.join([left, Strip([right])])

    def _fitting(self, room: int) -> list[Action]:
        keys = keys_of(self)
        wanted = [action for action in key_line(self.scopes) if keys.keys(action)]

        def needed() -> int:
            return sum(cell_len(keys.first(action.id)) + len(action.label) + 4 for action in wanted)

        while len(wanted) > 1 and needed() > room:
            last = [action for action in wanted if action.id != "app.show_help"][-1]
            wanted.remove(last)
        return wanted

    def on_click(self, event: events.Click) -> None:
        """A click on a key."""
        for start, end, key in self._spans:
            if start <= event.x < end:
                keyed_app(self).send_key(key)


class PaneHead(Widget):
    """The line above a pane: what it shows, stronger while the pane has the focus."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "PaneHead { height: 1; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.left: tuple[Piece, ...] = ()
        self.right: tuple[Piece, ...] = ()
        self.active = False

    def show(self, left: Iterable[Piece], right: Iterable[Piece] = ()) -> None:
        """Texts at both ends; actions in braces become keys."""
        keys = keys_of(self)
        self.left = tuple((keys.named(text), tone) for text, tone in left)
        self.right = tuple((keys.named(text), tone) for text, tone in right)
        self.refresh()

    def activate(self, active: bool) -> None:
        """The pane below has got or lost the focus."""
        if active != self.active:
            self.active = active
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Left and right text; of what is on the left the last pieces give way, then what is on the right."""
        palette, width = palette_of(self), self.size.width
        sign = "▌" if self.active else " "
        shown = self._left(width - sum(cell_len(text) for text, _ in self.right) - 3)
        left = [Segment(sign, palette.style(Tone.MARK, Ground.BAR)), *self._segments(shown, palette)]
        right = [*self._segments(self.right, palette), Segment(" ", palette.style(Tone.DIM, Ground.BAR))]
        used = sum(segment.cell_length for segment in left)
        need = sum(segment.cell_length for segment in right)
        blank = palette.style(Tone.DIM, Ground.BAR)
        if used + need + 1 > width:
            return Strip(left).adjust_cell_length(width, blank)
        return Strip([*left, Segment(" " * (width - used - need), blank), *right], width)

    def _left(self, room: int) -> tuple[Piece, ...]:
        """The first pieces that fit, all of them where not even two do."""
        shown = self.left
        while len(shown) > FEWEST_PIECES and sum(cell_len(text) for text, _ in shown) > room:
            shown = shown[:-1]
        return shown if sum(cell_len(text) for text, _ in shown) <= room else self.left

    def _segments(self, pieces: Iterable[Piece], palette: Palette) -> list[Segment]:
        return [Segment(text, palette.style(tone, Ground.BAR)) for text, tone in pieces]


def clipped(text: str, width: int) -> str:
    """A text in at most `width` cells of the terminal, cut ends marked by an ellipsis."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip() + "…"
