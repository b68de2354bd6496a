"""`python -m tests.generate.camera_frames` draws the camera's frames anew with Pillow, into tests/generate/frames/.

They are kept as files, because what Pillow writes changes with the version of its JPEG library.
"""

import io
import struct

from PIL import Image, ImageDraw

from tests.generate.scenarios.camera import FRAMES, HEIGHT, WIDTH


def frame(number: int, width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """A ball that rolls over a gradient."""
    picture = Image.new("RGB", (width, height))
    picture.putdata([(x * 255 // width, y * 255 // height, 90) for y in range(height) for x in range(width)])
    left = 4 + number * 8
    ImageDraw.Draw(picture).ellipse((left, height // 3, left + height // 3, height * 2 // 3), fill=(250, 240, 60))
    return picture


def jpeg(number: int, **options: object) -> bytes:
    """One frame as a JPEG file."""
    buffer = io.BytesIO()
    frame(number).save(buffer, "JPEG", quality=40, **options)
    return buffer.getvalue()


def thumbnail() -> bytes:
    """An Exif segment that holds a JPEG of its own, with its own SOI and EOI (Exif 2.3, 4.5.8)."""
    buffer = io.BytesIO()
    frame(0, 16, 12).save(buffer, "JPEG", quality=20)
    small = buffer.getvalue()
    first = struct.pack("<HI", 0, 14)  # an empty IFD0, and where IFD1 is
    second = struct.pack("<HHHIIHHIII", 2, 0x0201, 4, 1, 44, 0x0202, 4, 1, len(small), 0)
    return b"Exif\0\0II*\0" + struct.pack("<I", 8) + first + second + small


def main() -> None:
    """Eight frames: one with a thumbnail, one with restart markers, one progressive."""
    FRAMES.mkdir(exist_ok=True)
    odd: dict[int, dict[str, object]] = {
        1: {"exif": thumbnail()},
        2: {"restart_marker_blocks": 4},
        3: {"progressive": True},
    }
    for number in range(8):
        (FRAMES / f"{number}.jpg").write_bytes(jpeg(number, **odd.get(number, {})))


if __name__ == "__main__":
    main()
