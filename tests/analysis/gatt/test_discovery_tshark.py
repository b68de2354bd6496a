"""Databases hold, handle by handle, what tshark shows of discovery."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import l2scope
from l2scope.analysis.gatt.server import Server
from tests.corpus import corpus_files, name_of

pytestmark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")

CAPTURES = [
    path
    for beginning in (
        "whoisbe",
        "soaresden",
        "TeamRocketIst",
        "phlash",
        "durnerj",
        "csacca",
        "mauricelam",
        "wangdalian",
    )
    for path in corpus_files(f"public/{beginning}*")
    if not path.name.endswith("btmon.log")
]
LISTS = ("btatt.attribute_data", "btatt.information_data", "btatt.handles_info")

Pairs = list[tuple[str, Any]]
Told = set[tuple[object, ...]]


def frames(path: Path) -> Iterator[tuple[int, Pairs]]:
    """Number and fields of each frame with discovery; keys may come several times."""
    command = [
        "tshark",
        "-n",
        "-r",
        str(path),
        "-T",
        "json",
        "-Y",
        "btatt.opcode in {5, 6, 7, 9, 0x11} && bthci_acl.chandle != 0x0edc",
    ]
    printed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120).stdout
    for frame in json.loads(printed, object_pairs_hook=list):
        layers = one(one(frame, "_source"), "layers")
        yield int(one(one(layers, "frame"), "frame.number")), layers


def every(pairs: Pairs, *keys: str) -> list[Any]:
    return [value for key, value in pairs if key in keys]


def one(pairs: Pairs, *keys: str) -> Any:
    return every(pairs, *keys)[-1]


def number(text: str) -> int:
    return int(text, 16)


def uuid(text: str) -> str:
    """A UUID as tshark writes it in the usual form."""
    digits = text.removeprefix("0x").replace(":", "").lower()
    if len(digits) == 4:
        return f"0x{digits.upper()}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def told_uuid(entry: Pairs) -> str:
    """The UUID of a list's entry; there tshark 4.0 leaves one of 128 bits as it was sent, last byte first."""
    short = every(entry, "btatt.uuid16")
    return uuid(short[-1]) if short else uuid(":".join(reversed(one(entry, "btatt.uuid128").split(":"))))


def told_by_tshark(path: Path) -> tuple[dict[str, Told], set[int]]:
    """By the address of the server what its responses tell; and the frames whose request tshark does not find."""
    found: dict[str, Told] = {}
    unclear: set[int] = set()
    asked: dict[int, str] = {}
    for frame, layers in frames(path):
        att = one(layers, "btatt")
        opcode = number(one(att, "btatt.opcode"))
        if opcode == 0x06:
            value = every(att, "btatt.value")
            asked[frame] = uuid("".join(reversed(value[-1].split(":")))) if value else ""
            continue
        server = found.setdefault(one(one(layers, "bthci_acl"), "bthci_acl.src.bd_addr").upper(), set())
        requests = every(att, "btatt.request_in_frame")
        if not requests:
            unclear.add(frame)
        for entry in every(att, *LISTS) if requests else ():
            server.add(told_by_entry(opcode, att, entry, asked.get(int(requests[-1]), "")))
    return found, unclear


def told_by_entry(opcode: int, att: Pairs, entry: Pairs, asked: str) -> tuple[object, ...]:
    handles = [number(text) for text in every(entry, "btatt.handle")]
    if opcode == 0x07:
        return "service", handles[0], number(one(entry, "btatt.group_end_handle")), asked
    if opcode == 0x05:
        return "attribute", handles[0], told_uuid(entry)
    kind = uuid(one(att, "btatt.uuid16", "btatt.uuid128"))
    if opcode == 0x11:
        named = told_uuid(entry)
        return "service", handles[0], number(one(entry, "btatt.group_end_handle")), named
    if kind == "0x2803":
        properties = number(one(entry, "btatt.characteristic_properties"))
        return "characteristic", handles[0], properties, handles[1], told_uuid(entry)
    return "attribute", handles[0], kind


def told_by_us(server: Server, but: set[int]) -> Told:
    """What all versions of a database hold, but for what these packets told."""
    told: Told = set()
    for version in server.versions.all:
        told |= {("service", s.handle, s.end, str(s.uuid)) for s in version.services.values() if s.packet not in but}
        told |= {
            ("characteristic", c.handle, c.properties, c.value_handle, str(c.uuid))
            for c in version.characteristics.values()
            if c.packet not in but
        }
        told |= {("attribute", a.handle, str(a.uuid)) for a in version.types.values() if a.packet not in but}
    return told


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_every_handle(path: Path) -> None:
    """The same services, characteristics and attribute types, each at its handle, of the same server."""
    by_address, unclear = told_by_tshark(path)
    with l2scope.open(path) as capture:
        servers = {server.owner.peer or "local": server for server in capture.gatt.servers}
        theirs: dict[str, Told] = {}
        for address, told in by_address.items():
            theirs.setdefault(address if address in servers else "local", set()).update(told)
        assert theirs.keys() <= servers.keys()
        for name, server in servers.items():
            assert told_by_us(server, unclear) <= theirs.get(name, set()) <= told_by_us(server, set())


def test_whoisbe_has_discovery() -> None:
    """The comparison above is not empty: the phone's capture has four databases that discovery tells much of."""
    found = corpus_files("public/whoisbe*")
    if not found:
        pytest.skip("the large corpus is not on this machine")
    assert sum(len(told) > 10 for told in told_by_tshark(found[0])[0].values()) == 4
