"""Where keys come from while a capture comes through standard input."""

import os
from pathlib import Path
from typing import Final

TERMINAL: Final = Path("/dev/tty")
STANDARD_INPUT: Final = 0


def has_terminal() -> bool:
    """The process has a terminal, whatever its standard input is."""
    try:
        os.close(os.open(TERMINAL, os.O_RDWR))
    except OSError:
        return False
    return True


def take_keyboard() -> None:
    """Makes the terminal standard input. What was standard input goes on under the descriptor of whoever reads it."""
    terminal = os.open(TERMINAL, os.O_RDWR)
    os.dup2(terminal, STANDARD_INPUT)
    os.close(terminal)
