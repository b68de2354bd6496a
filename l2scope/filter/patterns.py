"""Regular expressions whose time is bounded: a pattern may come from a rules file, and what it reads from a capture."""

from time import monotonic
from typing import Any, Final

import numpy as np
import regex

from l2scope.filter.errors import FilterError
from l2scope.filter.values import Data, Mask

LONGEST_PATTERN: Final = 1000
MOST_SECONDS: Final = 5.0
"""For all values of one filter together."""


class Pattern:
    """A pattern without regard to case, for texts or for bytes. Raises FilterError where it is none."""

    def __init__(self, text: str, column: int, *, of_bytes: bool, seconds: float = MOST_SECONDS) -> None:
        self.column = column
        self.seconds = seconds
        if len(text) > LONGEST_PATTERN:
            raise FilterError(f"the pattern is longer than {LONGEST_PATTERN} characters", column)
        pattern: Any = text.encode("utf-8", "surrogateescape") if of_bytes else text
        try:
            self._pattern: Any = regex.compile(pattern, regex.IGNORECASE)
        except (regex.error, RecursionError, OverflowError) as error:
            raise FilterError(f"the pattern is no regular expression: {error}", column) from None

    def found_in(self, data: Data) -> Mask:
        """Which values it is found in. Raises FilterError when that takes too long."""
        deadline = monotonic() + self.seconds
        return np.fromiter((self._found_in(value, deadline) for value in data), np.bool_, len(data))

    def _found_in(self, value: bytes | str, deadline: float) -> bool:
        left = deadline - monotonic()
        try:
            # Concurrently: other threads, such as the one that paints, go on meanwhile.
            if left > 0:
                return self._pattern.search(value, timeout=left, concurrent=True) is not None
        except TimeoutError:
            pass
        raise FilterError(f"the pattern takes longer than {self.seconds:g} s", self.column)
