"""What is wrong with a filter, and where."""

from typing import Final

LONGEST_SHOWN: Final = 72


class FilterError(ValueError):
    """The message is one line for the user; column counts the characters of the expression from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(f"{message} (column {column})")
        self.message = message
        self.column = column

    def __reduce__(self) -> tuple[type["FilterError"], tuple[str, int]]:
        return FilterError, (self.message, self.column)

    def pointed(self, expression: str) -> str:
        """The part of the expression around the column with a caret under it, on two lines."""
        start = max(0, self.column - LONGEST_SHOWN)
        shown = expression[start : start + LONGEST_SHOWN + 8].replace("\n", " ").replace("\t", " ")
        return f"{shown}\n{' ' * (self.column - 1 - start)}^"
