"""Colours: one accent for "look here", one for the cursor, dim for what is normal.

Line widgets ask the `Palette` for a style by what a text means (its tone) and by the ground it stands on, so that no
widget names a colour. Without colours (NO_COLOR) tones and grounds become bold, dim, underlined and reverse.
"""

import os
from collections.abc import Mapping
from enum import Enum

from rich.style import Style
from textual.app import App
from textual.theme import Theme
from textual.widget import Widget

from l2scope.tui.sixteen import DARK_16, LIGHT_16


class Tone(Enum):
    """What a text means."""

    PLAIN = "plain"
    DIM = "dim"
    FAINT = "faint"
    STRONG = "strong"
    LOOK = "look"
    SOFT_LOOK = "soft-look"
    MARK = "mark"
    FIGURE = "figure"
    AREA = "area"
    SHADE = "shade"
    GOOD = "good"
    BAD = "bad"


class Ground(Enum):
    """What a text stands on."""

    PAGE = "page"
    BAR = "bar"
    CURSOR = "cursor"
    SHADOW = "shadow"
    CHOSEN = "chosen"
    FIELD = "field"
    ALARM = "alarm"


DARK = Theme(
    name="l2scope-dark",
    primary="#58a6d6",
    secondary="#58a6d6",
    accent="#f0a63c",
    warning="#f0a63c",
    error="#f0a63c",
    success="#58a6d6",
    foreground="#c9d1d9",
    background="#0f1419",
    surface="#0f1419",
    panel="#1a212a",
    dark=True,
    variables={
        "tone-plain": "#c9d1d9",
        "tone-dim": "#7d8894",
        "tone-faint": "#47515c",
        "tone-dim-on-cursor": "#a8c3d6",
        "tone-faint-on-cursor": "#a8c3d6",
        "tone-strong": "#f2f6fa",
        "tone-good": "#7cc48a",
        "tone-bad": "#f08a7d",
        "tone-look": "#f5ab3d",
        "tone-soft-look": "#b48242",
        "tone-mark": "#6cb6e8",
        "tone-figure": "#7fa7c4",
        "tone-area": "#48708c",
        "tone-shade": "#263543",
        "ground-page": "#0f1419",
        "ground-bar": "#1a212a",
        "ground-cursor": "#1d4a6b",
        "ground-shadow": "#222c37",
        "ground-chosen": "#18334a",
        "ground-field": "#2b4a63",
        "ground-alarm": "#33260f",
        "scrollbar": "#3a4653",
        "scrollbar-hover": "#52616f",
        "scrollbar-active": "#58a6d6",
        "scrollbar-background": "#0f1419",
        "scrollbar-background-hover": "#0f1419",
        "scrollbar-background-active": "#0f1419",
        "scrollbar-corner-color": "#0f1419",
    },
)

LIGHT = Theme(
    name="l2scope-light",
    primary="#1f6fa8",
    secondary="#1f6fa8",
    accent="#a85300",
    warning="#a85300",
    error="#a85300",
    success="#1f6fa8",
    foreground="#24292f",
    background="#fbfbf9",
    surface="#fbfbf9",
    panel="#ecece7",
    dark=False,
    variables={
        "tone-plain": "#24292f",
        "tone-dim": "#6b737c",
        "tone-faint": "#b9bec4",
        "tone-dim-on-cursor": "#4d5a66",
        "tone-faint-on-cursor": "#4d5a66",
        "tone-strong": "#000000",
        "tone-good": "#1a6b2d",
        "tone-bad": "#a8281c",
        "tone-look": "#a85300",
        "tone-soft-look": "#c58a52",
        "tone-mark": "#1f6fa8",
        "tone-figure": "#5d86a3",
        "tone-area": "#8fb3cc",
        "tone-shade": "#d5e1e9",
        "ground-page": "#fbfbf9",
        "ground-bar": "#ecece7",
        "ground-cursor": "#bcdcf3",
        "ground-shadow": "#e2e4e2",
        "ground-chosen": "#d9ebf8",
        "ground-field": "#cfe0ec",
        "ground-alarm": "#fbe8cf",
        "scrollbar": "#c3c7c4",
        "scrollbar-hover": "#a7aca9",
        "scrollbar-active": "#1f6fa8",
        "scrollbar-background": "#fbfbf9",
        "scrollbar-background-hover": "#fbfbf9",
        "scrollbar-background-active": "#fbfbf9",
        "scrollbar-corner-color": "#fbfbf9",
    },
)


