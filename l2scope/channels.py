"""What a user sees of the engine's channels and links: plain objects with the names of the stable JSON. No numpy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from l2scope.busy import Busy, busy_view
from l2scope.columns import counted, rate, seconds
from l2scope.engine.channel import Channel as EngineChannel
from l2scope.engine.flow import Flow
from l2scope.engine.link import DEFAULT_DATA_LENGTH
from l2scope.engine.modes import ERTM, FLOW_CONTROL, MODES, RETRANSMISSION
from l2scope.engine.words import BY_CAPTURE_END, CERTAIN, IDLE, NONE, PENDING, RX, TX
from l2scope.frames import FrameFigures, frame_figures
from l2scope.framing import Framing, framing_of
from l2scope.links import CLOSE_REASONS, Link
from l2scope.policies import CreditPolicy, policy_of
from l2scope.stalls import CLASS, CLASSES, DIRECTIONS, Row, ZeroInterval, duration_of
from l2scope.wait_book import Waits

SIDES: Final = {TX: "local", RX: "remote", NONE: None}
# So many whole SDUs do not come about by chance.
ENOUGH_SDUS: Final = 3
HEXADECIMAL: Final = frozenset(("psm", "local_cid", "remote_cid"))
CREDITED: Final = frozenset(MODES[:2])
# Modes whose senders may have to wait, for credits or for the transmit window.
WAITING: Final = CREDITED | {MODES[ERTM], MODES[RETRANSMISSION], MODES[FLOW_CONTROL]}
# Null in the JSON where a mode has no such thing.
CREDIT_FIGURES: Final = frozenset(
    ("initial_credits", "credits_granted", "credit_packets", "balance", "min_balance", "overspent")
)
WAIT_FIGURES: Final = frozenset(
    (
        "zero_intervals", "zero_ns", "certain_intervals", "certain_ns", "likely_intervals", "likely_ns", "stalls",
        "stall_ns", "longest_stall_ns",
    )
)  # fmt: skip
NANOSECONDS: Final = 1_000_000_000
# Fields of a direction that its JSON has not.
INNER_OF_A_DIRECTION: Final = frozenset(("channel", "mode", "name", "waits", "open_row", "exact", "grants"))
DURATION_UNITS: Final = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": NANOSECONDS}
DURATION: Final = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(ns|us|ms|s)\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class OpenZero:
    """A zero interval that is still open at the last packet."""

    start_packet: int
    start_ns: int
    duration_ns: int
    class_: str
    sdu_bytes_owed: int

    def __repr__(self) -> str:
        return (
            f"<zero credits since packet {self.start_packet}: {seconds(self.duration_ns)}, {self.class_}, "
            f"{self.sdu_bytes_owed:,} bytes owed>"
        )

    def as_json(self) -> dict[str, object]:
        return {
            "start_packet": self.start_packet,
            "start_ns": self.start_ns,
            "duration_ns": self.duration_ns,
            "class": self.class_,
            "sdu_bytes_owed": self.sdu_bytes_owed,
        }


@dataclass(frozen=True, slots=True)
class Direction:
    """One direction of a channel: the figures of `channels --json`, where stall_count stands for "stalls".

    channel is the id of its channel, mode that channel's; cid is the one on this direction's data PDUs; mtu, mps and
    initial_credits are its receiver's. exact: the balance is known, not only what it is at least; grants are samples of
    the credits given, from which policy is told. Durations are in nanoseconds. goodput_bps is the bits of complete SDUs
    over the time from the first packet of the first to the last packet of the last, None where that is no time at all.
    Where a mode has a transmit window, that stands for the credits; the JSON has None for them, and for what a mode has
    not. frames are the figures of numbered frames, None in modes without.
    """

    channel: int
    mode: str
    name: str
    cid: int | None
    mtu: int | None
    mps: int | None
    initial_credits: int | None
    credits_granted: int
    credit_packets: int
    kframes: int
    sdus: int
    sdu_bytes: int
    incomplete_sdus: int
    balance: int
    min_balance: int
    zero_intervals: int
    zero_ns: int
    certain_intervals: int
    certain_ns: int
    likely_intervals: int
    likely_ns: int
    stall_count: int
    stall_ns: int
    longest_stall_ns: int
    longest_stall_packet: int | None
    overspent: int
    busy_ns: int
    goodput_bps: float | None
    open_zero: OpenZero | None
    busy: Busy
    framing: Framing | None
    exact: bool
    grants: bytes = field(repr=False)
    frames: FrameFigures | None
    waits: Waits = field(repr=False)
    open_row: Row | None = field(repr=False)

    def __repr__(self) -> str:
        stalled = f" of {seconds(self.stall_ns)}" if self.stall_count else ""
        figures = (
            f"{counted(self.sdus, 'SDU')}, {rate(self.goodput_bps)}, {counted(self.stall_count, 'stall')}{stalled}"
        )
        return f"<{self.name} of channel #{self.channel}: {figures}>"

    @property
    def starved_share(self) -> float:
        """The share of its busy time that the direction was stalled, 0 to 1."""
        return min(1.0, self.stall_ns / self.busy_ns) if self.busy_ns else 0.0

    @property
    def policy(self) -> CreditPolicy | None:
        """The receiver's habit of giving credits, None where it gave too few to tell."""
        return policy_of(self.grants, self.initial_credits, self.exact)

    def zeros(self) -> list[ZeroInterval]:
        """All zero intervals in order, one that is still open last."""
        return [self.waits.interval(row) for row in self.rows()]

    def stalls(self, longer_than: str | int | None = None) -> list[ZeroInterval]:
        """The stalls in order; longer_than is a duration such as "50ms", or nanoseconds. Raises ValueError."""
        shortest = NONE if longer_than is None else duration_ns(longer_than)
        return [self.waits.interval(row) for row in self.stall_rows() if duration_of(row) > shortest]

    def as_json(self) -> dict[str, object]:
        """The object under "tx" or "rx" of `channels --json`."""
        figures: dict[str, object] = {}
        for name in self.__dataclass_fields__:
            if name == "stall_count":
                figures["stalls"] = self.stall_count
            elif name not in INNER_OF_A_DIRECTION:
                figures[name] = getattr(self, name)
        figures["open_zero"] = None if self.open_zero is None else self.open_zero.as_json()
        figures["busy"] = self.busy.as_json()
        figures["framing"] = None if self.framing is None else self.framing.as_json()
        policy = self.policy
        figures["policy"] = None if policy is None else policy.as_json()
        figures["frames"] = None if self.frames is None else self.frames.as_json()
        return figures | dict.fromkeys(self._meaningless())

    def _meaningless(self) -> frozenset[str]:
        """Which figures the mode does not have."""
        if self.mode in CREDITED:
            return frozenset()
        return CREDIT_FIGURES if self.mode in WAITING else CREDIT_FIGURES | WAIT_FIGURES

    def rows(self) -> Iterable[Row]:
        """All zero intervals as rows of the zeros table, for whoever looks at many: an object costs more than a row."""
        yield from self.waits.rows
        yield from self._open_rows()

    def lasting(self) -> list[Row]:
        """The rows of certain waits of a second and more, one that goes on at the end."""
        return [*self.waits.lasting, *(row for row in self._open_rows() if row[CLASS] == CERTAIN)]

    def stall_rows(self) -> list[Row]:
        """The rows of the stalls, in order."""
        return [*self.waits.stalls(), *(row for row in self._open_rows() if self.waits.is_stall(row))]

    def _open_rows(self) -> list[Row]:
        return [] if self.open_row is None else [self.open_row]


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as `channels --json` shows it: packet numbers count from 1, times are Unix nanoseconds."""

    id: int
    adapter: int
    handle: int
    link: int
    psm: int | None
    local_cid: int | None
    remote_cid: int | None
    mode: str
    opened: int | None
    closed: int | None
    opened_ns: int | None
    closed_ns: int | None
    close_reason: str | None
    initiator: str | None
    peer_address: str | None
    peer_name: str | None
    ledger: str | None
    vantage: str
    twin: int | None
    reconfigured: list[dict[str, object]]
    tx: Direction
    rx: Direction
    peer_address_kind: str | None
    peer_identity: str | None
    peer_manufacturer: str | None
    certainty: str
    spsm_source: dict[str, int] | None

    def __repr__(self) -> str:
        return f"<Channel {describe(self)}>"

    @property
    def credit_based(self) -> bool:
        """Its senders need credits."""
        return self.mode in CREDITED

    @property
    def waits(self) -> bool:
        """Its senders may have to wait: for credits, or for the transmit window."""
        return self.mode in WAITING

    def direction(self, name: str) -> Direction:
        """The direction "tx" or "rx"."""
        return self.tx if name == "tx" else self.rx

    def as_json(self) -> dict[str, object]:
        figures: dict[str, object] = {name: getattr(self, name) for name in self.__dataclass_fields__}
        figures["tx"] = self.tx.as_json()
        figures["rx"] = self.rx.as_json()
        return figures


class Channels(list[Channel]):
    """Channels in order of opening."""

    def where(self, **wanted: object) -> Channels:
        """Those whose attributes equal all that is wanted, as in where(psm=0x80, adapter=0)."""
        return Channels(channel for channel in self if all(getattr(channel, k) == v for k, v in wanted.items()))

    def one(self, **wanted: object) -> Channel:
        """The only channel that fits. Raises LookupError where there is none, or more than one."""
        __tracebackhide__ = True  # pytest shows the line that asked
        found = self.where(**wanted)
        if len(found) == 1:
            return found[0]
        asked = ", ".join(f"{name}={_as_written(name, value)}" for name, value in wanted.items()) or "no condition"
        there = "".join(f"\n  {describe(channel)}" for channel in self) or " none at all"
        raise LookupError(f"{len(found)} channels fit {asked}. The capture has:{there}")


def describe(channel: Channel) -> str:
    """A channel in a few words."""
    cids = f"{hexadecimal(channel.local_cid)}-{hexadecimal(channel.remote_cid)}"
    return f"#{channel.id} psm={hexadecimal(channel.psm)} adapter={channel.adapter} handle={channel.handle} cids {cids}"


def _as_written(name: str, value: object) -> str:
    return hexadecimal(value) if isinstance(value, int) and name in HEXADECIMAL else repr(value)


def hexadecimal(value: int | None) -> str:
    """A PSM or CID as the specification writes it, a question mark where it is not known."""
    return "?" if value is None else f"0x{value:04x}"


def _known(value: int) -> int | None:
    return None if value == NONE else value


def _spsm_source(source: int) -> dict[str, int] | None:
    """The packet and the attribute handle that told the peer's SPSM, as the engine packs them."""
    return None if source == NONE else {"packet": source >> 16, "handle": source & 0xFFFF}


