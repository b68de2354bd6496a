"""The same K-frames against a receiver that gives credits otherwise: what would have been when."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median_low
from typing import Final

from l2scope.analysis.arrivals import Arrivals, Frame
from l2scope.analysis.link_speed import LinkSpeed
from l2scope.analysis.receivers import Receiver
from l2scope.stalls import habit_ns, stall_floor_ns

BITS: Final = 8
NANOSECONDS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A time without credits. class_ is as in `stalls --json`."""

    start_ns: int
    end_ns: int
    class_: str

    @property
    def duration_ns(self) -> int:
        return max(0, self.end_ns - self.start_ns)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a replay gives. time_ns is from the first packet to the last; stuck_after the K-frame, from 1, after which
    no credits came any more, None where all were sent."""

    time_ns: int
    sdu_bytes: int
    intervals: list[Interval]
    stalls: list[Interval]
    grants: list[tuple[int, int]]
    stuck_after: int | None

    @property
    def goodput_bps(self) -> float | None:
        """Bits of the SDUs a second, None where some were not sent."""
        if self.time_ns <= 0 or self.stuck_after is not None:
            return None
        return round(self.sdu_bytes * BITS * NANOSECONDS / self.time_ns, 1)

    def as_json(self) -> dict[str, object]:
        return {
            "time_ns": self.time_ns,
            "goodput_bps": self.goodput_bps,
            "zero_intervals": len(self.intervals),
            "zero_ns": sum(interval.duration_ns for interval in self.intervals),
            "stalls": len(self.stalls),
            "stall_ns": sum(stall.duration_ns for stall in self.stalls),
            "longest_stall_ns": max((stall.duration_ns for stall in self.stalls), default=0),
            "stuck_after_kframe": self.stuck_after,
        }


@dataclass(frozen=True, slots=True)
class Timing:
    """The link's own pace, as engine/pace.py has it: a K-frame that begins within window_ns of a grant had waited for
    it, and patience_us explains a wait. interval_ns is the connection interval, 0 where it is not known."""

    window_ns: int
    patience_us: int
    interval_ns: int


# For the K-frame of this number, from 1, that has just arrived: the credits given for it, each with its delay in ns.
Answers = Callable[[int, Frame], Iterable[tuple[int, int]]]


@dataclass(slots=True)
class _Run:
    """What was sent, and what was granted (time, credits), in order."""

    begins: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    grants: list[tuple[int, int]] = field(default_factory=list)
    stuck: bool = False


class Replay:
    """Sends what a sender had to send over a link of this speed, to one receiver or another."""

    def __init__(self, arrivals: Arrivals, speed: LinkSpeed, timing: Timing) -> None:
        self.arrivals = arrivals
        self.speed = speed
        self.timing = timing
        self._answers = self._recorded_answers()
        delays = [
            (arrivals.frames[number - 1].end_byte, delay)
            for number, answers in sorted(self._answers.items())
            for _, delay in answers[:1]
        ]
        self._delayed_bytes = [byte for byte, _ in delays]
        self._delays = [delay for _, delay in delays]

    @property
    def usual_delay_ns(self) -> int | None:
        """The median of the receiver's delays, None where it never gave credits."""
        return median_low(self._delays) if self._delays else None

    def recorded(self) -> Outcome:
        """The receiver of the capture: gives what it gave."""
        arrivals = self.arrivals
        before = [(grant.time_ns, grant.credits) for grant in arrivals.grants if grant.frame == 0]
        run = self._send(
            arrivals.window, arrivals.frames, lambda number, _: self._answers.get(number, ()), before, False
        )
        return self._outcome(arrivals.window, arrivals.frames, run)

    def against(self, receiver: Receiver, mps: int | None = None) -> Outcome:
        """Another receiver, whose answers take as long as those of the real one at the same place of the data."""
        frames = self.arrivals.frames if mps is None else list(reframed(self.arrivals, mps))

        def answers(_: int, frame: Frame) -> Iterator[tuple[int, int]]:
            credits = receiver.arrived(frame)
            if credits:
                yield credits, self._delay_at(frame.end_byte)

        return self._outcome(receiver.window, frames, self._send(receiver.window, frames, answers, [], True))

    def _send(
        self, window: int, frames: Sequence[Frame], answers: Answers, grants: list[tuple[int, int]], bounded: bool
    ) -> _Run:
        """grants are those before the first K-frame; bounded: a K-frame also waits for room in the controller."""
        run = _Run(grants=grants)
        credits, taken, before, link_free = window, 0, self.arrivals.opened_ns, 0
        arrived: list[int] = []
        for number, frame in enumerate(frames, 1):
            begin = before + frame.pause_ns if frame.offered_ns is None else max(frame.offered_ns, before)
            while credits < number and taken < len(run.grants):
                credits += run.grants[taken][1]
                begin = max(begin, run.grants[taken][0] + frame.reaction_ns)
                taken += 1
            if credits < number:
                run.stuck = True
                return run
            held = self.speed.held(frame.length)
            if bounded and 0 < held < number:
                begin = max(begin, arrived[number - 1 - held])
            before = begin + frame.taken_ns
            link_free = max(link_free, before + self.speed.event_ns) + self.speed.service_ns(frame.length)
            arrived.append(link_free)
            run.begins.append(begin)
            run.ends.append(before)
            for given, delay in answers(number, frame):
                run.grants.append((max(run.grants[-1][0] if run.grants else 0, link_free + delay), given))
        return run

    def _recorded_answers(self) -> dict[int, list[tuple[int, int]]]:
        """By the number of the K-frame that each indication gave back."""
        answers: dict[int, list[tuple[int, int]]] = {}
        seen, link_free = iter(self.arrivals.grants), 0
        grant = next(seen, None)
        for number, frame in enumerate(self.arrivals.frames, 1):
            link_free = max(link_free, frame.end_ns + self.speed.event_ns) + self.speed.service_ns(frame.length)
            while grant is not None and grant.frame <= number:
                if grant.frame == number:
                    answers.setdefault(number, []).append((grant.credits, grant.time_ns - link_free))
                grant = next(seen, None)
        return answers

    def _delay_at(self, byte: int) -> int:
        """As long as the answer that the real receiver gave for these bytes, or the next ones."""
        where = bisect_left(self._delayed_bytes, byte)
        return self._delays[where] if where < len(self._delays) else self.usual_delay_ns or 0

    def _outcome(self, window: int, frames: Sequence[Frame], run: _Run) -> Outcome:
        intervals = list(_intervals(self.arrivals.opened_ns, window, frames, run, self.timing.window_ns))
        waited = sorted(interval.duration_ns for interval in intervals if interval.class_ != "idle")
        floor = stall_floor_ns(self.timing.patience_us, habit_ns(waited))
        return Outcome(
            time_ns=run.ends[-1] - run.begins[0] if run.ends else 0,
            sdu_bytes=self.arrivals.direction.sdu_bytes,
            intervals=intervals,
            stalls=[interval for interval in intervals if interval.class_ != "idle" and interval.duration_ns > floor],
            grants=run.grants,
            stuck_after=len(run.ends) if run.stuck else None,
        )