def choose_theme(colours: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """What suits a terminal: one of 16 colours has them its own way, and COLORFGBG tells a light one ("0;15")."""
    background = environment.get("COLORFGBG", "").rpartition(";")[2]
    light = background in ("7", "15")
    if colours in ("standard", "windows"):
        return LIGHT_16.name if light else DARK_16.name
    return LIGHT.name if light else DARK.name


_TONES_WITHOUT_COLOUR = {
    Tone.PLAIN: Style(),
    Tone.DIM: Style(dim=True),
    Tone.FAINT: Style(dim=True),
    Tone.STRONG: Style(bold=True),
    Tone.LOOK: Style(bold=True),
    Tone.SOFT_LOOK: Style(),
    Tone.MARK: Style(bold=True),
    Tone.FIGURE: Style(),
    Tone.AREA: Style(),
    Tone.SHADE: Style(dim=True),
    Tone.GOOD: Style(),
    Tone.BAD: Style(bold=True),
}
_GROUNDS_WITHOUT_COLOUR = {
    Ground.PAGE: Style(),
    Ground.BAR: Style(),
    Ground.CURSOR: Style(reverse=True),
    Ground.SHADOW: Style(underline=True),
    Ground.CHOSEN: Style(reverse=True, dim=True),
    Ground.FIELD: Style(reverse=True),
    Ground.ALARM: Style(),
}
_EMPHASIS = {Tone.STRONG: Style(bold=True), Tone.LOOK: Style(bold=True)}


class Palette:
    """Styles by tone and ground, from the variables of a theme or, without colours, from text attributes."""

    def __init__(self, variables: dict[str, str], coloured: bool) -> None:
        self._variables = variables
        self.coloured = coloured
        self._styles: dict[tuple[Tone, Ground], Style] = {}

    def style(self, tone: Tone = Tone.PLAIN, ground: Ground = Ground.PAGE) -> Style:
        """The style of a text."""
        key = (tone, ground)
        if (style := self._styles.get(key)) is None:
            style = self._styles[key] = self._make(tone, ground)
        return style

    def _make(self, tone: Tone, ground: Ground) -> Style:
        if not self.coloured:
            return _TONES_WITHOUT_COLOUR[tone] + _GROUNDS_WITHOUT_COLOUR[ground]
        usual, background = self._variables[f"tone-{tone.value}"], self._variables[f"ground-{ground.value}"]
        colour = self._variables.get(f"tone-{tone.value}-on-{ground.value}", usual)
        # Textual's names for the colours of ANSI are Rich's behind a prefix.
        style = Style(color=colour.removeprefix("ansi_"), bgcolor=background.removeprefix("ansi_"))
        return style + _EMPHASIS.get(tone, Style())


class ThemedApp(App[None]):
    """An application with a palette that follows its theme."""

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        for theme in (DARK, LIGHT, DARK_16, LIGHT_16):
            self.register_theme(theme)
        self.theme = DARK.name
        self._palettes: dict[str, Palette] = {}

    @property
    def palette(self) -> Palette:
        """The styles of the theme that is chosen."""
        if self.theme not in self._palettes:
            self._palettes[self.theme] = Palette(self.theme_variables, not self.no_color)
        return self._palettes[self.theme]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The tones and grounds, so that a theme of Textual's own has them too."""
        return DARK.variables if self.current_theme.dark else LIGHT.variables


def palette_of(widget: Widget) -> Palette:
    """The palette of the application a widget is shown in."""
    app = widget.app
    if not isinstance(app, ThemedApp):
        raise TypeError("the widgets of l2scope need an application with a palette")
    return app.palette
