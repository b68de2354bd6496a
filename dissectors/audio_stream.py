# mypy: allow-subclassing-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""Audio as it is played: samples of 16 bits (little-endian, mono), or frames of a codec with a constant bit rate.

Neither has a header, so what is nominal is told by the pace of the SDUs: it is the usual rate, or the usual length of a
frame, that is nearest. How full a player's buffer is is a model: it begins to play when PLAYS_FROM_NS are there.
"""

import io
import struct
import wave
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import fmean, median

from scapy.fields import StrField
from scapy.packet import Packet

from l2scope.dissection import (
    Breach,
    ContentRule,
    Conversation,
    Dissector,
    ExportedFile,
    Message,
    Unit,
    by_content,
)

RATES = (8_000, 16_000, 24_000, 32_000, 44_100, 48_000)
FRAMES_NS = (2_500_000, 5_000_000, 7_500_000, 10_000_000, 20_000_000, 30_000_000, 40_000_000, 60_000_000)
SECOND_NS = 1_000_000_000
PLAYS_FROM_NS = 60_000_000
FEWEST_SDUS = 8
CONSTANT_SHARE = 0.9
"""So many of the SDUs of a stream have the same length."""
STRIDE = 8
"""The pace is measured over so many SDUs, because connection events blur what is between two."""
SMOOTH = 0.25
"""How little consecutive samples differ, as a share of the variance: 2 in noise, 0.04 in a tone of 500 Hz at 16 kHz."""
QUIETEST = 100
SHORTEST_PCM = 32
"""Two milliseconds at 8 kHz."""
MOST_BYTES = 10_000
LIKELY_PACE = 0.1
"""A codec's frames come as often as they last, but for so much."""
RATE_TOLERANCE = 0.01
RATE_NEEDS_NS = 5 * SECOND_NS
MILLISECONDS = (10, 20, 30, 40)


