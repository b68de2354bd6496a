"""Themes in which every text has a contrast of 7:1 or more with what it stands on (WCAG 2.2, 1.4.6)."""

from textual.theme import Theme


def _theme(name: str, dark: bool, tones: dict[str, str], grounds: dict[str, str], bars: dict[str, str]) -> Theme:
    """A theme of Textual's with our tones and grounds."""
    return Theme(
        name=name,
        primary=tones["mark"],
        secondary=tones["mark"],
        accent=tones["look"],
        warning=tones["look"],
        error=tones["look"],
        success=tones["good"],
        foreground=tones["plain"],
        background=grounds["page"],
        surface=grounds["page"],
        panel=grounds["bar"],
        dark=dark,
        variables={
            **{f"tone-{tone}": colour for tone, colour in tones.items()},
            **{f"ground-{ground}": colour for ground, colour in grounds.items()},
            **bars,
        },
    )


def _bars(idle: str, hover: str, active: str, ground: str) -> dict[str, str]:
    """The colours of scroll bars."""
    return {
        "scrollbar": idle,
        "scrollbar-hover": hover,
        "scrollbar-active": active,
        "scrollbar-background": ground,
        "scrollbar-background-hover": ground,
        "scrollbar-background-active": ground,
        "scrollbar-corner-color": ground,
    }


DARK = _theme(
    "l2scope-high-contrast",
    True,
    {
        "plain": "#ffffff",
        "dim": "#d8d8d8",
        "faint": "#c4c4c4",
        "dim-on-cursor": "#f0f0f0",
        "strong": "#ffffff",
        "good": "#7dff9a",
        "bad": "#ffb3ad",
        "look": "#ffd400",
        "soft-look": "#ffc46b",
        "mark": "#66e0ff",
        "figure": "#bfe8ff",
        "area": "#9fd6ff",
        "shade": "#c4c4c4",
        "attribute": "#8df5d4",
        "frame": "#ffffff",
        "profile": "#c3d4ff",
        "security": "#f2b8ff",
        "signal": "#f5ef9a",
    },
    {
        "page": "#000000",
        "bar": "#1c1c1c",
        "cursor": "#00307a",
        "shadow": "#333333",
        "chosen": "#002b55",
        "field": "#00307a",
        "alarm": "#3a2600",
    },
    _bars("#a0a0a0", "#d0d0d0", "#66e0ff", "#000000"),
)

LIGHT = _theme(
    "l2scope-high-contrast-light",
    False,
    {
        "plain": "#000000",
        "dim": "#2e2e2e",
        "faint": "#3d3d3d",
        "dim-on-cursor": "#111111",
        "strong": "#000000",
        "good": "#004d14",
        "bad": "#7a0000",
        "look": "#6b2500",
        "soft-look": "#5c3300",
        "mark": "#003a75",
        "figure": "#003a5c",
        "area": "#003a75",
        "shade": "#3d3d3d",
        "attribute": "#00453c",
        "frame": "#000000",
        "profile": "#22308a",
        "security": "#5a0a70",
        "signal": "#4a3b00",
    },
    {
        "page": "#ffffff",
        "bar": "#ececec",
        "cursor": "#b5dcff",
        "shadow": "#dcdcdc",
        "chosen": "#d3eaff",
        "field": "#b5dcff",
        "alarm": "#ffe3b8",
    },
    _bars("#5c5c5c", "#333333", "#003a75", "#ffffff"),
)
