"""SDUs of BR/EDR channels, from our samples and from the corpus, and what our dissectors and tshark make of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import l2scope
from l2scope.dissection import Field
from tests.corpus import SAMPLES, read_json
from tests.dissectors.shown import by_psm

SAMPLE_NAMES = ("classic_serial", "classic_audio", "classic_input", "classic_network")


@dataclass(frozen=True, slots=True)
class Sdu:
    """One complete SDU; packet is the number of the one that completes it."""

    psm: int
    direction: str
    packet: int
    data: bytes

    def field(self) -> Field:
        return by_psm(self.psm, self.data)


def sample_path(name: str) -> Path:
    return SAMPLES / f"{name}.btsnoop"


def content(name: str) -> dict[str, Any]:
    """What the script of a sample sent above L2CAP."""
    found: dict[str, Any] = read_json(SAMPLES / f"{name}.truth.json")["content"]
    return found


def sdus(path: Path, *psms: int) -> Iterator[Sdu]:
    """Those of channels of some PSMs, or of all."""
    capture = l2scope.open(path)
    for channel in capture.channels:
        if channel.psm is None or (psms and channel.psm not in psms):
            continue
        for direction in ("tx", "rx"):
            for sdu in capture.sdus(channel, direction):
                if sdu.state == "complete":
                    yield Sdu(channel.psm, direction, sdu.last_packet, capture.sdu_bytes(sdu.row))


def fields(name: str, psm: int, direction: str | None = None) -> list[Field]:
    """What is shown of a sample's SDUs."""
    return [one.field() for one in sdus(sample_path(name), psm) if direction in (None, one.direction)]
