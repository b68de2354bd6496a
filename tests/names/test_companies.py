"""The table of assigned company identifiers."""

import shutil
import subprocess
import sys

import pytest

from l2scope.names import hci
from l2scope.names.companies import COMPANIES
from tests.corpus import ROOT
from tests.generate.companies import tidy
from tests.names.test_names import tshark_values

NOT_A_COMPANY = 0xFFFF


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_every_company_that_tshark_knows() -> None:
    """No number that Wireshark names is missing, and most have the same name to the letter."""
    rows = [line.split("\t") for line in tshark_values().splitlines()]
    theirs = {int(row[2]): row[3] for row in rows if row[:2] == ["V", "btcommon.eir_ad.entry.company_id"]}
    del theirs[NOT_A_COMPANY]
    assert theirs.keys() - COMPANIES.keys() == set()
    same = sum(_letters(COMPANIES[number]) == _letters(name) for number, name in theirs.items())
    assert same > 0.97 * len(theirs)


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


def test_names_are_printable() -> None:
    """One line each, and without the traces of a wrong encoding."""
    assert all(name.isprintable() and name == " ".join(name.split()) and name for name in COMPANIES.values())
    assert not any("Ã" in name for name in COMPANIES.values())
    assert NOT_A_COMPANY not in COMPANIES


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (0x0000, "Ericsson AB"),
        (0x0002, "Intel Corp."),
        (0x004C, "Apple, Inc."),
        (0x0059, "Nordic Semiconductor ASA"),
        (0x00E0, "Google"),
        (0x024F, "Schneider Schreibgeräte GmbH"),
        (0xF123, "Company 0xF123"),
    ],
)
def test_known_companies(number: int, name: str) -> None:
    """Numbers that are nobody's show themselves."""
    assert hci.company_name(number) == name


def test_the_table_is_loaded_when_it_is_asked() -> None:
    """Naming an error does not load it."""
    code = (
        "import sys; from l2scope.names import hci; hci.error_name(8); print('l2scope.names.companies' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60)
    assert run.stdout == "False\n"


@pytest.mark.parametrize(
    ("given", "expected"),
    [("GerÃ¤te  GmbH ", "Geräte GmbH"), ("Geräte GmbH", "Geräte GmbH"), ("Plain", "Plain")],
)
def test_tidy_names(given: str, expected: str) -> None:
    """Wrong encodings and stray spaces of the source are put right."""
    assert tidy(given) == expected
