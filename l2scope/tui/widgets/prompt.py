"""A line to type into, above the key line."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from l2scope.tui.key_map import keys_of
from l2scope.tui.keys import Scope, bindings, key_line
from l2scope.tui.widgets.typed_line import TypedLine


class PromptLine(TypedLine):
    """The line of a prompt."""


class Prompt(Horizontal):
    """Hidden until it is asked for; posts `Changed` while one types, then `Answered` or `Cancelled`.

    Where a question takes turns with others, Tab asks the next one, and `Changed` is posted. It lies over the key line,
    so that it names its keys itself where there is room.
    """

    BINDINGS = bindings(Scope.PROMPT)
    SCOPED_CSS = False
    DEFAULT_CSS = """
    Prompt { height: 1; dock: bottom; display: none; background: $ground-bar; }
    Prompt.-open { display: block; }
    Prompt > Static { width: auto; padding: 0 1; color: $tone-mark; background: $ground-bar; }
    Prompt > #note { color: $tone-dim; }
    Prompt > #prompt-keys { color: $tone-dim; display: none; }
    .-wide Prompt > #prompt-keys, .-wider Prompt > #prompt-keys { display: block; }
    Prompt > Input { width: 1fr; background: $ground-bar; color: $tone-strong; }
    """

    class Changed(Message):
        """The text has changed."""

        def __init__(self, purpose: str, text: str) -> None:
            self.purpose = purpose
            self.text = text
            super().__init__()

    class Answered(Changed):
        """Enter."""

    class Cancelled(Message):
        """Escape."""

        def __init__(self, purpose: str) -> None:
            self.purpose = purpose
            super().__init__()

    def __init__(self) -> None:
        super().__init__()
        self.purpose = ""
        self.question = ""
        self._turns: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """What is asked, and the line."""
        yield Static(id="question")
        yield PromptLine()
        yield Static(id="note")
        yield Static(id="prompt-keys")

    @property
    def is_open(self) -> bool:
        """It is on the screen."""
        return self.has_class("-open")

    def ask(self, purpose: str, question: str, *, digits: bool = False, turns: Sequence[str] = ()) -> None:
        """Opens for an answer; `purpose` comes back with the messages."""
        self.purpose, self._turns = purpose, tuple(turns)
        self._put(question)
        self.say("")
        self._name_keys()
        line = self.query_one(Input)
        line.restrict = "[0-9]*" if digits else None
        with line.prevent(Input.Changed):
            line.value = ""
        self.add_class("-open")
        line.focus()

    def _put(self, question: str) -> None:
        self.question = question
        self.query_one("#question", Static).update(Content(question))

    def _name_keys(self) -> None:
        keys = keys_of(self)
        shown = [action for action in key_line([Scope.PROMPT]) if keys.keys(action)]
        texts = [f"{keys.first(one.id)} {one.label}" for one in shown]
        self.query_one("#prompt-keys", Static).update(Content("   ".join(texts)))

    def action_next_question(self) -> None:
        """The next question about the same text."""
        self._turn(1)

    def action_previous_question(self) -> None:
        """The question before."""
        self._turn(-1)

    def _turn(self, by: int) -> None:
        if self._turns:
            place = (self._turns.index(self.question) + by) % len(self._turns)
            self._put(self._turns[place])
            self.post_message(self.Changed(self.purpose, self.query_one(Input).value))

    def say(self, note: str) -> None:
        """What came of it so far, at the right."""
        self.query_one("#note", Static).update(Content(keys_of(self).named(note)))

    def close(self) -> None:
        """Gives the focus back to the screen."""
        self.remove_class("-open")

    def action_cancel(self) -> None:
        """Escape."""
        self.close()
        self.post_message(self.Cancelled(self.purpose))

    def action_answer(self) -> None:
        """Enter."""
        self.close()
        self.post_message(self.Answered(self.purpose, self.query_one(Input).value))

    def on_input_changed(self, event: Input.Changed) -> None:
        """A character more or less."""
        event.stop()
        if self.is_open:
            self.post_message(self.Changed(self.purpose, event.value))