def samples_of(sdus: Sequence[bytes]) -> tuple[int, ...]:
    """The first samples."""
    data = b"".join(sdus)[:MOST_BYTES]
    return struct.unpack(f"<{len(data) // 2}h", data[: len(data) // 2 * 2])


def loudness(samples: Sequence[int]) -> float:
    """The mean square around the mean."""
    mean = fmean(samples) if samples else 0
    return fmean((sample - mean) ** 2 for sample in samples) if samples else 0


def roughness(samples: Sequence[int]) -> float:
    """The mean square of the steps between samples, as a share of the loudness; 0 where all are the same."""
    loud = loudness(samples)
    return fmean((after - before) ** 2 for before, after in pairwise(samples)) / loud if loud else 0.0


def looks_like_pcm(sdus: Sequence[bytes]) -> bool:
    """Four SDUs that last as long as audio buffers do, and hold a wave around zero that is neither noise nor silence:
    a constant length alone says nothing."""
    sizes = {2 * rate * ms // 1000 for rate in RATES for ms in MILLISECONDS}
    if len(sdus) < 4 or len(set(map(len, sdus))) > 1 or len(sdus[0]) not in sizes:
        return False
    samples = samples_of(sdus)
    loud = loudness(samples) ** 0.5
    return loud > QUIETEST and abs(fmean(samples)) < loud / 2 and roughness(samples) < SMOOTH


@dataclass(frozen=True, slots=True)
class Arrival:
    """One SDU as a player sees it."""

    unit: Unit
    since_last_ns: int
    jitter_ns: float
    """Interarrival jitter (RFC 3550, 6.4.1)."""
    buffer_ns: float
    """What is in the buffer once the SDU is."""
    silent_ns: float
    """How long nothing could be played before this SDU, 0 while something was."""
    pace: float | None
    """What came before this SDU as a share of what could be played since the first: above 1 is faster than nominal."""


class Track:
    """One direction of a channel."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = [unit for unit in units if unit.data]

    @cached_property
    def is_audio(self) -> bool:
        """Whether there is a pace: enough SDUs, most of one length, as far apart as they last."""
        common = max(Counter(len(unit.data) for unit in self.units).values(), default=0)
        if len(self.units) < FEWEST_SDUS or common < CONSTANT_SHARE * len(self.units) or self.pace_ns <= 0:
            return False
        return self.is_pcm or abs(self.lasts_ns(self.units[0]) / self.pace_ns - 1) < LIKELY_PACE

    @cached_property
    def pace_ns(self) -> float:
        """The usual time from one SDU to the next: the median, so that a gap does not change it."""
        ends = [unit.end_ns for unit in self.units]
        stride = max(1, min(STRIDE, len(ends) // 4))
        return median((after - before) / stride for before, after in zip(ends, ends[stride:], strict=False))

    @cached_property
    def is_pcm(self) -> bool:
        """Whether the first SDUs are samples: the steps between these are small, or all of them are zero."""
        if any(unit.complete and (len(unit.data) % 2 or len(unit.data) < SHORTEST_PCM) for unit in self.units):
            return False
        samples = samples_of([unit.data for unit in self.units[:FEWEST_SDUS]])
        return not any(samples) or 0 < roughness(samples) < SMOOTH

    @cached_property
    def rate(self) -> int:
        """Samples a second: the usual rate that is nearest to what arrives."""
        arriving = median(len(unit.data) for unit in self.units) / 2 * SECOND_NS / self.pace_ns
        return min(RATES, key=lambda rate: max(rate / arriving, arriving / rate))

    def lasts_ns(self, unit: Unit) -> float:
        """How long an SDU plays."""
        if self.is_pcm:
            return len(unit.data) / 2 * SECOND_NS / self.rate
        return min(FRAMES_NS, key=lambda frame: max(frame / self.pace_ns, self.pace_ns / frame))

    @cached_property
    def arrivals(self) -> list[Arrival]:
        found: list[Arrival] = []
        buffered = jitter = 0.0
        playing = False
        before = start = self.units[0].end_ns
        come = 0.0
        for unit in self.units:
            lasts, since_last = self.lasts_ns(unit), unit.end_ns - before
            silent = 0.0
            if found:
                jitter += (abs(since_last - lasts) - jitter) / 16
            if playing:
                silent = max(0.0, since_last - buffered)
                buffered = max(0.0, buffered - since_last)
            buffered += lasts
            playing = buffered >= PLAYS_FROM_NS or (playing and not silent)
            pace = come / (unit.end_ns - start) if unit.end_ns > start else None
            found.append(Arrival(unit, since_last, jitter, buffered, silent, pace))
            come += lasts
            before = unit.end_ns
        return found

    @property
    def deviation(self) -> float | None:
        """By how much more arrives than is played, as a share; None where that cannot be told yet."""
        took = self.units[-1].end_ns - self.units[0].end_ns
        if took < RATE_NEEDS_NS:
            return None
        return self.lasts_ns(self.units[0]) / self.pace_ns - 1


def tracks_of(units: Sequence[Unit]) -> list[Track]:
    both = [Track([unit for unit in units if unit.direction == way]) for way in ("tx", "rx")]
    return [track for track in both if track.is_audio]


def join(units: Sequence[Unit]) -> Iterator[Message]:
    """A message an SDU, with what a player would have made of it."""
    arrivals = {one.unit.index: (track, one) for track in tracks_of(units) for one in track.arrivals}
    for unit in units:
        if unit.index not in arrivals:
            yield Message((unit,), unit.data, f"{len(unit.data):,} bytes", complete=unit.complete)
            continue
        track, arrival = arrivals[unit.index]
        values: dict[str, object] = {
            "since_last_ms": arrival.since_last_ns / 1e6,
            "jitter_ms": round(arrival.jitter_ns / 1e6, 3),
            "buffer_ms": round(arrival.buffer_ns / 1e6, 3),
            "pace": None if arrival.pace is None else round(arrival.pace, 4),
        }
        what = f"PCM at {track.rate:,} Hz" if track.is_pcm else "codec frame"
        silence = f", silent for {arrival.silent_ns / 1e6:,.0f} ms before" if arrival.silent_ns else ""
        line = f"{what}, {track.lasts_ns(unit) / 1e6:g} ms{silence}"
        yield Message((unit,), unit.data, line, "audio/L16" if track.is_pcm else "", unit.complete, values=values)


def judge(conversation: Conversation) -> Iterator[Breach]:
    certainty = "weak" if conversation.lost else "certain"
    for track in tracks_of(conversation.units):
        for before, arrival in pairwise(track.arrivals):
            if arrival.silent_ns:
                gap, silent = arrival.since_last_ns / 1e6, arrival.silent_ns / 1e6
                text = f"no audio for {gap:,.0f} ms: a player with {before.buffer_ns / 1e6:,.0f} ms in its buffer "
                text += f"is silent for {silent:,.0f} ms"
                proof = (before.unit, arrival.unit)
                yield Breach("USR021", text, proof, values={"gap_ms": gap, "silent_ms": silent}, certainty=certainty)
        deviation = track.deviation
        if deviation is not None and abs(deviation) > RATE_TOLERANCE:
            text = f"{abs(deviation):.1%} {'more' if deviation > 0 else 'less'} audio arrives than is played"
            yield Breach("USR022", text, (track.units[0], track.units[-1]), blame="sender", certainty=certainty)


def export(conversation: Conversation) -> Iterator[ExportedFile]:
    """What each direction played: a WAV file of samples, else the frames as they came."""
    for track in tracks_of(conversation.units):
        name = f"audio-{track.units[0].direction}"
        if not track.is_pcm:
            yield ExportedFile(f"{name}.bin", b"".join(unit.data for unit in track.units))
            continue
        file = io.BytesIO()
        with wave.open(file, "wb") as writer:
            writer.setnchannels(1)
            writer.setsampwidth(2)
            writer.setframerate(track.rate)
            writer.writeframes(b"".join(unit.data[: len(unit.data) // 2 * 2] for unit in track.units))
        yield ExportedFile(f"{name}.wav", file.getvalue())


class Sdu(Packet):
    """One SDU: samples or a codec frame."""

    name = "Audio"
    fields_desc = [StrField("audio", b"")]


RULES = (
    ContentRule(
        "USR021",
        "A gap in an audio stream that is heard",
        "warning",
        f"Nothing came until a player that began with {PLAYS_FROM_NS // 1_000_000} ms in its buffer had played it all.",
        "The listener hears a click or silence.",
        "Look at the credits and stalls of the channel at that time, at the connection interval, and at the sender.",
    ),
    ContentRule(
        "USR022",
        "An audio stream is faster or slower than it is played",
        "warning",
        f"Over {RATE_NEEDS_NS // SECOND_NS} s and more the pace differs from the nominal one by {RATE_TOLERANCE:.0%}.",
        "A player's buffer runs empty or over, sooner or later.",
        "See which clock paces the sender.",
    ),
)

DISSECTORS = [
    Dissector(
        name="audio_stream",
        layer=Sdu,
        on=by_content(looks_like_pcm, priority=-10),
        title="Audio",
        flat=True,
        summary=lambda sdu: f"{len(sdu.audio):,} bytes",
        join=join,
        rules=RULES,
        judge=judge,
        export=export,
    )
]