def _certainty(channel: EngineChannel) -> str:
    """ "certain" where the opening was seen; "likely" where credits name the channel or its SDUs fit; else "weak"."""
    if not channel.inferred:
        return "certain"
    sdus = channel.tx.sdus.complete + channel.rx.sdus.complete
    return "likely" if channel.named or sdus >= ENOUGH_SDUS else "weak"


def duration_ns(duration: str | int) -> int:
    """Nanoseconds of a duration such as "50ms", "1.5s" or "20us"; a plain number is nanoseconds. Raises ValueError."""
    if isinstance(duration, int):
        return duration
    written = DURATION.fullmatch(duration)
    if written is None:
        raise ValueError(f"{duration!r} is no duration: write it like 50ms, 1.5s or 20us")
    number, unit = written.groups()
    return round(float(number) * DURATION_UNITS[unit])


def channel_views(
    channels: Iterable[EngineChannel], links: list[Link], waits: dict[int, Waits], last_ns: int, ended: bool
) -> Channels:
    """The views of the engine's channels. waits are by flow; last_ns is the time of the last packet seen."""
    engine_channels = list(channels)
    twins = _twins(engine_channels, links)
    return Channels(channel_view(channel, links, waits, last_ns, ended, twins) for channel in engine_channels)


def channel_view(
    channel: EngineChannel,
    links: Sequence[Link],
    waits: Mapping[int, Waits],
    last_ns: int,
    ended: bool,
    twins: Mapping[int, int],
) -> Channel:
    """The view of one of the engine's channels; twins are pairs of channels. For the rest see channel_views()."""
    link = links[channel.link]
    row = channel.row
    still_open = channel.closed == NONE
    return Channel(
        id=row,
        adapter=link.adapter,
        handle=link.handle,
        link=link.id,
        psm=_known(channel.psm),
        local_cid=_known(channel.rx.cid),
        remote_cid=_known(channel.tx.cid),
        mode=MODES[channel.mode],
        opened=_known(channel.opened),
        closed=None if still_open else channel.closed,
        opened_ns=None if channel.inferred else channel.opened_time,
        closed_ns=None if still_open else channel.closed_time,
        close_reason=CLOSE_REASONS[channel.close_reason],
        initiator=SIDES[channel.initiator],
        peer_address=link.peer_address,
        peer_name=link.peer_name,
        ledger=_ledger(channel),
        vantage="host",
        twin=twins.get(row),
        reconfigured=[{"packet": r.packet, "mtu": r.mtu, "mps": r.mps} for r in channel.reconfigured],
        tx=_direction(channel, TX, link, waits, last_ns, ended),
        rx=_direction(channel, RX, link, waits, last_ns, ended),
        peer_address_kind=link.peer_address_kind,
        peer_identity=link.peer_identity,
        peer_manufacturer=link.peer_manufacturer,
        certainty=_certainty(channel),
        spsm_source=_spsm_source(channel.spsm_source),
    )


