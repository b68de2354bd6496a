"""Names, companies and identities against tshark's reading of the same captures."""

import shutil
from pathlib import Path

import pytest

from l2scope.engine.names import COMPLETE, PARTIAL, PUBLIC, RANDOM, NameBook, Peer
from l2scope.engine.words import NONE
from l2scope.peers import address_text
from l2scope.reading import read_figures
from tests.corpus import name_of, needs_corpus
from tests.test_tshark import CAPTURES, tshark

pytestmark = [
    needs_corpus,
    pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed"),
]

PUBLIC_CAPTURES = [path for path in CAPTURES if path.parent.name == "public"]

# AD types of a name; what tshark prints of the fields of advertising data, EIR and remote names.
NAME_TYPES = {"0x08": PARTIAL, "0x09": COMPLETE}
FIELDS = (
    "bthci_evt.bd_addr",
    "btcommon.eir_ad.entry.type",
    "btcommon.eir_ad.entry.device_name",
    "btcommon.eir_ad.entry.company_id",
    "bthci_evt.remote_name",
    "bthci_evt.status",
    "_ws.malformed",
)


class Expected:
    """What one address told, by the rule that the latest of the most complete names counts."""

    def __init__(self) -> None:
        self.name = ""
        self.completeness = 0
        self.company = NONE

    def call(self, name: str, completeness: int) -> None:
        if name and completeness >= self.completeness:
            self.name, self.completeness = name, completeness


def expected_of(path: Path) -> dict[str, Expected]:
    """By address. Left out are those in an event with another one, as tshark's fields do not tell whose a name is, and
    those in one that tshark gives up on.
    """
    told: dict[str, Expected] = {}
    unclear: set[str] = set()
    only = "bthci_evt.bd_addr && (btcommon.eir_ad.entry.type || bthci_evt.remote_name)"
    for row in tshark(path, *FIELDS, only=only):
        addresses, types, names, companies, remote, status, malformed = (field.split(",") for field in row)
        if len(set(addresses)) > 1 or malformed != [""]:
            unclear.update(address.upper() for address in addresses)
        elif status in ([""], ["0x00"]):
            _take(told.setdefault(addresses[0].upper(), Expected()), types, names, companies, remote[0])
    return {address: expected for address, expected in told.items() if address not in unclear}


def _take(one: Expected, types: list[str], names: list[str], companies: list[str], remote_name: str) -> None:
    kinds = [NAME_TYPES[kind] for kind in types if kind in NAME_TYPES]
    for name, kind in zip(names, kinds, strict=False):
        one.call(name, kind)
    one.call(remote_name, COMPLETE)
    assigned = [int(company, 16) for company in companies if company and company != "0xffff"]
    one.company = assigned[-1] if assigned else one.company


def peer_of(book: NameBook, address: str) -> Peer:
    """Whichever kind of address it is; the one with a name if there are both."""
    number = int(address.replace(":", ""), 16)
    return max((book.peer(kind, number) for kind in (PUBLIC, RANDOM)), key=lambda peer: peer.completeness)


@pytest.mark.parametrize("path", PUBLIC_CAPTURES, ids=name_of)
def test_names_by_address(path: Path) -> None:
    """Every address that tshark shows with a name has this name, unless GAP told another one later."""
    figures = read_figures(path)
    book = figures.engine.host.registry.names
    read_by_att = {row[0] for row in tshark(path, "btatt.device_name", only="btatt.device_name")}
    for address, expected in expected_of(path).items():
        found = peer_of(book, address).name.decode("utf-8", "replace")
        assert found == expected.name or found in read_by_att, address


@pytest.mark.parametrize("path", PUBLIC_CAPTURES, ids=name_of)
def test_companies_by_address(path: Path) -> None:
    """The company of the last manufacturer data, but for Apple's number in iBeacons."""
    book = read_figures(path).engine.host.registry.names
    for address, expected in expected_of(path).items():
        number = int(address.replace(":", ""), 16)
        found = {int(book.peer(kind, number).company) for kind in (PUBLIC, RANDOM)} - {NONE}
        assert found == {expected.company} - {NONE} or expected.company == 0x004C, address


@pytest.mark.parametrize("path", PUBLIC_CAPTURES, ids=name_of)
def test_identity_keys(path: Path) -> None:
    """The keys and identity addresses of SMP and of the resolving list, as tshark reads them."""
    book = read_figures(path).engine.host.registry.names
    rows = tshark(path, "btsmp.opcode", "btsmp.bd_addr", only="btsmp.opcode == 0x09")
    listed = tshark(path, "bthci_cmd.bd_addr", only="bthci_cmd.opcode == 0x2027")
    told = {row[1].upper() for row in rows} | {row[0].upper() for row in listed}
    peers = [*book.recent.values(), *book.former.values()]
    assert {address_text(peer.address) for peer in peers if peer.identity is peer} >= told
    assert {address_text(peer.address) for peer in book.keys.values()} <= told


@pytest.mark.parametrize(
    ("beginning", "names"),
    [
        ("phlash", {"SM-3BE4"}),
        ("whoisbe", {"🔑 Model Y", "5CB260064973", "NOVA_O38240700268", "Inspire 3"}),
        ("soaresden", {"Xiaomi Watch 2", "M0RobotED320C98B9"}),
        ("durnerj", {"Pokemon GO Plus"}),
        ("TeamRocketIst", {"G613"}),
        ("Ferdinand-Hoo", {"Honda HFT-7266", "ROSE EarFeel i5"}),
    ],
)
def test_the_names_of_links(beginning: str, names: set[str]) -> None:
    """Every link of these captures has a name, each the one that tshark shows for its address."""
    (path,) = (path for path in PUBLIC_CAPTURES if path.name.startswith(beginning))
    assert {link.peer_name for link in read_figures(path).links} == names
