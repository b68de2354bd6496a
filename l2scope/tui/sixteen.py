"""Themes for terminals of 16 colours, by the names that ANSI has for them: a colour that is merely the nearest one to
what another theme means may be the colour of its own ground. Each ground says which tones differ on it."""

from typing import Final

from textual.theme import Theme

TONES: Final = (
    "plain", "dim", "faint", "strong", "look", "soft-look", "mark", "figure", "area", "shade", "good", "bad",
)  # fmt: skip
SCROLLBARS: Final = (
    "scrollbar-background", "scrollbar-background-hover", "scrollbar-background-active", "scrollbar-corner-color",
)  # fmt: skip


def _on(ground: str, usual: str, **others: str) -> dict[str, str]:
    """The tones on a ground: all of them as usual but for the others."""
    named = {name.replace("_", "-"): colour for name, colour in others.items()}
    return {f"tone-{tone}-on-{ground}": f"ansi_{named.get(tone, usual)}" for tone in TONES}


def _theme(name: str, *, dark: bool, page: str, text: str, tones: dict[str, str], grounds: dict[str, str]) -> Theme:
    variables = {f"tone-{tone}": f"ansi_{colour}" for tone, colour in tones.items()}
    variables |= {f"ground-{ground}": f"ansi_{colour}" for ground, colour in grounds.items()}
    variables |= _on("cursor", "black", mark="blue")
    variables |= _on("field", "black", mark="blue")
    variables |= _on("alarm", "black")
    variables |= {"scrollbar": "ansi_cyan", "scrollbar-hover": "ansi_cyan", "scrollbar-active": "ansi_cyan"}
    variables |= dict.fromkeys(SCROLLBARS, f"ansi_{page}")
    variables |= {
        "ansi-background": f"ansi_{page}",
        "ansi-foreground": f"ansi_{text}",
        "border-blurred": f"ansi_{tones['faint']}",
        "block-cursor-foreground": "ansi_black",
        "block-cursor-background": "ansi_cyan",
        "input-cursor-foreground": f"ansi_{page}",
        "input-cursor-background": f"ansi_{text}",
        "input-selection-foreground": "ansi_black",
        "input-selection-background": "ansi_cyan",
    }
    return Theme(
        name=name, ansi=True, dark=dark, primary=f"ansi_{tones['mark']}", secondary=f"ansi_{tones['mark']}",
        accent=f"ansi_{tones['look']}", warning=f"ansi_{tones['look']}", error=f"ansi_{tones['bad']}",
        success=f"ansi_{tones['good']}", foreground=f"ansi_{text}", background=f"ansi_{page}",
        surface=f"ansi_{page}", panel=f"ansi_{page}", boost=f"ansi_{page}", variables=variables,
    )  # fmt: skip


DARK_16: Final = _theme(
    "l2scope-16",
    dark=True,
    page="black",
    text="bright_white",
    tones={
        "plain": "bright_white", "dim": "white", "faint": "bright_black", "strong": "bright_white",
        "look": "bright_yellow", "soft-look": "yellow", "mark": "bright_cyan", "figure": "cyan", "area": "cyan",
        "shade": "bright_black", "good": "bright_green", "bad": "bright_red",
    },
    grounds={
        "page": "black", "bar": "blue", "cursor": "cyan", "shadow": "blue", "chosen": "blue", "field": "white",
        "alarm": "yellow",
    },
)  # fmt: skip
LIGHT_16: Final = _theme(
    "l2scope-16-light",
    dark=False,
    page="bright_white",
    text="black",
    tones={
        "plain": "black", "dim": "black", "faint": "white", "strong": "black", "look": "red", "soft-look": "magenta",
        "mark": "blue", "figure": "blue", "area": "cyan", "shade": "white", "good": "blue", "bad": "red",
    },
    grounds={
        "page": "bright_white", "bar": "white", "cursor": "cyan", "shadow": "white", "chosen": "white",
        "field": "cyan", "alarm": "yellow",
    },
)  # fmt: skip
DARK_16.variables.update(_on("bar", "bright_white", look="bright_yellow", mark="bright_cyan", bad="bright_yellow"))
DARK_16.variables.update(_on("shadow", "bright_white", look="bright_yellow", mark="bright_cyan", faint="cyan"))
DARK_16.variables.update(_on("chosen", "bright_white", look="bright_yellow", mark="bright_cyan", faint="cyan"))
LIGHT_16.variables.update(_on("bar", "black", look="red", mark="blue", bad="red"))
LIGHT_16.variables.update(_on("shadow", "black", look="red", mark="blue", bad="red"))
LIGHT_16.variables.update(_on("chosen", "black", look="red", mark="blue", bad="red"))
