"""Compares a screen with a stored picture of it: its text, and what each character means by its style.

A picture is three blocks of lines: the text; the tones (what a text means); the grounds (what it stands on). A theme
may change its colours without changing a picture. `L2SCOPE_UPDATE_PICTURES=1 pytest tests/tui` stores new ones.
"""

import difflib
import os
from pathlib import Path

from rich.cells import cell_len
from rich.style import Style

from l2scope.tui.theme import Ground, Palette, Tone
from tests.tui.driving import Session

FOLDER = Path(__file__).parent / "pictures"
UPDATE = os.environ.get("L2SCOPE_UPDATE_PICTURES") == "1"

TONES = {
    Tone.PLAIN: " ",
    Tone.DIM: "d",
    Tone.FAINT: "f",
    Tone.STRONG: "s",
    Tone.LOOK: "!",
    Tone.SOFT_LOOK: ":",
    Tone.MARK: "m",
    Tone.FIGURE: "g",
    Tone.AREA: "a",
    Tone.SHADE: "h",
    Tone.GOOD: "+",
    Tone.BAD: "-",
    Tone.ATTRIBUTE: "A",
    Tone.FRAME: "K",
    Tone.PROFILE: "P",
    Tone.SECURITY: "S",
    Tone.SIGNAL: "L",
}
GROUNDS = {
    Ground.PAGE: " ",
    Ground.BAR: "=",
    Ground.CURSOR: "C",
    Ground.SHADOW: "S",
    Ground.CHOSEN: "x",
    Ground.FIELD: "F",
}


def check(session: Session, name: str) -> None:
    """Fails with a diff where the screen is not what the picture `name` shows."""
    path = FOLDER / f"{name}.txt"
    seen = picture(session)
    if UPDATE:
        FOLDER.mkdir(exist_ok=True)
        path.write_text(seen)
    stored = path.read_text() if path.exists() else ""
    if seen != stored:
        lines = difflib.unified_diff(stored.splitlines(), seen.splitlines(), f"{name} (stored)", "seen", lineterm="")
        raise AssertionError("the screen has changed; if it is right, store it with L2SCOPE_UPDATE_PICTURES=1\n"
                             + "\n".join(lines))  # fmt: skip


def picture(session: Session) -> str:
    """The three blocks."""
    meanings = _meanings(session.app.palette)
    texts, tones, grounds = [], [], []
    for strip in session.app.screen._compositor.render_strips():
        texts.append(strip.text.rstrip())
        signs = [(cell_len(text), *_signs(style, meanings)) for text, style, _ in strip]
        tones.append("".join(tone * width for width, tone, _ in signs).rstrip())
        grounds.append("".join(ground * width for width, _, ground in signs).rstrip())
    return "\n".join([*texts, "-- tones --", *tones, "-- grounds --", *grounds, ""])


def _meanings(palette: Palette) -> dict[Style, tuple[str, str]]:
    """The signs of every style of a palette; of two that look alike the first one."""
    meanings: dict[Style, tuple[str, str]] = {}
    for ground, sign in GROUNDS.items():
        for tone, letter in TONES.items():
            meanings.setdefault(palette.style(tone, ground), (letter, sign))
    return meanings


def _signs(style: Style | None, meanings: dict[Style, tuple[str, str]]) -> tuple[str, str]:
    """`?` for a style that is not the palette's, such as Textual's own."""
    style = style or Style()
    if style.color is not None and style.color.is_default:
        style = style.without_color
    return meanings.get(style, ("?", "?"))
