"""`python -m tests.generate.vendor_uuids DATE`: writes l2scope/names/vendor_uuids.py anew.

It reads the package bluetooth-numbers (MIT), which follows Nordic Semiconductor's Bluetooth Numbers Database. The
package is needed for this alone: `pip install bluetooth-numbers`. DATE is the day on which its version was released.
"""

import sys
from collections.abc import Mapping
from importlib.metadata import version
from uuid import UUID

from tests.corpus import ROOT
from tests.generate.companies import tidy

TARGET = ROOT / "l2scope" / "names" / "vendor_uuids.py"
FIRST_MEMBER = 0xFC00
# Those from here on are taken by much hardware that they are not assigned to: a name would mislead.
FIRST_MISUSED = 0xFFF0
LARGEST_SHORT = 0xFFFF

HEAD = '''"""Names of UUIDs that are companies' own: of 128 bits, and of 16 where they are members.

Made by `python -m tests.generate.vendor_uuids` from bluetooth-numbers {version}, released {date}; do not edit.
"""

from typing import Final

VENDOR_UUIDS: Final = {{
'''


def rows(*books: Mapping[int | UUID, str]) -> dict[int, str]:
    """By the number of 16 or of 128 bits; the first book that names one counts."""
    found: dict[int, str] = {}
    for book in books:
        for uuid, name in book.items():
            number = number_of(uuid)
            if FIRST_MEMBER <= number < FIRST_MISUSED or number > LARGEST_SHORT:
                found.setdefault(number, brief(name))
    return found


def number_of(uuid: int | UUID) -> int:
    """Of 16 or 128 bits. The package has read members' decimal numbers as if they were hexadecimal."""
    if isinstance(uuid, UUID):
        return uuid.int
    return uuid if uuid <= LARGEST_SHORT else int(f"{uuid:x}")


def brief(name: str) -> str:
    """As the assigned numbers have them: Battery, not Battery Service."""
    return tidy(name).removesuffix(" Service").removesuffix(" Characteristic")


def main(date: str) -> None:
    from bluetooth_numbers import characteristic, service

    lines = [f"    {_key(uuid)}: {name!r},\n" for uuid, name in sorted(rows(characteristic, service).items())]
    head = HEAD.format(version=version("bluetooth-numbers"), date=date)
    TARGET.write_text("".join((head, *lines, "}\n")), "utf-8")


def _key(uuid: int) -> str:
    return f"0x{uuid:04X}" if uuid <= LARGEST_SHORT else f"0x{uuid:032X}"


if __name__ == "__main__":
    main(*sys.argv[1:])
