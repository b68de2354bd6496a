"""`python -m tests.tui.readme_picture`: makes the pictures in the README anew, from samples."""

import asyncio
import io
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import resvg_py
from PIL import Image

from l2scope.tui.packet_columns import PacketColumn
from tests.tui.driving import Session, opened, sample

FOLDER = Path(__file__).with_name("pictures")
SIZE = (124, 34)
COLOURS = 256
MOST_BYTES = 150_000


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: what is opened and pressed; the columns of the packet list where they are not the usual ones."""

    name: str
    sample: str
    keys: Sequence[str]
    columns: Sequence[str] = ()


SHOTS = (
    Shot("l2scope", "starved", ("c",)),
    Shot(
        "readme-packets",
        "att_only",
        (*":60", "enter", "m", "a", "j", "j", "T", "j", "j", "enter", *"jjjjj"),
        ("number", "time", "time.delta.channel", "protocol", "btatt.handle", "info"),
    ),
    Shot("readme-findings", "starved", ("f",)),
    Shot("readme-follow", "image_stream", ("8", "j", "j")),
)


async def screenshot(shot: Shot) -> str:
    """A screen of a sample, as SVG."""
    async with opened(sample(shot.sample), SIZE) as session:
        if shot.columns:
            session.packets.show_columns(tuple(map(PacketColumn, shot.columns)))
        await session.press(*shot.keys)
        await settled(session)
        return session.app.export_screenshot(title=f"l2scope open captures/{shot.sample}.btsnoop")


async def settled(session: Session) -> None:
    """Waits until the screen reads the same for half a second."""
    before = ""
    while session.text != before:
        before = session.text
        await session.pilot.pause(0.5)


def png(svg: str) -> bytes:
    """The picture with a palette, in which rare colours have their place too."""
    drawn = resvg_py.svg_to_bytes(svg_string=svg, monospace_family="DejaVu Sans Mono")
    written = io.BytesIO()
    picture = Image.open(io.BytesIO(bytes(drawn))).convert("RGB")
    picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
    return written.getvalue()


def main() -> None:
    """Writes them all, in a state folder of their own."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = folder
        for shot in SHOTS:
            data = png(asyncio.run(screenshot(shot)))
            if len(data) > MOST_BYTES:
                sys.exit(f"{shot.name}.png would have {len(data):,} bytes")
            (FOLDER / f"{shot.name}.png").write_bytes(data)


if __name__ == "__main__":
    main()
