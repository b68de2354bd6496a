"""A line that one types into. What is done with the text is up to the widget around it, by keys of the registry."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

SUBMIT = "submit"


class TypedLine(Input, inherit_bindings=False):
    """Only keys that edit are its own, so that all others reach whoever it stands in, as the user has them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        one for one in Input.BINDINGS if isinstance(one, Binding) and one.action != SUBMIT
    ]

    def __init__(self, placeholder: str = "") -> None:
        super().__init__(compact=True, placeholder=placeholder, select_on_focus=False)


EDITING = frozenset(key.strip() for one in TypedLine.BINDINGS if isinstance(one, Binding) for key in one.key.split(","))
"""The keys that edit."""


def types(key: str) -> bool:
    """A key that writes a character into the line."""
    return len(key) == 1 or key == "space"
