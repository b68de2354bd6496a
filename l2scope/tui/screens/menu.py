"""A menu over the screen: lines chosen by their letters, by arrows and Enter, or by the mouse."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Offset, Size, clamp
from textual.message import Message
from textual.screen import ModalScreen
from textual.strip import Strip

from l2scope.tui.keys import Scope, bindings
from l2scope.tui.theme import Ground, Tone, palette_of
from l2scope.tui.widgets.bars import PaneHead, clipped
from l2scope.tui.widgets.line_view import LineView

FRAME = 2
"""Lines, or cells, that the frame takes."""
WIDEST = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of a menu: the letter that chooses it, what it is, and what it would do or bring, dim. It is answered with
    its letter, or with `answer`."""

    key: str
    label: str
    note: str = ""
    answer: str = ""


class ChoiceList(LineView, inherit_bindings=False):
    """The lines of a menu, one of them under the cursor; posts `Chosen` for a click."""

    class Chosen(Message):
        """The line under the cursor."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self.choices = list(choices)
        self.cursor = 0
        self._labels = max((cell_len(choice.label) for choice in self.choices), default=0)

    def on_mount(self) -> None:
        """As high as it has lines."""
        self.virtual_size = Size(0, len(self.choices))

    @property
    def needed(self) -> int:
        """Cells for the widest line."""
        notes = max((cell_len(choice.note) for choice in self.choices), default=0)
        return 4 + self._labels + (2 + notes if notes else 0) + 2

    def render_line(self, y: int) -> Strip:
        """Letter, label, note."""
        palette, width = palette_of(self), self.size.width
        index = self.scroll_offset.y + y
        if index >= len(self.choices):
            return Strip.blank(width, palette.style())
        choice = self.choices[index]
        ground = Ground.CURSOR if index == self.cursor else Ground.PAGE
        label = set_cell_size(choice.label, min(self._labels, max(1, width - 5)))
        note = clipped(choice.note, max(1, width - 7 - self._labels)) if choice.note else ""
        segments = [
            Segment(f" {choice.key or ' '}  ", palette.style(Tone.MARK, ground)),
            Segment(label, palette.style(Tone.PLAIN, ground)),
            Segment(f"  {note}", palette.style(Tone.DIM, ground)),
        ]
        return Strip(segments).adjust_cell_length(width, palette.style(Tone.PLAIN, ground))

    def go(self, index: int) -> None:
        """Moves the cursor."""
        self.cursor = clamp(index, 0, max(0, len(self.choices) - 1))
        self.scroll_between(self.cursor - self.size.height + 1, self.cursor)
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """A click chooses."""
        index = self.scroll_offset.y + event.y
        if index < len(self.choices):
            self.go(index)
            self.post_message(self.Chosen())


class MenuScreen(ModalScreen[str]):
    """Ends with the letter or answer of what was chosen, or with nothing. At a place of the screen where one is given.
    A letter that no line has goes to the next line that begins with it."""

    BINDINGS = bindings(Scope.MENU)
    DEFAULT_CSS = """
    MenuScreen { align: center middle; background: $ground-page 0%; }
    MenuScreen > Vertical { background: $ground-page; border: round $tone-dim; }
    MenuScreen PaneHead { dock: top; }
    MenuScreen ChoiceList { height: 1fr; }
    """

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        at: tuple[int, int] | None = None,
        hint: str = "Esc closes",
        letters: frozenset[str] = frozenset(),
        cursor: int = 0,
    ) -> None:
        """letters: those that may be chosen beside those of the lines; cursor: the line that has it at first."""
        super().__init__()
        self._letters = letters | {choice.key for choice in choices}
        self._title, self._hint, self._at = title, hint, at
        self.list = ChoiceList(choices)
        self.list.cursor = cursor
        self._has_ended = False

    def compose(self) -> ComposeResult:
        """A head and the lines."""
        with Vertical():
            yield PaneHead()
            yield self.list

    def on_mount(self) -> None:
        """As large as its lines, as far as the screen goes."""
        self.query_one(PaneHead).show(((self._title, Tone.STRONG),), ((self._hint, Tone.DIM),))
        self._place()
        self.list.focus()

    def on_resize(self, _event: events.Resize) -> None:
        """Stays on the screen, and the cursor too."""
        self._place()
        self.call_after_refresh(lambda: self.list.go(self.list.cursor))

    def _place(self) -> None:
        room, box = self.app.size, self.query_one(Vertical)
        titles = cell_len(self._title) + cell_len(self._hint) + 5
        width = min(room.width - 2, WIDEST, max(self.list.needed, titles) + FRAME)
        height = min(room.height - 2, len(self.list.choices) + 1 + FRAME)
        box.styles.width, box.styles.height = width, height
        if self._at is not None:
            self.styles.align = ("left", "top")
            x, y = self._at
            box.styles.offset = Offset(clamp(x, 0, room.width - width), clamp(y + 1, 0, room.height - height))

    def on_key(self, event: events.Key) -> None:
        """A letter chooses at once, or goes to a line."""
        if not event.character or not event.is_printable or self._has_ended:
            return
        if event.character in self._letters:
            event.stop()
            event.prevent_default()
            self._end(event.character)
        else:
            self._go_to(event.character)

    def _go_to(self, letter: str) -> None:
        """The next line that begins with a letter, round the end."""
        choices, here = self.list.choices, self.list.cursor
        ahead = [*range(here + 1, len(choices)), *range(here)]
        found = next((at for at in ahead if choices[at].label.casefold().startswith(letter.casefold())), here)
        self.list.go(found)

    def action_down(self) -> None:
        """The line below."""
        self.list.go(self.list.cursor + 1)

    def action_up(self) -> None:
        """The line above."""
        self.list.go(self.list.cursor - 1)

    def action_first(self) -> None:
        """The first line."""
        self.list.go(0)

    def action_last(self) -> None:
        """The last line."""
        self.list.go(len(self.list.choices) - 1)

    def action_page_down(self) -> None:
        """A page down."""
        self.list.go(self.list.cursor + self.list.size.height)

    def action_page_up(self) -> None:
        """A page up."""
        self.list.go(self.list.cursor - self.list.size.height)

    def action_choose(self) -> None:
        """The line under the cursor."""
        if self.list.choices:
            chosen = self.list.choices[self.list.cursor]
            self._end(chosen.answer or chosen.key)

    def on_choice_list_chosen(self) -> None:
        """A click on a line."""
        self.action_choose()

    def action_close(self) -> None:
        """Nothing is chosen."""
        self._end("")

    def _end(self, answer: str) -> None:
        """Ends once, whatever keys come before the menu has gone."""
        if not self._has_ended:
            self._has_ended = True
            self.dismiss(answer)

    def on_click(self, event: events.Click) -> None:
        """A click beside it closes."""
        if not self.query_one(Vertical).region.contains(event.screen_x, event.screen_y):
            self._end("")
