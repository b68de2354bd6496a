"""The columns of the packet list: which there are, in which order, how wide; the list below shows it at once."""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.geometry import Size, clamp
from textual.message import Message
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Input

from l2scope.tui.key_map import keys_of
from l2scope.tui.keys import Scope, bindings, key_line
from l2scope.tui.packet_columns import DEFAULT, MOST_COLUMNS, PacketColumn, Source, known, sized, source_of
from l2scope.tui.theme import Ground, Tone, palette_of
from l2scope.tui.widgets.bars import PaneHead, clipped
from l2scope.tui.widgets.line_view import LineView
from l2scope.tui.widgets.typed_line import TypedLine

Columns = tuple[PacketColumn, ...]
TITLE, WIDEST_NAME = 15, 40


class Lines(LineView):
    """Lines of names with what they are, one of them under the cursor; posts `Pressed` for a click."""

    class Pressed(Message):
        """The line under the cursor was clicked; twice in a row where `double`."""

        def __init__(self, lines: "Lines", double: bool) -> None:
            self.lines = lines
            self.double = double
            super().__init__()

        @property
        def control(self) -> "Lines":
            return self.lines

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.entries: list[tuple[str, str, str]] = []
        self.cursor = 0
        self._names = 0

    def show(self, entries: list[tuple[str, str, str]], cursor: int) -> None:
        """Titles, names and what they are."""
        self.entries = entries
        self._names = min(WIDEST_NAME, max((cell_len(name) for _, name, _ in entries), default=0))
        self.cursor = clamp(cursor, 0, max(0, len(entries) - 1))
        if self.virtual_size.height != len(entries):
            self.virtual_size = Size(0, len(entries))
        self.scroll_between(self.cursor - max(1, self.size.height) + 1, self.cursor)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Title, name, help."""
        palette, width = palette_of(self), self.size.width
        index = self.scroll_offset.y + y
        if index >= len(self.entries):
            return Strip.blank(width, palette.style())
        ground = Ground.CURSOR if index == self.cursor else Ground.PAGE
        title, name, help = self.entries[index]
        segments = [
            Segment(f" {set_cell_size(title, TITLE)} ", palette.style(Tone.STRONG, ground)),
            Segment(f"{set_cell_size(name, self._names)} ", palette.style(Tone.PLAIN, ground)),
            Segment(clipped(help, max(1, width - TITLE - self._names - 4)), palette.style(Tone.DIM, ground)),
        ]
        return Strip(segments).adjust_cell_length(width, palette.style(Tone.PLAIN, ground))

    def on_click(self, event: events.Click) -> None:
        """Puts the cursor there."""
        index = self.scroll_offset.y + event.y
        if index < len(self.entries):
            self.show(self.entries, index)
            self.post_message(self.Pressed(self, event.chain == 2))


class ColumnsScreen(ModalScreen[None]):
    """Calls `show` with the columns whenever they change."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Scope.COLUMNS)
    DEFAULT_CSS = """
    ColumnsScreen { align: center bottom; background: $ground-page 0%; }
    ColumnsScreen > Vertical { width: 100; max-width: 100%; height: 60%; min-height: 14; background: $ground-page;
                               border: round $tone-dim; margin-bottom: 1; }
    ColumnsScreen PaneHead { dock: top; }
    ColumnsScreen #keys { dock: bottom; }
    ColumnsScreen Lines { height: 1fr; }
    ColumnsScreen Input { display: none; margin: 0 1; background: $ground-bar; color: $tone-strong; }
    ColumnsScreen #found { display: none; }
    ColumnsScreen.-adding Input, ColumnsScreen.-adding #found { display: block; }
    ColumnsScreen.-adding #columns { display: none; }
    """

    class _Line(TypedLine):
        """The line in which a field is looked for."""

        BINDINGS: ClassVar[list[BindingType]] = [
            Binding("escape", "screen.stop_adding", show=False, id="prompt.cancel"),
            Binding("enter", "submit", show=False, id="prompt.answer"),
            Binding("up", "screen.up", show=False),
            Binding("down", "screen.down", show=False),
        ]

    def __init__(
        self, columns: Columns, place: int, show: Callable[[Columns], None], fitting: Callable[[], list[int]]
    ) -> None:
        """fitting says which columns there is room for, by their places."""
        super().__init__()
        self._fitting = fitting
        self.columns = columns
        self._place = place
        self._show = show
        self._found: list[Source] = []

    def compose(self) -> ComposeResult:
        """The columns; while one is added, a line to type into and what fits."""
        with Vertical():
            yield PaneHead(id="head")
            yield Lines(id="columns")
            yield self._Line(" part of a name, or of what it is")
            yield Lines(id="found")
            yield PaneHead(id="keys")

    def on_resize(self, _event: events.Resize) -> None:
        """As many keys as fit."""
        self.call_after_refresh(self._put, self.columns, self.list.cursor)

    def on_mount(self) -> None:
        """The columns as they are."""
        self.list.focus()
        self._put(self.columns, self._place)

    @property
    def list(self) -> Lines:
        """The columns."""
        return self.query_one("#columns", Lines)

    @property
    def found(self) -> Lines:
        """What could be added."""
        return self.query_one("#found", Lines)

    @property
    def adding(self) -> bool:
        """A column is being looked for."""
        return self.has_class("-adding")

    def _put(self, columns: Columns, place: int) -> None:
        """Takes these columns, with the cursor on one of them."""
        if columns != self.columns:
            self.columns = columns
            self._show(columns)
        fitting = self._fitting()
        self.list.show([_described(column, at in fitting) for at, column in enumerate(columns)], place)
        self._heads()

    def _heads(self) -> None:
        title = "Add a column" if self.adding else "Columns"
        many = f"{len(self.found.entries)} fit" if self.adding else f"{len(self.columns)}"
        self.query_one("#head", PaneHead).show(((title, Tone.STRONG),), ((many, Tone.DIM),))
        keys = (
            [("Enter", "add it"), ("↑ ↓", "choose"), ("Esc", "none")]
            if self.adding
            else [(keys_of(self).shown(action).split(" ")[0], action.label) for action in key_line((Scope.COLUMNS,))]
        )
        room = self.query_one("#keys", PaneHead).size.width - 2
        while len(keys) > 1 and sum(len(key) + len(label) + 3 for key, label in keys) > room:
            del keys[-2]
        pieces = [piece for key, label in keys for piece in ((f"{key} ", Tone.MARK), (f"{label}  ", Tone.DIM))]
        self.query_one("#keys", PaneHead).show(pieces)

    def action_down(self) -> None:
        """The next line."""
        self._step(1)

    def action_up(self) -> None:
        """The line before."""
        self._step(-1)

    def _step(self, by: int) -> None:
        lines = self.found if self.adding else self.list
        lines.show(lines.entries, lines.cursor + by)

    def action_move_down(self) -> None:
        """The column one to the right."""
        self._move(1)

    def action_move_up(self) -> None:
        """The column one to the left."""
        self._move(-1)

    def _move(self, by: int) -> None:
        at, columns = self.list.cursor, list(self.columns)
        if 0 <= at + by < len(columns):
            columns[at], columns[at + by] = columns[at + by], columns[at]
            self._put(tuple(columns), at + by)

    def action_wider(self) -> None:
        """A cell wider."""
        self._resize(1)

    def action_narrower(self) -> None:
        """A cell narrower."""
        self._resize(-1)

    def _resize(self, by: int) -> None:
        at, columns = self.list.cursor, list(self.columns)
        source = source_of(columns[at].name)
        assert source is not None, "columns are checked when they are chosen"
        columns[at] = replace(columns[at], width=sized((columns[at].width or source.width) + by))
        self._put(tuple(columns), at)

    def action_own_width(self) -> None:
        """As wide as it needs."""
        at, columns = self.list.cursor, list(self.columns)
        columns[at] = replace(columns[at], width=0)
        self._put(tuple(columns), at)

    def action_remove(self) -> None:
        """Without this column, unless it is the last one."""
        at = self.list.cursor
        if len(self.columns) > 1:
            self._put(self.columns[:at] + self.columns[at + 1 :], at)

    def action_usual(self) -> None:
        """The columns as they were at first."""
        self._put(DEFAULT, 0)

    def action_add(self) -> None:
        """Looks for a field."""
        if len(self.columns) >= MOST_COLUMNS:
            return
        self.add_class("-adding")
        line = self.query_one(Input)
        line.value = ""
        line.focus()
        self._look("")

    def action_stop_adding(self) -> None:
        """Back to the columns."""
        self.remove_class("-adding")
        self.list.focus()
        self._heads()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if self.adding:
            self._look(event.value)

    def _look(self, text: str) -> None:
        names = {column.name for column in self.columns}
        self._found = [source for source in known(text) if source.name not in names]
        self.found.show([(source.title, source.name, source.help) for source in self._found], 0)
        self._heads()

    @on(Input.Submitted)
    def _add_found(self) -> None:
        """Behind the column under the cursor."""
        if self._found:
            at = self.list.cursor + 1
            column = PacketColumn(self._found[self.found.cursor].name)
            self._put((*self.columns[:at], column, *self.columns[at:]), at)
            self.action_stop_adding()

    @on(Lines.Pressed, "#found")
    def _found_pressed(self) -> None:
        self._add_found()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a field is looked for, a key that would close all of it does nothing."""
        return not (action == "close" and self.adding)

    def action_close(self) -> None:
        """Back to the packets."""
        self.dismiss()

    def on_click(self, event: events.Click) -> None:
        """A click beside it closes."""
        if not self.query_one(Vertical).region.contains(event.screen_x, event.screen_y):
            self.dismiss()


def _described(column: PacketColumn, fits: bool) -> tuple[str, str, str]:
    source = source_of(column.name)
    assert source is not None, "columns are checked when they are chosen"
    room = [] if fits else ["no room for it"]
    width = [f"{column.width} wide"] if column.width else []
    return column.title or source.title, column.name, " · ".join([*room, *width, source.help])
