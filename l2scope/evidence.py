"""What proves a verdict, as a table for people: stalls, channels, SDUs, refusals or findings, with packets and times.

The pytest plugin and `l2scope check` print these. No numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeGuard

from l2scope.channels import Channel, Direction, hexadecimal
from l2scope.columns import counted, rate, seconds, table_lines
from l2scope.links import Link, RefusedChannel
from l2scope.names import l2cap
from l2scope.stalls import ZeroInterval

if TYPE_CHECKING:
    from l2scope.analysis.findings import Finding
    from l2scope.capture import Sdu

MOST_ROWS: Final = 10
MOST_PACKETS: Final = 4
NANOSECONDS_A_DAY: Final = 86_400_000_000_000
RESPONSE_CODES: Final = {"le-credit": 0x15, "enhanced-credit": 0x18, "basic": 0x03}


class View(Protocol):
    """One of l2scope's objects that a user may see."""

    def as_json(self) -> dict[str, object]: ...


@dataclass(frozen=True, slots=True)
class Clock:
    """How moments are written: seconds since origin (Unix ns), or the time of day in UTC where there is none."""

    origin: int | None = None

    @property
    def title(self) -> str:
        return "time (UTC)" if self.origin is None else "time (s)"

    def show(self, moment: int | None) -> str:
        """A time in Unix ns; "-" for none."""
        if moment is None:
            return "-"
        if self.origin is not None:
            return f"{(moment - self.origin) / 1e9:.6f}"
        microseconds = moment % NANOSECONDS_A_DAY // 1000
        minutes, rest = divmod(microseconds, 60_000_000)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1_000_000:02d}.{rest % 1_000_000:06d}"


@dataclass(frozen=True, slots=True)
class Layout:
    """The table of one kind of object. The column "time" is titled by the clock."""

    thing: str
    titles: tuple[str, ...]
    left: frozenset[int]
    row: Callable[[Any, Clock], tuple[str, ...]]


def has_table(items: object) -> TypeGuard[list[View]]:
    """Whether items is a list of objects that table_of() can show."""
    return isinstance(items, list) and bool(items) and all(type(item) is type(items[0]) for item in items) and (
        type(items[0]).__module__.startswith("l2scope.") and type(items[0]).__name__ in LAYOUTS
    )  # fmt: skip


def table_of(items: Sequence[View], clock: Clock, most: int | None = MOST_ROWS) -> list[str]:
    """The lines of a table of objects of one kind, at most so many rows; none for no objects."""
    if not items:
        return []
    layout = LAYOUTS[type(items[0]).__name__]
    titles = [clock.title if title == "time" else title for title in layout.titles]
    lines = table_lines(titles, [layout.row(item, clock) for item in items[:most]], layout.left)
    left_out = len(items) - len(lines) + 1
    return [*lines, f"... and {left_out:,} more"] if left_out else lines


def summary_of(items: Sequence[View]) -> str:
    """Objects of one kind in a few words: how many, and of stalls how long."""
    thing = LAYOUTS[type(items[0]).__name__].thing
    intervals = [item for item in items if isinstance(item, ZeroInterval)]
    if not intervals:
        return counted(len(items), thing)
    if all(interval.stall for interval in intervals):
        thing = "stall"
    longest = max(intervals, key=lambda interval: interval.duration_ns)
    total = seconds(sum(interval.duration_ns for interval in intervals))
    return (
        f"{counted(len(items), thing)} of {total} in all, the longest {seconds(longest.duration_ns)} "
        f"in packets {longest.start_packet}-{longest.end_packet or 'end'}"
    )


def interval_row(interval: ZeroInterval, clock: Clock) -> tuple[str, ...]:
    return (
        f"#{interval.channel}",
        interval.direction,
        clock.show(interval.start_ns),
        seconds(interval.duration_ns),
        interval.class_ + ("" if interval.stall else " (no stall)"),
        f"{interval.sdu_bytes_owed:,}",
        str(interval.start_packet),
        "-" if interval.end_packet is None else str(interval.end_packet),
        interval.ended_by,
    )


