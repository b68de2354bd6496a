"""Conversations for tests of dissectors: those of a sample beside its truth, and some that are made by hand."""

import hashlib
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import l2scope
from l2scope.analysis.findings import Finding
from l2scope.dissection import Conversation, Dissector, Message, Unit
from l2scope.dissection.joining import breaches, exported, joined
from l2scope.dissection.registry import registry
from tests.corpus import SAMPLES, read_json

MS = 1_000_000
START_NS = 1_750_000_000_000_000_000


@dataclass(frozen=True)
class SampleTalk:
    """A sample that was opened, and what its applications sent."""

    capture: l2scope.Capture
    content: dict[str, Any]

    def channel(self, psm: int) -> Conversation:
        """The conversation of the only channel of a PSM."""
        return self.capture.conversation(next(one for one in self.capture.channels if one.psm == psm))

    def characteristic(self, name: str) -> Conversation:
        """The conversation of the only characteristic that a dissector is for."""
        (found,) = [one for one in self.capture.contents.characteristics() if one[3] and one[3].name == name]
        return self.capture.contents.values(*found[:3])

    def sdu_packets(self, psm: int, direction: str, numbers: Iterable[int]) -> list[int]:
        """The first and last packets of SDUs, which are counted in their direction."""
        channel = next(one for one in self.capture.channels if one.psm == psm)
        sdus = [sdu for sdu in self.capture.sdus(channel, direction) if sdu.state == "complete"]
        return sorted({packet for at in numbers for packet in (sdus[at].first_packet, sdus[at].last_packet)})

    def findings(self) -> dict[str, list[Finding]]:
        """Those of the dissectors, by their rule."""
        found: dict[str, list[Finding]] = {}
        for finding in self.capture.findings():
            if finding.rule.startswith("USR"):
                found.setdefault(finding.rule, []).append(finding)
        assert self.capture.contents.problems == []
        return found


@cache
def sample_talk(name: str) -> SampleTalk:
    """A sample by its name."""
    return SampleTalk(l2scope.open(SAMPLES / f"{name}.btsnoop"), read_json(SAMPLES / f"{name}.truth.json")["content"])


def on_another_psm(sample: str, psm: int, folder: Path) -> Conversation:
    """The channel of a sample that was opened for `psm`, as if it had been opened for one that nobody claims."""
    data = (SAMPLES / f"{sample}.btsnoop").read_bytes()
    request = b"\x0a\x00" + struct.pack("<H", psm)  # of the connection request (Vol 3 Part A 4.22)
    assert data.count(request) == 1
    path = folder / "another.btsnoop"
    path.write_bytes(data.replace(request, b"\x0a\x00\xb1\x00"))
    capture = l2scope.open(path)
    return capture.conversation(next(one for one in capture.channels if one.psm == 0xB1))


def described(content: bytes) -> tuple[int, str]:
    """Length and SHA-256, as truths have them."""
    return len(content), hashlib.sha256(content).hexdigest()


def dissector_named(name: str) -> Dissector:
    found = registry().named(name)
    assert found is not None
    return found


def talk(
    name: str,
    said: Sequence[tuple[str, bytes]],
    gaps_ms: Sequence[float] = (),
    *,
    wait_ms: float = 5000,
    lost: bool = False,
    values: Sequence[tuple[str, bytes]] = (),
    uuid: int | str = 0,
) -> Conversation:
    """A conversation of SDUs (direction, bytes), 10 ms apart unless told otherwise, each of one packet from 1 on;
    `values` of the characteristic `uuid` come before them."""
    dissector = dissector_named(name)
    told = _units(values, (), None, START_NS, 1, "write")
    units = _units(said, gaps_ms, dissector, START_NS + len(told) * 10 * MS, len(told) + 1, "SDU")
    messages, problem = joined(dissector, units)
    assert problem == ""
    last_ns = (units[-1].end_ns if units else START_NS) + int(wait_ms * MS)
    return Conversation(
        title="by hand",
        link=0,
        channel=0,
        handle=None,
        dissector=dissector,
        units=units,
        messages=messages,
        last_ns=last_ns,
        closed=False,
        lost=lost,
        values_of=lambda wanted: told if wanted == uuid else [],
    )


def _units(
    said: Sequence[tuple[str, bytes]],
    gaps_ms: Sequence[float],
    dissector: Dissector | None,
    now: int,
    first: int,
    kind: str,
) -> list[Unit]:
    units = []
    for index, (direction, data) in enumerate(said):
        now += int((gaps_ms[index] if index < len(gaps_ms) else 10) * MS)
        units.append(Unit(index, direction, first + index, first + index, now, now, data, True, kind, dissector))
    return units


def broken_rules(conversation: Conversation) -> list[str]:
    """The rules that a conversation breaks; judging must not fail."""
    found, problem = breaches(conversation)
    assert problem == ""
    return [breach.rule for breach in found]


def survives(name: str, sdus: Sequence[bytes], seed: int = 1, rounds: int = 60) -> None:
    """Joining, judging, exporting and dissecting raise nothing for real SDUs that are cut, changed and mixed up."""
    random = Random(seed)
    for _ in range(rounds):
        said = [(random.choice(("tx", "rx")), _harmed(sdu, random)) for sdu in sdus]
        random.shuffle(said)
        conversation = talk(name, said)
        broken_rules(conversation)
        exported(conversation)
        assert {unit.index for message in conversation.messages for unit in message.units} <= set(range(len(said)))
        for _, data in said[:20]:
            dissector_named(name).fields(data, 0, 0, len(data))
            dissector_named(name).line(data)


def _harmed(sdu: bytes, random: Random) -> bytes:
    kind = random.randrange(5)
    if kind == 0:
        return sdu[: random.randrange(len(sdu) + 1)]
    if kind == 1:
        return random.randbytes(random.randrange(40))
    if kind == 2 and sdu:
        at = random.randrange(min(len(sdu), 16))
        return sdu[:at] + random.randbytes(1) + sdu[at + 1 :]
    return sdu


def complete(messages: Iterable[Message]) -> list[Message]:
    return [message for message in messages if message.complete]
