"""Colours of the packet list, by severity and by protocol: the first rule that fits says the tone.

A colour is never the only sign: what is severe has `!` or `?` in the gutter, a protocol its name in the cell.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from l2scope.tui.theme import Tone

MOST_LINES = 4096
"""So many lines that differ are kept with their tones."""


class Line(NamedTuple):
    """What rules look at: the protocol, the sign in the gutter, whether a stall ends, whether it was inferred."""

    protocol: str
    sign: str
    ends_stall: bool
    guessed: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A tone for the lines that fit; `says` is what the help says of them."""

    tone: Tone
    says: str
    fits: Callable[[Line], bool]


class Rules:
    """Rules in order; the last one fits every line."""

    def __init__(self, *rules: Rule) -> None:
        self.rules = rules
        self._tones: dict[Line, Tone] = {}

    def tone(self, line: Line) -> Tone:
        """The tone of the first rule that fits."""
        if (tone := self._tones.get(line)) is None:
            tone = next(rule.tone for rule in self.rules if rule.fits(line))
            if len(self._tones) < MOST_LINES:
                self._tones[line] = tone
        return tone


def begins(*names: str) -> Callable[[Line], bool]:
    """Lines of these protocols."""
    return lambda line: line.protocol.startswith(names)


PROTOCOLS = Rules(
    Rule(Tone.DIM, "HCI, vendor and monitor records, and what was inferred", lambda line: line.guessed or quiet(line)),
    Rule(Tone.SIGNAL, "L2CAP signalling and credits", begins("L2CAP", "Credits")),
    Rule(Tone.ATTRIBUTE, "ATT, on any bearer, and what its values carry", begins("ATT", "GATT", "EATT")),
    Rule(Tone.SECURITY, "SMP", begins("SMP")),
    Rule(Tone.FRAME, "K-frames and other frames of channels", begins("K-frame", "I-frame", "S-frame", "B-frame")),
    Rule(Tone.PROFILE, "what channels carry: profiles and dissected payloads", lambda line: True),
)
SEVERITIES = Rules(
    Rule(Tone.LOOK, "a stall ends here, or an error is proved: `!`", lambda line: line.ends_stall or line.sign == "!"),
    Rule(Tone.SOFT_LOOK, "a warning is proved, or it is odd: `?`", lambda line: line.sign == "?"),
    Rule(Tone.DIM, "records that say little", lambda line: line.guessed or quiet(line)),
    Rule(Tone.PLAIN, "all others", lambda line: True),
)


TEXTS = Rules(*SEVERITIES.rules[2:])
"""Of cells that say nothing of what is wrong."""


def quiet(line: Line) -> bool:
    """Traffic between host and controller, which is rarely what one looks for."""
    return line.protocol.startswith(("HCI", "Vendor", "Monitor"))