def _ledger(channel: EngineChannel) -> str | None:
    if MODES[channel.mode] not in WAITING:
        return None
    return "exact" if channel.exact else "relative"


def _direction(
    channel: EngineChannel, direction: int, link: Link, waits: Mapping[int, Waits], last_ns: int, ended: bool
) -> Direction:
    flow = channel.flow(direction)
    ledger, sdus = flow.ledger, flow.sdus
    own = waits.get(channel.row * 2 + direction) or Waits()
    stalls = own.stalls()
    longest = max(stalls, key=duration_of, default=None)
    active_ns = int(sdus.ended - sdus.begun) if sdus.begun != NONE else 0
    open_row = _open_row(flow, direction, channel.row, last_ns, ended)
    return Direction(
        channel=channel.row,
        mode=MODES[channel.mode],
        name=DIRECTIONS[direction],
        cid=_known(flow.cid),
        mtu=_known(flow.limits.mtu),
        mps=_known(flow.limits.mps),
        initial_credits=_known(ledger.initial),
        credits_granted=ledger.granted,
        credit_packets=ledger.grants,
        kframes=flow.kframes,
        sdus=sdus.complete,
        sdu_bytes=sdus.bytes,
        incomplete_sdus=sdus.incomplete,
        balance=ledger.balance,
        min_balance=ledger.min_balance,
        zero_intervals=ledger.zero.count,
        zero_ns=ledger.zero.ns,
        certain_intervals=ledger.certain.count,
        certain_ns=ledger.certain.ns,
        likely_intervals=ledger.likely.count,
        likely_ns=ledger.likely.ns,
        stall_count=len(stalls),
        stall_ns=sum(map(duration_of, stalls)),
        longest_stall_ns=duration_of(longest) if longest else 0,
        longest_stall_packet=longest[4] if longest else None,
        overspent=ledger.overspent,
        busy_ns=flow.busy.total,
        goodput_bps=round(int(sdus.bytes) * 8 * NANOSECONDS / active_ns, 1) if active_ns > 0 else None,
        open_zero=None
        if open_row is None
        else OpenZero(open_row[3], open_row[0], open_row[1] - open_row[0], CLASSES[open_row[8]], open_row[5]),
        busy=busy_view(flow, direction),
        framing=None
        if channel.classic is not None
        else framing_of(
            flow,
            link.tx_octets if direction == TX else link.rx_octets,
            link.opened is not None or link.tx_octets > DEFAULT_DATA_LENGTH,
            any(change.direction == direction for change in channel.reconfigured),
        ),
        exact=flow.exact,
        grants=flow.samples.rows.getvalue(),
        frames=None if channel.classic is None else frame_figures(channel.classic, direction),
        waits=own,
        open_row=open_row,
    )


