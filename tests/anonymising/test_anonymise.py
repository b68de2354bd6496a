"""An anonymous capture tells the same of channels and nothing of devices."""

import os
from pathlib import Path
from typing import Any

import pytest

import l2scope as api
from l2scope.analysis.findings import Finding
from l2scope.anonymising.anonymise import anonymise
from l2scope.anonymising.pseudonyms import Pseudonyms
from l2scope.channels import Channel
from l2scope.engine.fcs import crc16
from tests.cli.runner import l2scope
from tests.corpus import CORPUS, SAMPLES, corpus_files, name_of, needs_corpus

# Those of many packets tell nothing that the others do not.
LARGEST_BYTES = 600_000
CAPTURES = [
    path
    for path in (
        *sorted(SAMPLES.glob("*.btsnoop")),
        *corpus_files("bumble/*[!r].btsnoop"),
        *corpus_files("kernel/*.btsnoop"),
        *corpus_files("public/*durnerj*.log"),
        *corpus_files("public/*.pklg"),
    )
    if path.stat().st_size < LARGEST_BYTES
]
PSEUDONYMS = b"always the same"


def anonymous(path: Path, tmp_path: Path, keep_payloads: bool = False) -> api.Capture:
    """The capture that was written, read again."""
    out = tmp_path / "anonymous.btsnoop"
    anonymise(api.open(path), out, "btsnoop", keep_payloads, Pseudonyms(PSEUDONYMS))
    return api.open(out)


def figures(channel: Channel) -> dict[str, Any]:
    """All that a channel tells but who is at its other end."""
    return {name: value for name, value in channel.as_json().items() if not name.startswith("peer_")}


def essence(finding: Finding) -> tuple[object, ...]:
    return finding.rule, finding.severity, finding.channel, finding.direction, finding.packets, finding.side_to_blame


def told(findings: list[Finding]) -> list[tuple[object, ...]]:
    """But for a file's own damage, which is not written again, and for what payloads said, which are zeros now."""
    return [essence(finding) for finding in findings if finding.rule != "CAP001" and not is_of_payload(finding)]


def is_of_payload(finding: Finding) -> bool:
    return finding.rule.startswith("USR")


@pytest.fixture(scope="module", params=CAPTURES, ids=name_of)
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A capture, and the file that was written of it."""
    written = anonymous(request.param, tmp_path_factory.mktemp("anonymous"))
    return request.param, written.path


def test_channels_and_findings_agree(both: tuple[Path, Path]) -> None:
    """Packets, times, channels, stalls, SDUs and findings are those of the original."""
    original, written = map(api.open, both)
    for column in ("length", "original", "kind", "direction", "adapter"):
        assert (original.tables.packets[column] == written.tables.packets[column]).all()
    assert [figures(channel) for channel in original.channels] == [figures(channel) for channel in written.channels]
    assert [sdu.as_json() for sdu in original.sdus()] == [sdu.as_json() for sdu in written.sdus()]
    assert told(original.findings()) == told(written.findings())
    assert not any(map(is_of_payload, written.findings()))


def secrets_of(path: Path) -> list[bytes]:
    """Addresses and names that the capture's links and peers have, found without the code that hides them."""
    capture = api.open(path)
    found = []
    for link in capture.engine.host.links:
        found += [link.address, link.address[::-1]]
    found += [name.encode() for channel in capture.channels if (name := channel.peer_name)]
    found += [bytes(key) for key in capture.engine.host.registry.names.keys]
    return [secret for secret in found if len(secret) > 3 and any(secret)]


def test_nothing_of_the_original_is_left(both: tuple[Path, Path]) -> None:
    """No address, name or key of its peers is anywhere in the file, in any order of bytes."""
    original, written = (path.read_bytes() for path in both)
    secrets = secrets_of(both[0])
    assert [secret.hex() for secret in secrets if secret in written] == []
    assert not secrets or any(secret in original for secret in secrets)


def test_an_identity_is_resolved_by_its_new_key(both: tuple[Path, Path]) -> None:
    """Links whose private addresses a key resolved before are of one identity afterwards too, and of another one."""
    original, written = ([link.peer_identity for link in api.open(path).links] for path in both)
    assert [identity is not None for identity in written] == [identity is not None for identity in original]
    assert not set(filter(None, written)) & set(filter(None, original))


def test_payloads_are_zero_unless_they_are_kept(tmp_path: Path) -> None:
    """Of SDUs nothing is left but their lengths, or all of their bytes."""
    original = api.open(SAMPLES / "two_channels.btsnoop")
    for keep in (False, True):
        written = anonymous(SAMPLES / "two_channels.btsnoop", tmp_path, keep)
        for sdu in original.sdus():
            payload = original.sdu_bytes(sdu.row)
            assert written.sdu_bytes(sdu.row) == (payload if keep else bytes(len(payload)))


@needs_corpus
def test_check_sequences_fit_again(tmp_path: Path) -> None:
    """I-frames of a channel with FCS have the check sequence of what they carry now (Vol 3 Part A 3.3.5)."""
    written = anonymous(CORPUS / "bumble" / "classic.btsnoop", tmp_path)
    checked = 0
    for channel in written.engine.host.registry.channels:
        if channel.classic is None or not channel.classic.fcs:
            continue
        for row in (written.tables.pdus["channel"] == channel.row).nonzero()[0]:
            pdu = written.pdu_bytes(int(row))
            assert crc16(pdu, 0, len(pdu) - 2, 0) == int.from_bytes(pdu[-2:], "little")
            checked += 1
    assert checked > 50


def test_pseudonyms() -> None:
    """The same for the same, of the same kind and length, others in another run; what stands for nothing stays."""
    one, other = Pseudonyms(), Pseudonyms()
    address = bytes.fromhex("0605040302c1")
    assert one.address(address) == one.address(address) != address
    assert one.address(address) != other.address(address)
    assert one.address(address)[-1] & 0xC0 == 0xC0
    assert one.address(bytes(6)) == bytes(6)
    assert one.name(b"Anna's phone\0\0\0")[12:] == bytes(3)
    assert len(one.name(b"Anna's phone\0\0\0")) == 15
    assert one.name(b"Anna's phone") == one.name(b"Anna's phone\0")[:12]
    key = os.urandom(16)
    expected = b"x" + one.key(key) + b"y" + one.address(address)[::-1]
    assert one.swept(b"x" + key + b"y" + address[::-1]) == expected


def test_the_command(tmp_path: Path) -> None:
    """It writes what the name asks for, and says so."""
    out = tmp_path / "out.pcapng"
    result = l2scope("anonymise", SAMPLES / "healthy.btsnoop", out)
    assert (result.returncode, "279 packets" in result.stderr) == (0, True)
    assert api.open(out).format.startswith("pcapng")
    assert l2scope("anonymise", SAMPLES / "healthy.btsnoop", tmp_path / "out.bin").returncode == 2
