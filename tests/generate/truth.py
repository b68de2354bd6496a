"""What one side of a scenario did, as the truth a test compares an analyzer's reading with.

Everything is noted by the Bumble stack while it runs; nothing here reads the capture. A K-frame, an SDU or credits
count as sent when the last of their ACL packets crossed the captured HCI, and as received when the host's L2CAP had
them.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import bumble

from tests.generate.device import TracedDevice, closed_because
from tests.generate.traced_channel import CreditWait, TracedChannel, digest


class SduTruth(TypedDict):
    """One complete SDU: bytes without the 2-byte SDU length."""

    length: int
    sha256: str


class DirectionTruth(TypedDict):
    """One direction of a channel. mtu, mps and initial_credits are those its receiver gave at opening."""

    mtu: int
    mps: int
    initial_credits: int
    credits_granted: int
    kframes: int
    sdus: list[SduTruth]
    incomplete_sdus: int


class ChannelTruth(TypedDict):
    """One channel as the captured side saw it."""

    psm: int
    local_cid: int
    remote_cid: int
    handle: int
    initiator: str
    opened: bool
    close: str | None
    tx: DirectionTruth
    rx: DirectionTruth


class ClassicDirectionTruth(TypedDict):
    """One direction of a BR/EDR channel in basic mode: every SDU is a frame."""

    mtu: int
    sdus: list[SduTruth]
    incomplete_sdus: int


class ClassicChannelTruth(TypedDict):
    """One BR/EDR channel as the captured side saw it."""

    psm: int
    local_cid: int
    remote_cid: int
    handle: int
    initiator: str
    opened: bool
    close: str | None
    tx: ClassicDirectionTruth
    rx: ClassicDirectionTruth


class RefusedTruth(TypedDict):
    """An attempt of the captured side to open a channel, and the result code it got (Vol 3 Part A 4.23)."""

    psm: int
    result: int


class LinkTruth(TypedDict):
    """The link; reason is the code of its Disconnection Complete."""

    handle: int
    close: str | None
    reason: int | None


class AttTruth(TypedDict):
    """ATT on the fixed channel: the MTU in force at the end, and PDUs by the name of their opcode."""

    mtu: int
    tx: dict[str, int]
    rx: dict[str, int]


class StarvationTruth(TypedDict):
    """How often the sender had no credits while something waited to be sent; the times are those of its L2CAP."""

    sender: str
    zero_credit_waits: int
    mid_sdu_waits: int
    waited_us: int


class Truth(TypedDict):
    """The content of a NAME.truth.json."""

    capture: str
    made_with: str
    packets: int
    channels: list[ChannelTruth] | list[ClassicChannelTruth]
    refused: list[RefusedTruth]
    links: list[LinkTruth]
    att: AttTruth
    starvation: NotRequired[StarvationTruth]
    content: NotRequired[dict[str, Any]]
    """What the applications sent each other; each scenario says what it notes."""


@dataclass(frozen=True)
class Sample:
    """A capture and its truth."""

    name: str
    capture: bytes
    truth: Truth


def sample(name: str, device: TracedDevice, handle: int, att_mtu: int) -> Sample:
    """The sample that `device`'s snooper holds now that the scenario is over."""
    truth = Truth(
        capture=f"{name}.btsnoop",
        made_with=f"bumble {bumble.__version__}",
        packets=device.snooper.packets,
        channels=[channel_truth(channel, device) for channel in device.traced_channels if channel.was_opened],
        refused=[RefusedTruth(psm=psm, result=result) for psm, result in device.refused],
        links=[LinkTruth(handle=handle, close=closed_because(device.disconnected), reason=device.disconnected)],
        att=AttTruth(mtu=att_mtu, tx=by_name(device.att_sent), rx=by_name(device.att_received)),
    )
    return Sample(name, device.snooper.capture(), truth)


def channel_truth(channel: TracedChannel, device: TracedDevice) -> ChannelTruth:
    """One channel's truth."""
    return ChannelTruth(
        psm=channel.psm,
        local_cid=channel.source_cid,
        remote_cid=channel.destination_cid,
        handle=channel.connection.handle,
        initiator="local" if channel.initiator else "remote",
        opened=True,
        close=channel.closed_by,
        tx=sent_truth(channel, device.snooper.acl_packets_sent),
        rx=received_truth(channel, device.snooper.acl_packets_sent),
    )


def sent_truth(channel: TracedChannel, acl_packets_sent: int) -> DirectionTruth:
    """The direction away from the captured side, as far as its first `acl_packets_sent` ACL packets go."""
    frames = [frame for frame in channel.record.sent if frame.acl_packet <= acl_packets_sent]
    return DirectionTruth(
        mtu=channel.peer_mtu,
        mps=channel.peer_mps,
        initial_credits=channel.initial_credits_received,
        credits_granted=channel.record.credits_received,
        kframes=len(frames),
        sdus=sdu_truths(frame.ends for frame in frames if frame.ends is not None),
        incomplete_sdus=1 if frames and frames[-1].ends is None else 0,
    )


def received_truth(channel: TracedChannel, acl_packets_sent: int) -> DirectionTruth:
    """The direction towards the captured side."""
    return DirectionTruth(
        mtu=channel.mtu,
        mps=channel.mps,
        initial_credits=channel.initial_credits_given,
        credits_granted=sum(credits for packet, credits in channel.record.granted if packet <= acl_packets_sent),
        kframes=channel.record.received_k_frames,
        sdus=sdu_truths(channel.record.received_sdus),
        incomplete_sdus=0 if channel.in_sdu is None else 1,
    )


def sdu_truths(sdus: Iterable[bytes]) -> list[SduTruth]:
    """Length and digest of each SDU."""
    return [SduTruth(length=len(sdu), sha256=digest(sdu)) for sdu in sdus]


def starvation(sender: str, waits: list[CreditWait]) -> StarvationTruth:
    """The sum of a sender's waits; `sender` is `captured` or `peer`."""
    return StarvationTruth(
        sender=sender,
        zero_credit_waits=len(waits),
        mid_sdu_waits=sum(wait.mid_sdu for wait in waits),
        waited_us=sum(wait.end_us - wait.start_us for wait in waits),
    )


def by_name(counts: Counter[str]) -> dict[str, int]:
    """The counts in alphabetical order."""
    return dict(sorted(counts.items()))
