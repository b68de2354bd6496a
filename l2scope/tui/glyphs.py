"""The last gate before the terminal: what steers it is taken out of every line, and where it knows no Unicode, every
glyph that the widgets draw has a stand-in of the same width."""

import os
import sys
from collections.abc import Mapping
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_STAND_INS: Final = (
    ("▁▂▃", "_"),
    ("▄▅▆", "="),
    ("▇█", "#"),
    ("▏▎▍▌▋▊▉▐╸╺", "|"),
    ("▔▀", "^"),
    ("░", "."),
    ("▒", ":"),
    ("▓", "%"),
    ("─━═╌╍┄┅┈┉╴╶╼╾‒–—―−", "-"),
    ("│┃║┆┇┊┋▕❘", "|"),
    ("┌┍┎┏┐┑┒┓└┕┖┗┘┙┚┛├┝┠┣┤┥┨┫┬┯┰┳┴┷┸┻┼┿╂╋╭╮╯╰╔╗╚╝╠╣╦╩╬", "+"),
    ("┤", "+"),
    ("→▶▸►⇒❯›", ">"),
    ("←◀◂◄⇐❮‹", "<"),
    ("↑▲▴⇧", "^"),
    ("↓▼▾⇩", "v"),
    ("↔⇔", "="),
    ("·•∙⋅◦", "."),
    ("…⋯", "~"),
    ("≥", ">"),
    ("≤", "<"),
    ("≈∼", "~"),
    ("×✗✕✖", "x"),
    ("✓✔", "v"),
    ("●◆■⬤", "*"),
    ("○◇□", "o"),
    ("µμ", "u"),
    ("‘’′", "'"),
    ("“”″", '"'),
    ("\u00a0\u2007\u2009\u202f", " "),
    ("±", "+"),
    ("°", "o"),
)
STAND_INS: Final = {ord(glyph): stand_in for glyphs, stand_in in _STAND_INS for glyph in glyphs}
BRAILLE: Final = range(0x2801, 0x2900)


class Glyphs(LineFilter):
    """Applied to every line of every widget."""

    def __init__(self, ascii_alone: bool) -> None:
        super().__init__()
        self.ascii_alone = ascii_alone

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments, harmless and, if need be, in ASCII; their widths are kept."""
        return [self._shown(segment) for segment in segments]

    def _shown(self, segment: Segment) -> Segment:
        text = segment.text
        if (text.isascii() and text.isprintable()) or segment.control:
            return segment
        text = harmless(text)
        return Segment(in_ascii(text) if self.ascii_alone else text, segment.style)


def harmless(text: str) -> str:
    """Characters that steer a terminal or turn the order of text round are taken out of what the gate of texts did not
    see, such as what is pasted; most of them have no width."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else "?" * cell_len(character) for character in text)


def in_ascii(text: str) -> str:
    """A text in ASCII, as many cells wide."""
    if text.isascii():
        return text
    return "".join(character if character.isascii() else _stand_in(character) for character in text)


def _stand_in(character: str) -> str:
    if (found := STAND_INS.get(ord(character))) is not None:
        return found
    return ":" if ord(character) in BRAILLE else "?" * cell_len(character)


def locale_lacks_unicode(environment: Mapping[str, str] = os.environ) -> bool:
    """The locale names an encoding other than UTF-8. Where nothing is said, terminals know UTF-8, as Python itself
    assumes (PEP 538: it sets LC_CTYPE to C.UTF-8 in place of the C locale, whose LANG still tells)."""
    if sys.platform == "win32":
        return False
    language, types = environment.get("LANG", ""), environment.get("LC_CTYPE", "")
    if types == "C.UTF-8" and language in ("C", "POSIX"):
        types = ""
    said = environment.get("LC_ALL") or types or language
    return bool(said) and "utf8" not in said.lower().replace("-", "")
