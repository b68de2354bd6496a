"""`python -m tests.tui.readme_picture`: makes the picture in the README anew, from a sample."""

import asyncio
from pathlib import Path

import resvg_py

from l2scope.capture import Loading
from l2scope.tui.app import ScopeApp
from tests.corpus import SAMPLES

PICTURE = Path(__file__).with_name("pictures") / "l2scope.png"
SIZE = (132, 36)


async def screenshot() -> str:
    """The channels of the starved sample, as SVG."""
    app = ScopeApp(Loading(SAMPLES / "starved.btsnoop"))
    async with app.run_test(size=SIZE) as pilot:
        while not app.complete:
            await pilot.pause(0.05)
        await pilot.press("c")
        await pilot.pause(0.5)
        return app.export_screenshot(title="l2scope open captures/starved.btsnoop")


if __name__ == "__main__":
    picture = resvg_py.svg_to_bytes(svg_string=asyncio.run(screenshot()), monospace_family="DejaVu Sans Mono")
    PICTURE.write_bytes(bytes(picture))
