"""Colours: themes of high contrast, and rules that say nothing by colour alone."""

from pathlib import Path

import pytest
from rich.style import Style
from textual.theme import Theme

from l2scope.tui import high_contrast, theme
from l2scope.tui.colouring import PROTOCOLS, SEVERITIES, Line
from l2scope.tui.theme import Ground, Palette, Tone
from l2scope.tui.user import User
from tests.tui.driving import SMALL, asynchronous, opened, sample

PROTOCOL_TONES = (Tone.ATTRIBUTE, Tone.FRAME, Tone.PROFILE, Tone.SECURITY, Tone.SIGNAL)
NAMES = ("l2scope-dark", "l2scope-light", "l2scope-high-contrast", "l2scope-high-contrast-light")


def luminance(colour: str) -> float:
    """The relative luminance of sRGB (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(style: Style) -> float:
    assert style.color is not None
    assert style.bgcolor is not None
    light, dark = sorted((luminance(style.color.name), luminance(style.bgcolor.name)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure() -> None:
    """Black on white is 21:1 (WCAG 2.2)."""
    assert round(contrast(Style(color="#000000", bgcolor="#ffffff")), 3) == 21


@pytest.mark.parametrize("chosen", [high_contrast.DARK, high_contrast.LIGHT], ids=lambda chosen: chosen.name)
def test_high_contrast(chosen: Theme) -> None:
    """Every tone on every ground has a contrast of 7:1 or more (WCAG 2.2, 1.4.6)."""
    palette = Palette(chosen.variables, True)
    poor = [(tone, ground) for tone in Tone for ground in Ground if contrast(palette.style(tone, ground)) < 7]
    assert poor == []


@pytest.mark.parametrize("chosen", [theme.DARK, theme.LIGHT], ids=lambda chosen: chosen.name)
def test_protocols_are_readable(chosen: Theme) -> None:
    """The tones of protocols have a contrast of 4.5:1 or more wherever rows stand (WCAG 2.2, 1.4.3)."""
    palette = Palette(chosen.variables, True)
    grounds = (Ground.PAGE, Ground.CURSOR, Ground.SHADOW, Ground.CHOSEN)
    poor = [
        (tone, ground) for tone in PROTOCOL_TONES for ground in grounds if contrast(palette.style(tone, ground)) < 4.5
    ]
    assert poor == []


@pytest.mark.parametrize("name", ["high-contrast", "high-contrast-light"])
@asynchronous
async def test_settings_name_them(name: str, tmp_path: Path) -> None:
    """`theme = "high-contrast"` in the settings chooses it."""
    (tmp_path / "settings.toml").write_text(f'theme = "{name}"\n')
    async with opened(sample("starved"), SMALL, user=User(tmp_path)) as session:
        assert session.app.theme == f"l2scope-{name}"


@pytest.mark.parametrize("name", NAMES)
@asynchronous
async def test_every_theme_paints_the_packets(name: str) -> None:
    """All themes can be chosen; what is severe has its sign in each."""
    async with opened(sample("starved"), SMALL) as session:
        session.app.theme = name
        await session.press("s")
        assert any(line.startswith("!   51") for line in session.lines)


def test_rules() -> None:
    """The first rule that fits says the tone: severity before quietness, quietness before protocols."""
    tones = [
        SEVERITIES.tone(Line("HCI_EVT", "!", False, False)),
        SEVERITIES.tone(Line("ATT", "?", False, False)),
        SEVERITIES.tone(Line("HCI_EVT", "", False, False)),
        SEVERITIES.tone(Line("ATT", "", False, True)),
        SEVERITIES.tone(Line("ATT", "", False, False)),
    ]
    assert tones == [Tone.LOOK, Tone.SOFT_LOOK, Tone.DIM, Tone.DIM, Tone.PLAIN]
    protocols = {"HCI_CMD": Tone.DIM, "L2CAP": Tone.SIGNAL, "Credits": Tone.SIGNAL, "ATT": Tone.ATTRIBUTE,
                 "SMP": Tone.SECURITY, "K-frame": Tone.FRAME, "AVDTP": Tone.PROFILE}  # fmt: skip
    assert {name: PROTOCOLS.tone(Line(name, "", False, False)) for name in protocols} == protocols
