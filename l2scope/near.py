"""What somebody may have meant who wrote a name that does not exist."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

MOST: Final = 3
LIKE: Final = 0.6
"""How like each other two names are, from 0 to 1, that may be taken for each other."""


def near(word: str, known: Iterable[str]) -> str:
    """As in '; did you mean "Write Request"?': what begins so, else what is like it; nothing where nothing is near."""
    names = {name.casefold(): name for name in known}
    begun = [name for name in names if word and name.startswith(word.casefold())]
    found = begun[:MOST] or get_close_matches(word.casefold(), names, MOST, LIKE)
    return f"; did you mean {' or '.join(names[name] for name in found)}?" if found else ""
