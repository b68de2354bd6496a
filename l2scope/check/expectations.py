"""One class per kind of expectation. Its help stands beside it: the schema, --help and the README are made from it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Generic, TypeVar

from l2scope.channels import Channel, Direction
from l2scope.check import forms
from l2scope.check.forms import Choices, Form, Range, bounds_of
from l2scope.columns import counted, seconds
from l2scope.links import CLOSE_REASONS

if TYPE_CHECKING:
    from l2scope.capture import Capture, Sdu
    from l2scope.evidence import View

STILL_OPEN: Final = "open"

Subject = TypeVar("Subject", Channel, Direction)


@dataclass(frozen=True, slots=True)
class Measure:
    """What one channel or direction was found to be. proof: what to show of it, its channel where there is none."""

    holds: bool
    words: str
    proof: Sequence[View] = ()


class Expectation(ABC, Generic[Subject]):
    """What is expected of each channel, or of one direction of each channel, that a table is about."""

    key: ClassVar[str]
    form: ClassVar[Form]
    help: ClassVar[str]

    @abstractmethod
    def __init__(self, written: Range | Choices) -> None:
        """written fits the form. Raises ValueError where it makes no sense all the same."""

    @property
    @abstractmethod
    def expected(self) -> str:
        """What is written, in words."""

    @abstractmethod
    def measure(self, subject: Subject, capture: Capture) -> Measure:
        """Looks at one channel or direction."""


class FigureExpectation(Expectation[Direction]):
    """That a figure of a direction lies within bounds."""

    def __init__(self, written: Range) -> None:
        self.bounds = bounds_of(written)

    @property
    def expected(self) -> str:
        return self.bounds.words(self.show)

    @abstractmethod
    def show(self, figure: float) -> str:
        """A figure of this kind in words."""

    def measured(self, figure: float, proof: Sequence[View] = ()) -> Measure:
        return Measure(self.bounds.hold(figure), self.show(figure), proof)


class CloseReason(Expectation[Channel]):
    key = "close_reason"
    form = forms.choices(*(reason for reason in CLOSE_REASONS.values() if reason), STILL_OPEN)
    help = "how the channel ended; `open`: it had not when the capture ended"

    def __init__(self, written: Choices) -> None:
        self.reasons = [written] if isinstance(written, str) else list(written)

    @property
    def expected(self) -> str:
        return " or ".join(self.reasons)

    def measure(self, subject: Channel, capture: Capture) -> Measure:
        reason = subject.close_reason or STILL_OPEN
        where = "" if subject.closed is None else f" in packet {subject.closed}"
        return Measure(reason in self.reasons, f"{reason}{where}")


class Stalls(FigureExpectation):
    key = "stalls"
    form = forms.STALLS
    help = (
        "how many times the sender stood still for want of credits, one that had not ended with the capture included; "
        "with `longer_than` only those that lasted longer"
    )

    def __init__(self, written: Range) -> None:
        super().__init__(written)
        self.longer_than = str(written["longer_than"]) if isinstance(written, dict) and "longer_than" in written else ""

    def show(self, figure: float) -> str:
        longer = f" longer than {self.longer_than}" if self.longer_than else ""
        return counted(int(figure), "stall") + longer

    def measure(self, subject: Direction, capture: Capture) -> Measure:
        stalls = subject.stalls(self.longer_than or None)
        return self.measured(len(stalls), stalls)


class LongestStall(FigureExpectation):
    key = "longest_stall"
    form = forms.DURATIONS
    help = "the longest stall; none counts as 0"

    def show(self, figure: float) -> str:
        return seconds(int(figure))

    def measure(self, subject: Direction, capture: Capture) -> Measure:
        stalls = subject.stalls()
        if not stalls:
            return Measure(self.bounds.hold(0), "no stall")
        longest = max(stalls, key=lambda stall: stall.duration_ns)
        words = f"{seconds(longest.duration_ns)} in packets {longest.start_packet}-{longest.end_packet or 'end'}"
        outside = [stall for stall in stalls if not self.bounds.hold(stall.duration_ns)]
        return Measure(self.bounds.hold(longest.duration_ns), words, outside)


class StallTime(FigureExpectation):
    key = "stall_time"
    form = forms.DURATIONS
    help = "the time of all stalls together"

    def show(self, figure: float) -> str:
        return seconds(int(figure))

    def measure(self, subject: Direction, capture: Capture) -> Measure:
        stalls = subject.stalls()
        return self.measured(sum(stall.duration_ns for stall in stalls), stalls)


class StarvedShare(FigureExpectation):
    key = "starved_share"
    form = forms.SHARES
    help = "the share of its busy time that the direction was stalled"

    def show(self, figure: float) -> str:
        return f"{figure:.1%}"

    def measure(self, subject: Direction, capture: Capture) -> Measure:
        return self.measured(subject.starved_share, subject.stalls())


class Goodput(FigureExpectation):
    key = "goodput_bps"
    form = forms.RATES
    help = "bits of complete SDUs a second; a direction that carried too few to tell fails"

    def show(self, figure: float) -> str:
        return f"{figure:,.0f} bit/s"

    def measure(self, subject: Direction, capture: Capture) -> Measure:
        if subject.goodput_bps is None:
            return Measure(False, f"no goodput ({counted(subject.sdus, 'complete SDU')})")
        return self.measured(subject.goodput_bps)


class Sdus(FigureExpectation):
    key = "sdus"
    form = forms.COUNT
    help = "how many SDUs are complete"

    def show(self, figure: float) -> str:
        return counted(int(figure), "SDU")

    def measure(self, subject: Direction, capture: Capture) -> Measure:
        return self.measured(subject.sdus)


class SduBytes(FigureExpectation):
    key = "sdu_bytes"
    form = forms.COUNT
    help = "the bytes of all complete SDUs together"

    def show(self, figure: float) -> str:
        return counted(int(figure), "byte")

    def measure(self, subject: Direction, capture: Capture) -> Measure:
        return self.measured(subject.sdu_bytes)


class SduLength(FigureExpectation):
    key = "sdu_length"
    form = forms.COUNT
    help = "the bytes of every single complete SDU"

    def show(self, figure: float) -> str:
        return counted(int(figure), "byte")

    def measure(self, subject: Direction, capture: Capture) -> Measure:
        complete = [sdu for sdu in capture.sdus(subject.channel, subject.name) if sdu.state == "complete"]
        outside = [sdu for sdu in complete if not self.bounds.hold(sdu.length)]
        words = _lengths(outside or complete)
        if outside:
            return Measure(False, f"{len(outside):,} of {counted(len(complete), 'SDU')} with {words}", outside)
        return Measure(True, f"{counted(len(complete), 'SDU')}{words and ' with ' + words}")


class IncompleteSdus(FigureExpectation):
    key = "incomplete_sdus"
    form = forms.COUNT
    help = "how many SDUs were begun and never finished, or ran over their length"

    def show(self, figure: float) -> str:
        return counted(int(figure), "incomplete SDU")

    def measure(self, subject: Direction, capture: Capture) -> Measure:
        measure = self.measured(subject.incomplete_sdus)
        if measure.holds or not subject.incomplete_sdus:
            return measure
        sdus = [sdu for sdu in capture.sdus(subject.channel, subject.name) if sdu.state != "complete"]
        return self.measured(subject.incomplete_sdus, sdus)


def _lengths(sdus: Sequence[Sdu]) -> str:
    """The lengths of SDUs, from the least to the most."""
    lengths = sorted({sdu.length for sdu in sdus})
    if not lengths:
        return ""
    least, most = lengths[0], lengths[-1]
    return counted(least, "byte") if least == most else f"{least:,} to {most:,} bytes"


OF_A_CHANNEL: Final[tuple[type[Expectation[Channel]], ...]] = (CloseReason,)
OF_A_DIRECTION: Final[tuple[type[Expectation[Direction]], ...]] = (
    Stalls, LongestStall, StallTime, StarvedShare, Goodput, Sdus, SduBytes, SduLength, IncompleteSdus,
)  # fmt: skip