def _channel_row(channel: Channel, clock: Clock) -> tuple[str, ...]:
    return (
        f"#{channel.id}",
        str(channel.adapter),
        str(channel.handle),
        hexadecimal(channel.psm),
        f"{hexadecimal(channel.local_cid)}-{hexadecimal(channel.remote_cid)}",
        clock.show(channel.opened_ns),
        "before" if channel.opened is None else str(channel.opened),
        "open" if channel.closed is None else str(channel.closed),
        channel.close_reason or "-",
        *_figures(channel.tx),
        *_figures(channel.rx),
    )


def _figures(direction: Direction) -> tuple[str, str, str]:
    incomplete = f"+{direction.incomplete_sdus}" if direction.incomplete_sdus else ""
    stalls = f"{direction.stall_count:,}" + (f" of {seconds(direction.stall_ns)}" if direction.stall_count else "")
    return f"{direction.sdus:,}{incomplete}", rate(direction.goodput_bps), stalls


def _sdu_row(sdu: Sdu, clock: Clock) -> tuple[str, ...]:
    return (
        f"#{sdu.channel}",
        sdu.direction,
        str(sdu.index),
        clock.show(sdu.start_ns),
        seconds(sdu.end_ns - sdu.start_ns),
        str(sdu.first_packet),
        str(sdu.last_packet),
        f"{sdu.length:,}",
        sdu.state,
    )


def _refused_row(refused: RefusedChannel, _clock: Clock) -> tuple[str, ...]:
    return (
        str(refused.adapter),
        str(refused.handle),
        hexadecimal(refused.psm),
        hexadecimal(refused.scid),
        refused.mode,
        refused.initiator,
        str(refused.request),
        str(refused.response),
        refusal_result(refused),
    )


def _link_row(link: Link, clock: Clock) -> tuple[str, ...]:
    return (
        str(link.id),
        str(link.adapter),
        str(link.handle),
        link.peer_address or "-",
        clock.show(link.opened_ns),
        "before" if link.opened is None else str(link.opened),
        "open" if link.closed is None else str(link.closed),
        link.close_reason or "-",
    )


def _finding_row(finding: Finding, clock: Clock) -> tuple[str, ...]:
    packets = ", ".join(map(str, finding.packets[:MOST_PACKETS])) + (
        ", ..." if len(finding.packets) > MOST_PACKETS else ""
    )
    return (
        finding.severity.value,
        finding.rule,
        "-" if finding.channel is None else f"#{finding.channel}",
        finding.direction or "-",
        clock.show(finding.time_ns),
        packets or "-",
        finding.side_to_blame or "-",
        finding.message,
    )


def refusal_result(refused: RefusedChannel) -> str:
    """Why an attempt failed, in the specification's words."""
    if refused.result is None:
        return "rejected: the peer does not know the command"
    return l2cap.result_name(RESPONSE_CODES[refused.mode], refused.result)


LAYOUTS: Final = {
    "ZeroInterval": Layout(
        "zero interval",
        ("channel", "dir", "time", "lasted", "class", "owed", "from packet", "to packet", "ended by"),
        frozenset((1, 4, 8)),
        interval_row,
    ),
    "Channel": Layout(
        "channel",
        (
            "channel", "hci", "handle", "PSM", "CIDs", "time", "opened", "closed", "ended by",
            "tx SDUs", "goodput", "stalls", "rx SDUs", "goodput", "stalls",
        ),
        frozenset((4, 8)),
        _channel_row,
    ),
    "Sdu": Layout(
        "SDU",
        ("channel", "dir", "index", "time", "lasted", "first packet", "last packet", "length", "state"),
        frozenset((1, 8)),
        _sdu_row,
    ),
    "RefusedChannel": Layout(
        "refused attempt",
        ("hci", "handle", "PSM", "SCID", "mode", "initiator", "request", "response", "result"),
        frozenset((4, 5, 8)),
        _refused_row,
    ),
    "Finding": Layout(
        "finding",
        ("severity", "rule", "channel", "dir", "time", "packets", "to blame", "what"),
        frozenset((0, 1, 3, 5, 6, 7)),
        _finding_row,
    ),
    "Link": Layout(
        "link",
        ("link", "hci", "handle", "peer", "time", "opened", "closed", "ended by"),
        frozenset((3, 7)),
        _link_row,
    ),
}  # fmt: skip
