"""The fields of one packet as a tree; what is opened and where the cursor stands carries over to the next packet."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.geometry import Size, clamp
from textual.message import Message
from textual.strip import Strip

from l2scope.dissection import Field, Tree
from l2scope.tui.keys import Scope, bindings
from l2scope.tui.theme import Ground, Tone, palette_of
from l2scope.tui.widgets.line_view import LineView
from l2scope.tui.widgets.tree_paths import Path, branches, keyed, path_to_byte, principal

WIDEST_NAME = 28
RIGHT_BUTTON = 3
NAMED_PACKET = re.compile(r"\bpacket (\d+)\b")


@dataclass(frozen=True, slots=True)
class Line:
    """A field that is seen: the names that lead to it, and how wide the names beside it are."""

    field: Field
    path: Path
    name_width: int

    @property
    def depth(self) -> int:
        return len(self.path) - 1


class DetailTree(LineView):
    """Shows a `Tree`; posts `FieldChosen` when the cursor is on another field."""

    BINDINGS = bindings(Scope.TREE)

    class FieldChosen(Message):
        """The cursor is on this field."""

        def __init__(self, field: Field) -> None:
            self.field = field
            super().__init__()

    class MenuWanted(Message):
        """A menu for the chosen field, at this place of the screen."""

        def __init__(self, x: int, y: int) -> None:
            self.x = x
            self.y = y
            super().__init__()

    class PacketWanted(Message):
        """Go to this packet."""

        def __init__(self, packet: int) -> None:
            self.packet = packet
            super().__init__()

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.packet = Tree((), ())
        self.lines: list[Line] = []
        self.cursor = 0
        self._opened: dict[Path, bool] = {}
        self._filled: set[Path] = set()
        self._chosen: Path = ()

    @property
    def field(self) -> Field | None:
        """The field under the cursor."""
        return self.lines[self.cursor].field if self.cursor < len(self.lines) else None

    @property
    def fields_above(self) -> tuple[Field, ...]:
        """The fields that lead to the one under the cursor, itself last."""
        if self.cursor >= len(self.lines):
            return ()
        path = self.lines[self.cursor].path
        by_path = {line.path: line.field for line in self.lines}
        return tuple(by_path[path[:length]] for length in range(1, len(path) + 1))

    @property
    def field_span(self) -> tuple[int, int, int]:
        """Buffer, start and stop of the bytes of the field under the cursor."""
        field = self.field or Field("")
        return field.buffer, field.start, field.stop

    def show(self, tree: Tree) -> None:
        """The fields of another packet. The layer it is about is open, others are from the end while they fit.

        The cursor goes to the field that was chosen before, else to that layer; `field` says which, no message does.
        """
        self.packet = tree
        about = principal(tree)
        self._fill(about)
        self._lay_out()
        shown = {line.path: index for index, line in enumerate(self.lines)}
        self.cursor = shown.get(self._chosen, shown.get((about,), 0))
        self._show_cursor(self._lines_below(self.cursor))

    def show_byte(self, buffer: int, offset: int) -> None:
        """Chooses the innermost field that holds this byte, opening what it is a part of."""
        path = path_to_byte(self.packet.fields, buffer, offset)
        if not path:
            return
        for length in range(1, len(path)):
            self._opened[path[:length]] = True
        self._lay_out()
        self._choose(next(index for index, line in enumerate(self.lines) if line.path == path), moved=True)

    def _fill(self, about: str) -> None:
        """Decides which layers are open by themselves."""
        layers = [(key, len(layer.children)) for key, layer in keyed(self.packet.fields) if layer.children]
        layers.sort(key=lambda layer: layer[0] == about)
        room = self.size.height - len(self.packet.fields)
        self._filled = set()
        for key, lines in reversed(layers):
            room -= lines
            if key == about or room >= 0:
                self._filled.add((key,))

    def _lines_below(self, index: int) -> int:
        """How many lines belong to what stands on a line."""
        path = self.lines[index].path if self.lines else ()
        return sum(line.path[: len(path)] == path for line in self.lines) - 1

    def _is_open(self, path: Path) -> bool:
        return self._opened.get(path, path in self._filled)

    def _lay_out(self) -> None:
        self.lines = list(self._visible(self.packet.fields, ()))
        height = max(len(self.lines), self.size.height)
        if self.virtual_size.height != height:
            self.virtual_size = Size(0, height)
        self.refresh()

    def _visible(self, fields: Iterable[Field], above: Path) -> Iterable[Line]:
        fields = tuple(fields)
        width = min(WIDEST_NAME, max((cell_len(field.name) for field in fields), default=0))
        for key, field in keyed(fields):
            path = (*above, key)
            yield Line(field, path, width)
            if field.children and self._is_open(path):
                yield from self._visible(field.children, path)

    def on_resize(self, _event: events.Resize) -> None:
        """More or fewer layers are open by themselves."""
        self.show(self.packet)

    def render_line(self, y: int) -> Strip:
        """A field: its name, its value, and what is wrong with it."""
        palette, width = palette_of(self), self.size.width
        index = self.scroll_offset.y + y
        if index >= len(self.lines):
            return Strip.blank(width, palette.style())
        ground = Ground.PAGE
        if index == self.cursor:
            ground = Ground.CURSOR if self.has_focus else Ground.SHADOW
        segments = [Segment(text, palette.style(tone, ground)) for text, tone in self._pieces(self.lines[index])]
        line = Strip(segments)
        if line.cell_length > width:
            return Strip.join([line.crop(0, width - 1), Strip([Segment("…", palette.style(Tone.DIM, ground))])])
        return line.adjust_cell_length(width, palette.style(Tone.PLAIN, ground))

    def _pieces(self, line: Line) -> Iterable[tuple[str, Tone]]:
        field = line.field
        arrow = " " if not field.children else "▾" if self._is_open(line.path) else "▸"
        yield f" {'  ' * line.depth}", Tone.PLAIN
        yield f"{arrow} ", Tone.MARK
        yield field.name.ljust(line.name_width), Tone.STRONG if not line.depth else Tone.DIM
        if field.value:
            yield f"  {field.value}", Tone.PLAIN if line.depth else Tone.DIM
        if field.problem:
            yield "  ? ", Tone.LOOK
            yield field.problem, Tone.LOOK

    def _choose(self, index: int, *, moved: bool = False) -> None:
        index = clamp(index, 0, max(0, len(self.lines) - 1))
        if index == self.cursor and not moved:
            return
        self.cursor = index
        self._show_cursor()
        self.refresh()
        if self.field is not None:
            self._chosen = self.lines[index].path
            self.post_message(self.FieldChosen(self.field))

    def _show_cursor(self, below: int = 0) -> None:
        """Scrolls so that the cursor is seen, and as many of so many lines below it as there is room for."""
        height = max(1, self.size.height)
        self.scroll_between(self.cursor + min(below, height - 1) - height + 1, self.cursor)

    def _open(self, path: Path, opened: bool) -> None:
        self._opened[path] = opened
        self._lay_out()
        self._choose(self.cursor)

    def action_down(self) -> None:
        """The next field."""
        self._choose(self.cursor + 1)

    def action_up(self) -> None:
        """The previous field."""
        self._choose(self.cursor - 1)

    def action_page_down(self) -> None:
        """A page down."""
        self._choose(self.cursor + max(1, self.size.height - 1))

    def action_page_up(self) -> None:
        """A page up."""
        self._choose(self.cursor - max(1, self.size.height - 1))

    def action_first(self) -> None:
        """The first field."""
        self._choose(0)

    def action_last(self) -> None:
        """The last field."""
        self._choose(len(self.lines) - 1)

    def action_open_or_close(self) -> None:
        """Opens or closes; a field without parts that names a packet leads there."""
        if self.field is None:
            return
        if self.field.children:
            path = self.lines[self.cursor].path
            self._open(path, not self._is_open(path))
        elif named := NAMED_PACKET.search(self.field.value):
            self.post_message(self.PacketWanted(int(named[1])))

    def action_expand(self) -> None:
        """Opens; on what is open, goes to its first part."""
        if not self.lines or not self.lines[self.cursor].field.children:
            return
        path = self.lines[self.cursor].path
        if self._is_open(path):
            self._choose(self.cursor + 1)
        else:
            self._open(path, True)

    def action_collapse(self) -> None:
        """Closes; on what is closed, goes to what it is a part of."""
        if not self.lines:
            return
        line = self.lines[self.cursor]
        if line.field.children and self._is_open(line.path):
            self._open(line.path, False)
        elif line.depth:
            self._choose(next(index for index, other in enumerate(self.lines) if other.path == line.path[:-1]))

    def action_expand_all(self) -> None:
        """Opens everything."""
        self._open_all(True)

    def action_collapse_all(self) -> None:
        """Closes everything."""
        self._open_all(False)

    def _open_all(self, opened: bool) -> None:
        path = self.lines[self.cursor].path if self.lines else ()
        self._opened.update((found, opened) for found in branches(self.packet.fields))
        self._lay_out()
        shown = {line.path: index for index, line in enumerate(self.lines)}
        self._choose(shown.get(path, shown.get(path[:1], 0)), moved=True)

    def action_copy(self) -> None:
        """Copies the field as it reads."""
        if self.field is not None:
            self.app.copy_to_clipboard(f"{self.field.name}: {self.field.value}")

    def on_click(self, event: events.Click) -> None:
        """A click chooses; on the arrow, or twice, it opens or closes; the right button is for a menu."""
        index = self.scroll_offset.y + event.y
        if index >= len(self.lines):
            return
        self._choose(index)
        if event.button == RIGHT_BUTTON:
            self.post_message(self.MenuWanted(event.screen_x, event.screen_y))
        elif event.chain == 2 or event.x <= 2 * self.lines[index].depth + 2:
            self.action_open_or_close()
