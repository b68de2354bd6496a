"""Which dissector is to be used for a channel or a characteristic: asked over the screen that wants to know."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from l2scope.decoding import DecodeAs
from l2scope.dissection.registry import PLAIN_BYTES, Registry
from l2scope.tui.decodable import Decodable


class DecodeAsScreen(ModalScreen[DecodeAs | None]):
    """Answers with what was chosen, None for nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss_it", show=False),
        Binding("j", "down", show=False),
        Binding("k", "up", show=False),
        Binding("g", "first", show=False),
        Binding("G", "last", show=False),
    ]
    DEFAULT_CSS = """
    DecodeAsScreen { align: center middle; background: $ground-page 60%; }
    DecodeAsScreen > Vertical { width: 64; max-width: 95%; height: auto; max-height: 80%; background: $ground-bar; }
    DecodeAsScreen Static { padding: 0 1; color: $tone-strong; background: $ground-bar; }
    DecodeAsScreen #hint { color: $tone-dim; }
    DecodeAsScreen OptionList, DecodeAsScreen OptionList:focus {
        height: auto; max-height: 60vh; border: none; padding: 0 1; background: $ground-page;
    }
    """

    def __init__(self, dissectors: Registry, wanted: Decodable) -> None:
        super().__init__()
        self._wanted = wanted
        self._names = [PLAIN_BYTES, *(one.name for one in dissectors.dissectors if one.of_contents)]
        self._titles = {one.name: one.shown_title for one in dissectors.dissectors}

    def compose(self) -> ComposeResult:
        """What it is for, and what there is to choose from."""
        options = []
        for name in self._names:
            title = self._titles.get(name, "no dissector")
            mark = "●" if name == self._wanted.current else " "
            options.append(Option(Content(f"{mark} {name}  {'' if title == name else title}".rstrip()), id=name))
        with Vertical():
            yield Static(Content(f"Decode {self._wanted.title} as"))
            yield OptionList(*options)
            yield Static(Content("Enter chooses, Esc leaves it as it is"), id="hint")

    def on_mount(self) -> None:
        """The one in force is chosen."""
        options = self.query_one(OptionList)
        current = self._wanted.current
        options.highlighted = self._names.index(current) if current in self._names else 0
        options.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter, or a click."""
        event.stop()
        self.dismiss(DecodeAs(self._wanted.target, self._wanted.value, event.option.id or PLAIN_BYTES))

    def action_dismiss_it(self) -> None:
        """Nothing changes."""
        self.dismiss(None)

    def action_down(self) -> None:
        """The next one."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """The one before."""
        self.query_one(OptionList).action_cursor_up()

    def action_first(self) -> None:
        """The first one."""
        self.query_one(OptionList).action_first()

    def action_last(self) -> None:
        """The last one."""
        self.query_one(OptionList).action_last()