def _open_row(flow: Flow, direction: int, channel: int, last_ns: int, ended: bool) -> Row | None:
    """The zero interval that is open, as a row of the zeros table would hold it."""
    ledger = flow.ledger
    if ledger.zero_packet == NONE or not ledger.exact:
        return None
    kind = CERTAIN if ledger.zero_owed > 0 else IDLE if ended else PENDING
    start = ledger.zero_time
    return (
        start, max(start, last_ns), channel, ledger.zero_packet, NONE, ledger.zero_owed, ledger.pace.patience,
        direction, kind, BY_CAPTURE_END, ledger.zero_flags,
    )  # fmt: skip


def _twins(channels: list[EngineChannel], links: list[Link]) -> dict[int, int]:
    """Pairs the two views of one channel where both hosts are in the capture: mirrored ends, limits and initiators.

    Openings are seen on the two adapters one after the other, so the first fitting one that has no twin yet is it.
    """
    waiting: dict[tuple[int, ...], list[EngineChannel]] = {}
    twins: dict[int, int] = {}
    for channel in channels:
        if channel.inferred:
            continue
        mine = (channel.psm, channel.mode, channel.initiator, *_ends(channel.tx), *_ends(channel.rx))
        mirrored = (channel.psm, channel.mode, 1 - channel.initiator, *_ends(channel.rx), *_ends(channel.tx))
        candidates = waiting.get(mirrored, [])
        adapter = links[channel.link].adapter
        twin = next((other for other in candidates if links[other.link].adapter != adapter), None)
        if twin is None:
            waiting.setdefault(mine, []).append(channel)
        else:
            candidates.remove(twin)
            twins[channel.row] = twin.row
            twins[twin.row] = channel.row
    return twins


def _ends(flow: Flow) -> tuple[int, int, int, int]:
    return (flow.cid, flow.limits.mtu, flow.limits.mps, flow.limits.credits)