def _intervals(opened_ns: int, window: int, frames: Sequence[Frame], run: _Run, soon_ns: int) -> Iterator[Interval]:
    """The times at zero credits that a grant ended."""
    granted, balance = 0, window
    for sent, end in enumerate([opened_ns, *run.ends]):
        balance -= sent > 0
        while granted < len(run.grants) and run.grants[granted][0] < end:
            balance += run.grants[granted][1]
            granted += 1
        if balance != 0 or granted == len(run.grants):
            continue
        lifted = run.grants[granted][0]
        owed = frames[sent - 1].owed if sent else 0
        follows = sent < len(run.begins) and run.begins[sent] - lifted <= soon_ns
        yield Interval(end, lifted, "certain" if owed > 0 else "likely" if follows else "idle")


def reframed(arrivals: Arrivals, mps: int) -> Iterator[Frame]:
    """The same SDUs in K-frames of at most mps bytes. What a K-frame takes goes by its bytes at the receiver, where it
    shows the link; the sender's host takes as long for any."""
    by_bytes = arrivals.direction.name == "rx"
    longest = max(frame.length for frame in arrivals.frames)
    sdu: list[Frame] = []
    for frame in arrivals.frames:
        sdu.append(frame)
        if frame.owed <= 0:
            yield from _cut(sdu, mps, arrivals.pace_ns, longest if by_bytes else 0)
            sdu = []
    yield from _cut(sdu, mps, arrivals.pace_ns, longest if by_bytes else 0)


def _cut(sdu: list[Frame], mps: int, pace_ns: int, longest: int) -> Iterator[Frame]:
    if not sdu:
        return
    total, first = sum(frame.length for frame in sdu), sdu[0]
    taken_ns = sum(frame.taken_ns for frame in sdu)
    sent = sdu[-1].end_byte - total
    at = 0
    while at < total:
        length = min(mps, total - at)
        at += length
        pace = pace_ns * length // longest if longest else pace_ns
        yield Frame(
            length=length,
            end_byte=sent + at,
            owed=sdu[-1].owed + total - at,
            begin_ns=first.begin_ns,
            taken_ns=taken_ns * length // total,
            offered_ns=first.offered_ns if at == length else None,
            pause_ns=first.pause_ns if at == length else pace,
            reaction_ns=first.reaction_ns,
        )
