"""The table of channels that `channels` and `stats` print: a line for each direction that carried data."""

from collections.abc import Iterable, Iterator

from l2scope.channels import CREDITED, Channel, Direction, hexadecimal
from l2scope.cli.columns import brief, echo_table, rate, seconds
from l2scope.engine.modes import BASIC, MODES

TITLES = (
    "#", "hci", "handle", "PSM", "CIDs", "mode", "peer", "opened", "closed", "dir", "SDUs", "bytes", "MTU", "MPS",
    "credits", "goodput", "stalls", "stalled", "worst", "ends at",
)  # fmt: skip
LEFT = frozenset((4, 5, 6, 8, 9))


def echo_channels(channels: Iterable[Channel]) -> None:
    """Prints them in order of opening."""
    echo_table(TITLES, (row for channel in channels for row in _rows(channel)), LEFT)


def _rows(channel: Channel) -> Iterator[tuple[str, ...]]:
    closed = "open" if channel.closed is None else f"{channel.closed} {channel.close_reason}"
    identity = (
        str(channel.id), str(channel.adapter), str(channel.handle), hexadecimal(channel.psm),
        f"{hexadecimal(channel.local_cid)}-{hexadecimal(channel.remote_cid)}", channel.mode,
        brief(channel.peer_name or channel.peer_address),
        "before" if channel.opened is None else str(channel.opened), closed,
    )  # fmt: skip
    active = [direction for direction in (channel.tx, channel.rx) if direction.kframes]
    if not active:
        yield (*identity, "-", *("-",) * (len(TITLES) - len(identity) - 1))
    for number, direction in enumerate(active):
        yield (*(identity if number == 0 else ("",) * len(identity)), *_figures(direction))


def _figures(direction: Direction) -> tuple[str, ...]:
    incomplete = f"+{direction.incomplete_sdus}" if direction.incomplete_sdus else ""
    stalled = f"{direction.starved_share:.0%} {seconds(direction.stall_ns)}" if direction.stall_count else "-"
    return (
        direction.name,
        f"{direction.sdus:,}{incomplete}",
        f"{direction.sdu_bytes:,}",
        _number(direction.mtu),
        "-" if direction.mode == MODES[BASIC] else _number(direction.mps),
        _credits(direction),
        rate(direction.goodput_bps),
        f"{direction.stall_count:,}",
        stalled,
        seconds(direction.longest_stall_ns) if direction.stall_count else "-",
        str(direction.longest_stall_packet or "-"),
    )


def _credits(direction: Direction) -> str:
    """Initial and granted credits; the transmit window, or nothing, in modes without."""
    if direction.frames is not None and direction.frames.tx_window:
        return f"window {direction.frames.tx_window:,}"
    if direction.mode not in CREDITED:
        return "-"
    return f"{_number(direction.initial_credits)}+{direction.credits_granted:,}"


def _number(value: int | None) -> str:
    return "?" if value is None else f"{value:,}"
