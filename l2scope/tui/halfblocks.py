"""Pictures in a terminal: two pixels a character, the upper one in the colour of a half block, the lower one behind it.

Pillow decodes them, if it is installed (the extra `pictures`); raw RGB565 needs its size among the message's values.
"""

from io import BytesIO
from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from rich.style import Style

from l2scope.dissection.conversation import Message
from l2scope.text import printable

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS: Final = 16_000_000
"""A larger picture is not decoded."""
RGB565: Final = "image/x-rgb565"
UPPER: Final = "▀"
SHADES: Final = " .:-=+*#%@"
"""From dark to light, where there are no colours."""

Lines = list[list[Segment]]


def picture_lines(message: Message, width: int, height: int, coloured: bool) -> Lines | str:
    """The picture that a message is, in so many columns and lines at the most; or why it cannot be shown."""
    try:
        import PIL.Image  # noqa: F401 - only whether it is there
    except ImportError:
        return "Pillow is not installed: pip install 'l2scope[pictures]' shows pictures here."
    try:
        picture = _decoded(message)
        if picture.width * picture.height > MOST_PIXELS:
            return f"{picture.width:,} x {picture.height:,} pixels are too many to show here."
        picture = picture.convert("RGB")
        picture.thumbnail((max(1, width), max(1, 2 * height)))
        return _blocks(picture) if coloured else _shades(picture)
    except Exception as error:  # Pillow raises many kinds of errors on damaged pictures
        return f"This picture cannot be decoded: {printable(str(error))}"


def _decoded(message: Message) -> "Image":
    """Only the head is read so far, but for raw pixels."""
    from PIL import Image

    if message.media != RGB565:
        return Image.open(BytesIO(message.content))
    width, height = int(str(message.values["width"])), int(str(message.values["height"]))
    return Image.frombytes("RGB", (width, height), message.content[: 2 * width * height], "raw", "BGR;16")


def _blocks(picture: "Image") -> Lines:
    """A half block for two pixels, one above the other."""
    data, row = picture.tobytes(), 3 * picture.width
    lines = []
    for top in range(0, picture.height * row, 2 * row):
        line = []
        for at in range(top, top + row, 3):
            below = data[at + row : at + row + 3]
            style = Style(color=f"#{data[at : at + 3].hex()}", bgcolor=f"#{below.hex()}" if below else None)
            line.append(Segment(UPPER, style))
        lines.append(line)
    return lines


def _shades(picture: "Image") -> Lines:
    """A character for two pixels, one above the other."""
    grey = picture.convert("L").resize((picture.width, max(1, picture.height // 2)))
    data = grey.tobytes()
    rows = (data[start : start + grey.width] for start in range(0, len(data), grey.width))
    return [[Segment("".join(SHADES[value * len(SHADES) // 256] for value in row))] for row in rows]
