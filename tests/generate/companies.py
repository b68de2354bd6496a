"""`python -m tests.generate.companies DATE`: writes l2scope/names/companies.py anew.

It reads the package bluetooth-numbers (MIT), which follows Nordic Semiconductor's Bluetooth Numbers Database, which
follows Bluetooth Assigned Numbers 7.1. The package is needed for this alone: `pip install bluetooth-numbers`. DATE is
the day on which its version was released.
"""

import sys
from contextlib import suppress
from importlib.metadata import version

from l2scope.engine.names import UNASSIGNED_COMPANY
from tests.corpus import ROOT

TARGET = ROOT / "l2scope" / "names" / "companies.py"

HEAD = '''"""Names of companies by their assigned identifiers (Bluetooth Assigned Numbers 7.1).

Made by `python -m tests.generate.companies` from bluetooth-numbers {version}, released {date}; do not edit.
"""

from typing import Final

COMPANIES: Final = {{
'''


def tidy(name: str) -> str:
    """Single spaces, and UTF-8 that was once read as Windows-1252 put right."""
    with suppress(UnicodeError):
        name = name.encode("cp1252").decode()
    return " ".join(name.split())


def main(date: str) -> None:
    from bluetooth_numbers import company

    rows = [
        f"    0x{number:04X}: {_quoted(tidy(name))},\n"
        for number, name in sorted(company.items())
        if number != UNASSIGNED_COMPANY
    ]
    head = HEAD.format(version=version("bluetooth-numbers"), date=date)
    TARGET.write_text("".join((head, *rows, "}\n")), "utf-8")


def _quoted(name: str) -> str:
    return "'" + name + "'" if '"' in name else '"' + name + '"'


if __name__ == "__main__":
    main(*sys.argv[1:])
