"""Where a terminal knows no Unicode: every glyph that the program draws has a stand-in of the same width."""

import os
import sys
from collections.abc import Mapping
from typing import Final

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
    ("│┃║┆┇┊┋▕❘╵╷╹╻", "|"),
    ("┌┍┎┏┐┑┒┓└┕┖┗┘┙┚┛├┝┠┣┤┥┨┫┬┯┰┳┴┷┸┻┼┿╂╋╭╮╯╰╔╗╚╝╠╣╦╩╬", "+"),
    ("┤", "+"),
    ("→▶▸►⇒❯›", ">"),
    ("←◀◂◄⇐❮‹", "<"),
    ("↑▲▴⇧", "^"),
    ("↓▼▾⇩", "v"),
    ("↔⇔⇄", "="),
    ("╱⁄", "/"),
    ("╲", "\\"),
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
    ("\u00a0\u2007\u2009\u202f\u2800", " "),
    ("±", "+"),
    ("°", "o"),
)
STAND_INS: Final = {ord(glyph): stand_in for glyphs, stand_in in _STAND_INS for glyph in glyphs}
BRAILLE: Final = range(0x2801, 0x2900)


def in_ascii(text: str) -> str:
    """A text in ASCII, as many cells wide."""
    if text.isascii():
        return text
    return "".join(character if character.isascii() else _stand_in(character) for character in text)


def _stand_in(character: str) -> str:
    if (found := STAND_INS.get(ord(character))) is not None:
        return found
    if ord(character) in BRAILLE:
        return ":"
    from rich.cells import cell_len  # most programs that need a stand-in find one above

    return "?" * cell_len(character)


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
