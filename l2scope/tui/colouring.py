"""Colours of the packet list, by severity and by protocol: the first rule that fits says the tone.

A colour is never the only sign: what is severe has `!` or `?` in the gutter, a protocol its name in the cell.
"""

from collections.abc import Callable
from dataclasses import dataclass

from l2scope.tui.theme import Tone


@dataclass(frozen=True, slots=True)
class Line:
    """What rules look at: the protocol, the sign in the gutter, whether a stall ends, whether it was inferred."""

    protocol: str
    sign: str = ""
    ends_stall: bool = False
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A tone for the lines that fit; `says` is what the help says of them."""

    tone: Tone
    says: str
    fits: Callable[[Line], bool]


def begins(*names: str) -> Callable[[Line], bool]:
    """Lines of these protocols."""
    return lambda line: line.protocol.startswith(names)


PROTOCOLS: tuple[Rule, ...] = (
    Rule(Tone.DIM, "HCI, vendor and monitor records, and what was inferred", lambda line: line.guessed or quiet(line)),
    Rule(Tone.SIGNAL, "L2CAP signalling and credits", begins("L2CAP", "Credits")),
    Rule(Tone.ATTRIBUTE, "ATT, on any bearer, and what its values carry", begins("ATT", "GATT", "EATT")),
    Rule(Tone.SECURITY, "SMP", begins("SMP")),
    Rule(Tone.FRAME, "K-frames and other frames of channels", begins("K-frame", "I-frame", "S-frame", "B-frame")),
    Rule(Tone.PROFILE, "what channels carry: profiles and dissected payloads", lambda line: True),
)
SEVERITIES: tuple[Rule, ...] = (
    Rule(Tone.LOOK, "a stall ends here, or an error is proved: `!`", lambda line: line.ends_stall or line.sign == "!"),
    Rule(Tone.SOFT_LOOK, "a warning is proved, or it is odd: `?`", lambda line: line.sign == "?"),
    Rule(Tone.DIM, "records that say little", lambda line: line.guessed or quiet(line)),
    Rule(Tone.PLAIN, "all others", lambda line: True),
)


def quiet(line: Line) -> bool:
    """Traffic between host and controller, which is rarely what one looks for."""
    return line.protocol.startswith(("HCI", "Vendor", "Monitor"))


def tone_of(rules: tuple[Rule, ...], line: Line) -> Tone:
    """The tone of the first rule that fits."""
    return next(rule.tone for rule in rules if rule.fits(line))
