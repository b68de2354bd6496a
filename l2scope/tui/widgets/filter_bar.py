"""The line for a display filter, above the packets, with what is wrong and what could be written below it."""

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from l2scope.filter.completion import Completion, complete
from l2scope.filter.errors import FilterError
from l2scope.text import printable
from l2scope.tui.filter_history import FilterHistory
from l2scope.tui.kept import history_file
from l2scope.tui.keys import Scope, bindings
from l2scope.tui.widgets.bars import clipped
from l2scope.tui.widgets.typed_line import TypedLine

LABEL = " filter "
LABEL_WIDTH = len(LABEL) + 1
MOST_WORDS = 20
SIGNS = {"": " ", "-valid": "✓", "-invalid": "✗"}


class FilterLine(TypedLine):
    """The line of a filter."""


class FilterBar(Vertical):
    """Hidden while there is no filter; a line while one is in force; three while one types.

    Posts `Changed` while one types, then `Answered` or `Cancelled`. Tab completes, arrows bring back former filters.
    """

    BINDINGS = bindings(Scope.FILTER)
    DEFAULT_CSS = """
    FilterBar { height: auto; display: none; background: $ground-bar; }
    FilterBar.-open, FilterBar.-active { display: block; }
    FilterBar Horizontal { height: 1; }
    FilterBar #filter-label { width: auto; color: $tone-mark; background: $ground-bar; }
    FilterBar Input { width: 1fr; background: $ground-bar; color: $tone-strong; }
    FilterBar.-valid Input { color: $tone-good; }
    FilterBar.-invalid Input { color: $tone-bad; }
    FilterBar #filter-count { width: auto; padding: 0 1; color: $tone-dim; background: $ground-bar; }
    FilterBar .below { height: 1; display: none; color: $tone-dim; background: $ground-bar; text-wrap: nowrap; }
    FilterBar.-open .below { display: block; }
    FilterBar #filter-reason { color: $tone-bad; }
    """

    class Changed(Message):
        """The text has changed."""

        def __init__(self, text: str) -> None:
            self.text = text
            super().__init__()

    class Answered(Changed):
        """Enter."""

    class ValuesWanted(Message):
        """The values of a field in the capture are to be had from `take_values`."""

        def __init__(self, field: str) -> None:
            self.field = field
            super().__init__()

    class Cancelled(Message):
        """Escape."""

    def __init__(self) -> None:
        super().__init__()
        self.history = FilterHistory(history_file())
        self._place = 0
        self._seen: dict[str, list[str] | None] = {}
        self._spans: list[tuple[int, int, str]] = []

    def compose(self) -> ComposeResult:
        """Label, line, count; below them what is wrong and what could be written."""
        with Horizontal():
            yield Static(f" {LABEL}", id="filter-label")
            yield FilterLine()
            yield Static(id="filter-count")
        yield Static(id="filter-reason", classes="below")
        yield Static(id="filter-words", classes="below")

    @property
    def line(self) -> Input:
        """The line that one types into."""
        return self.query_one(Input)

    @property
    def is_open(self) -> bool:
        """One types."""
        return self.has_class("-open")

    def ask(self) -> None:
        """Opens with the filter that is in force."""
        self._place = len(self.history.entries)
        self._seen.clear()
        self.add_class("-open")
        self.line.focus()
        self.line.cursor_position = len(self.line.value)
        self._suggest()

    def close(self, text: str) -> None:
        """Shows the filter that is in force, or nothing where there is none."""
        with self.line.prevent(Input.Changed):
            self.line.value = text
        self.remove_class("-open")
        self.set_class(bool(text), "-active")
        self.judge("-valid" if text else "")

    def remember(self, text: str) -> None:
        """Keeps a filter for the arrows."""
        self.history.add(text)

    def judge(self, state: str, error: FilterError | None = None) -> None:
        """Says whether what stands there is a filter: "-valid", "-invalid" with its error, or neither."""
        self.set_class(state == "-valid", "-valid")
        self.set_class(state == "-invalid", "-invalid")
        self._write("#filter-label", f"{SIGNS[state]}{LABEL}")
        self._write("#filter-reason", "" if error is None else self._pointed(error))
        if error is not None:
            self.count("")

    def count(self, text: str) -> None:
        """How many packets pass."""
        self._write("#filter-count", text)

    def _write(self, where: str, text: str) -> None:
        self.query_one(where, Static).update(Content(clipped(text, max(1, self.app.size.width))))

    def _pointed(self, error: FilterError) -> str:
        """The reason beside a caret under the column; with the column in words where it is not on the screen."""
        message = printable(error.message, longest=300)
        before = self.line.value[: error.column - 1]
        column = LABEL_WIDTH + cell_len(before) - int(self.line.scroll_offset.x)
        width, room = self.app.size.width, cell_len(message) + 2
        if column >= 0 and column + room <= width:
            return " " * column + f"^ {message}"
        if room <= column < width:
            return f"{message} ^".rjust(column + 1)
        return f"column {error.column}: {message}"

    def _completion(self) -> Completion:
        return complete(self.line.value, self.line.cursor_position, self._values)

    def _values(self, field: str) -> list[str]:
        """The values of a field in the capture, as soon as they are known."""
        if field not in self._seen:
            self._seen[field] = None
            self.post_message(self.ValuesWanted(field))
        return self._seen[field] or []

    def take_values(self, field: str, values: list[str]) -> None:
        """What a field is in the capture."""
        self._seen[field] = values
        if self.is_open:
            self._suggest()

    def _suggest(self) -> None:
        """What could stand where the cursor is."""
        words = [printable(word) for word in self._completion().words[:MOST_WORDS]]
        self._spans, at = [], LABEL_WIDTH
        for word in words:
            self._spans.append((at, at + cell_len(word), word))
            at += cell_len(word) + 2
        self._write("#filter-words", " " * LABEL_WIDTH + "  ".join(words))

    def on_click(self, event: events.Click) -> None:
        """A click on a word writes it."""
        if event.screen_y == self.query_one("#filter-words").region.y:
            column = event.screen_x - self.region.x
            for start, stop, word in self._spans:
                if start <= column < stop:
                    self._write_word(word)
            self.line.focus()

    def action_complete(self) -> None:
        """Writes as much as is certain, or the first that fits."""
        found = self._completion()
        if not found.words:
            return
        place = self.line.cursor_position
        typed = self.line.value[found.start : place]
        self._write_word(found.common if len(found.common) > len(typed) else found.words[0])

    def _write_word(self, word: str) -> None:
        """Puts a word in place of the one before the cursor."""
        found, place = self._completion(), self.line.cursor_position
        self.line.value = self.line.value[: found.start] + word + self.line.value[place:]
        self.line.cursor_position = found.start + len(word)

    def action_earlier(self) -> None:
        """The filter before."""
        self._recall(-1)

    def action_later(self) -> None:
        """The filter after."""
        self._recall(1)

    def _recall(self, step: int) -> None:
        place = self._place + step
        if 0 <= place <= len(self.history.entries):
            self._place = place
            self.line.value = self.history.entries[place] if place < len(self.history.entries) else ""
            self.line.cursor_position = len(self.line.value)

    def action_cancel(self) -> None:
        """Escape."""
        self.post_message(self.Cancelled())

    def action_answer(self) -> None:
        """Enter."""
        self.post_message(self.Answered(self.line.value))

    def on_input_changed(self, event: Input.Changed) -> None:
        """A character more or less."""
        event.stop()
        if self.is_open:
            self._suggest()
            self.post_message(self.Changed(event.value))
