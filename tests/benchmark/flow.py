"""One direction of a credit-based channel: its sender, its receiver's way of giving credits back, and its truth."""

import hashlib
import struct
from collections.abc import Callable
from random import Random
from typing import Any

SOON_US = 7_500
LATE_US = 300_000
STALL_PROBABILITY = 0.2
PAYLOAD_POOL_BYTES = 1 << 20


class FlowTruth:
    """What the capture holds of one direction; its methods are called in the order of the file."""

    def __init__(self, initial_credits: int) -> None:
        self.balance = self.min_balance = initial_credits
        self.credits_granted = self.credit_packets = self.k_frames = self.sdus = self.sdu_bytes = 0
        self.sha256 = hashlib.sha256()
        self.zero_since: tuple[int, int, bool] | None = None
        self.zeros: list[tuple[int, int, int, int, bool, str]] = []

    def k_frame(self, number: int, us: int, ended: bytes | None) -> None:
        """Packet `number` completes a K-frame, which ends the SDU `ended` unless that is None."""
        self.k_frames += 1
        self.balance -= 1
        self.min_balance = min(self.min_balance, self.balance)
        if ended is not None:
            self.sdus += 1
            self.sdu_bytes += len(ended)
            self.sha256.update(struct.pack("<I", len(ended)))
            self.sha256.update(ended)
        if self.balance == 0:
            self.zero_since = (us, number, ended is None)

    def credits(self, number: int, us: int, granted: int) -> None:
        """Packet `number` completes a Flow Control Credit Ind."""
        self.credits_granted += granted
        self.credit_packets += 1
        self.balance += granted
        self.end_zero(number, us, "credits")

    def closed(self, number: int, us: int, _: Any) -> None:
        """Packet `number` completes the Disconnection Response."""
        self.end_zero(number, us, "closing")

    def end_zero(self, number: int, us: int, ended_by: str) -> None:
        """Note the zero interval that ends here, if there is one."""
        if self.zero_since is not None:
            start_us, start_packet, mid_sdu = self.zero_since
            self.zeros.append((start_us, us, start_packet, number, mid_sdu, ended_by))
            self.zero_since = None


class Flow:
    """The sender of one direction. `sent` says that it is the captured phone; `cid` is on its K-frames."""

    def __init__(self, sent: bool, cid: int, mtu: int, mps: int, credits: int, policy: str, random: Random) -> None:
        self.sent, self.cid, self.mtu, self.mps, self.policy = sent, cid, mtu, mps, policy
        self.initial_credits = self.credits = credits
        self.random = random
        self.grant_delay = POLICIES[policy]
        self.truth = FlowTruth(credits)
        self.queued = 0
        self.sdu: bytes | None = None
        self.framed = b""
        self.offset = 0
        self.owed = 0

    @property
    def idle(self) -> bool:
        """Nothing is queued and no SDU is under way."""
        return self.queued == 0 and self.sdu is None

    def next_k_frame(self, pool: bytes) -> tuple[bytes, bytes | None]:
        """The next K-frame as a whole L2CAP PDU, and the SDU that it ends, if it does. Takes one credit."""
        sdu = self.sdu if self.sdu is not None else self.begin_sdu(pool)
        part = self.framed[self.offset : self.offset + self.mps]
        self.offset += len(part)
        self.credits -= 1
        self.owed += 1
        ends = self.offset >= len(self.framed)
        if ends:
            self.sdu = None
        return struct.pack("<HH", len(part), self.cid) + part, sdu if ends else None

    def begin_sdu(self, pool: bytes) -> bytes:
        """Take the next SDU from the queue: one in eight of the MTU's size, the others of any size up to it."""
        self.queued -= 1
        random = self.random
        length = self.mtu if random.getrandbits(3) == 0 else 1 + int(random.random() * self.mtu)
        start = int(random.random() * (len(pool) - self.mtu))
        self.sdu = pool[start : start + length]
        self.framed = struct.pack("<H", length) + self.sdu
        self.offset = 0
        return self.sdu

    def summary(self) -> dict[str, Any]:
        """This direction's part of the truth. Zeros: start us, end us, start packet, end packet, mid-SDU, ended by."""
        truth = self.truth
        return {
            "mtu": self.mtu,
            "mps": self.mps,
            "policy": self.policy,
            "initial_credits": self.initial_credits,
            "credits_granted": truth.credits_granted,
            "credit_packets": truth.credit_packets,
            "kframes": truth.k_frames,
            "sdus": truth.sdus,
            "sdu_bytes": truth.sdu_bytes,
            "incomplete_sdus": 0 if self.sdu is None else 1,
            "sha256": truth.sha256.hexdigest(),
            "balance": truth.balance,
            "min_balance": truth.min_balance,
            "zero_intervals": len(truth.zeros),
            "zero_us": sum(end - start for start, end, *_ in truth.zeros),
            "zeros": truth.zeros,
        }


# When the receiver gives back all it owes: the delay in us after a K-frame, or None for not yet.


def grant_half(flow: Flow, _: bool) -> int | None:
    """As soon as half of the window is used."""
    return SOON_US if 2 * flow.owed >= flow.initial_credits else None


def grant_each(_: Flow, __: bool) -> int | None:
    """After every K-frame."""
    return SOON_US


def grant_sdu(flow: Flow, ends_sdu: bool) -> int | None:
    """After every SDU, as Linux does, and when the window is used up in mid-SDU."""
    return SOON_US if ends_sdu or flow.owed >= flow.initial_credits else None


def grant_late(flow: Flow, _: bool) -> int | None:
    """The whole window, long after it is used up."""
    return LATE_US if flow.owed >= flow.initial_credits else None


def grant_stall(flow: Flow, _: bool) -> int | None:
    """As `half`, but one time in five late."""
    if 2 * flow.owed < flow.initial_credits:
        return None
    return LATE_US if flow.random.random() < STALL_PROBABILITY else SOON_US


POLICIES: dict[str, Callable[[Flow, bool], int | None]] = {
    "half": grant_half,
    "each": grant_each,
    "sdu": grant_sdu,
    "late": grant_late,
    "stall": grant_stall,
}
