"""A Bumble LE credit-based channel that keeps SDUs whole and remembers what it did."""

import hashlib
import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bumble.l2cap import L2CAP_LE_Flow_Control_Credit, LeCreditBasedChannel

from tests.generate.virtual_clock import now_us


@dataclass
class SentKFrame:
    """A K-frame the channel sent: the number of its last ACL packet, and its SDU if the frame ends one."""

    acl_packet: int
    ends: bytes | None


@dataclass
class CreditWait:
    """A time without credits while there was something to send, microseconds of virtual time."""

    start_us: int
    end_us: int
    mid_sdu: bool


@dataclass
class Record:
    """What one end of a channel did, in the order in which it did it."""

    sent: list[SentKFrame] = field(default_factory=list)
    received_k_frames: int = 0
    received_sdus: list[bytes] = field(default_factory=list)
    granted: list[tuple[int, int]] = field(default_factory=list)
    """(number of the last ACL packet, credits) of each Flow Control Credit Ind sent."""
    credits_received: int = 0
    waits: list[CreditWait] = field(default_factory=list)


class TracedChannel(LeCreditBasedChannel):  # type: ignore[misc]  # bumble is not read by the type checker
    """One end of a channel: one `write()` is one SDU, of 0 bytes too, and the device's credit policy is asked."""

    connection: Any
    credits: int
    peer_credits: int
    peer_mps: int

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.record = Record()
        self.initiator = self.state == self.State.INIT
        self.initial_credits_given = self.peer_credits
        self.initial_credits_received = self.credits
        self.was_opened = not self.initiator
        self.closed_by: str | None = None
        self.queue: deque[bytes] = deque()
        self.offset = 0
        self.waiting: CreditWait | None = None
        self.sink: Callable[[bytes], object] = self.record.received_sdus.append
        self.policy = self.connection.device.new_credit_policy(self.initial_credits_given)
        self.peer_credits_threshold = -1  # Bumble never gives credits back by itself: the policy does
        self.connection.device.traced_channels.append(self)

    # Sending

    def write(self, data: bytes) -> None:
        """Queue one SDU."""
        if self.state == self.State.CONNECTED:
            self.queue.append(data)
            self.drained.clear()
            self.process_output()

    def process_output(self) -> None:
        """Send K-frames while there are credits and SDUs."""
        while self.queue and self.credits > 0:
            self.end_wait()
            self.send_k_frame(self.queue[0])
        if self.queue:
            self.start_wait()
        else:
            self.drained.set()

    def send_k_frame(self, sdu: bytes) -> None:
        """Send the next K-frame of `sdu`, the first in the queue (Vol 3 Part A 3.4.3)."""
        framed = struct.pack("<H", len(sdu)) + sdu
        part = framed[self.offset : self.offset + self.peer_mps]
        self.credits -= 1
        self.send_pdu(part)
        self.offset += len(part)
        last = self.offset == len(framed)
        self.record.sent.append(SentKFrame(self.last_acl_packet(), sdu if last else None))
        if last:
            self.queue.popleft()
            self.offset = 0

    def last_acl_packet(self) -> int:
        """Number, counted from 1, of the last ACL data packet that the host queued for its controller."""
        return int(self.connection.device.host.get_data_packet_queue(self.connection.handle).queued)

    def start_wait(self) -> None:
        """The credits are gone and an SDU waits."""
        if self.waiting is None:
            self.waiting = CreditWait(now_us(), -1, mid_sdu=self.offset > 0)

    def end_wait(self) -> None:
        """Credits are there, or waiting has become pointless."""
        if self.waiting is not None:
            self.waiting.end_us = now_us()
            self.record.waits.append(self.waiting)
            self.waiting = None

    def flush_output(self) -> None:
        """Forget what was not sent."""
        self.queue.clear()
        self.end_wait()
        self.drained.set()

    def on_credits(self, credits: int) -> None:
        """The peer gave credits."""
        self.record.credits_received += credits
        super().on_credits(credits)

    # Receiving

    def on_pdu(self, pdu: bytes) -> None:
        """A K-frame came."""
        self.record.received_k_frames += 1
        super().on_pdu(pdu)
        self.policy.on_k_frame(self)

    def grant(self, credits: int) -> None:
        """Give credits to the peer, if the channel is still open."""
        if self.state == self.State.CONNECTED:
            self.peer_credits += credits
            identifier = self.manager.next_identifier(self.connection)
            self.send_control_frame(
                L2CAP_LE_Flow_Control_Credit(identifier=identifier, cid=self.source_cid, credits=credits)
            )
            self.record.granted.append((self.last_acl_packet(), credits))

    # Opening and closing

    def on_connection_response(self, response: Any) -> None:
        """The peer accepted or refused."""
        super().on_connection_response(response)
        self.was_opened = self.state == self.State.CONNECTED
        self.initial_credits_received = self.credits

    async def disconnect(self) -> None:
        """Close the channel from this end."""
        self.closed_by = "disconnect-local"
        await super().disconnect()

    def on_disconnection_request(self, request: Any) -> None:
        """The peer closes the channel."""
        self.closed_by = "disconnect-peer"
        super().on_disconnection_request(request)

    def abort(self) -> None:
        """The link is gone."""
        if self.state == self.State.CONNECTED:
            self.closed_by = "link-lost"
            self.flush_output()
        super().abort()


def digest(sdu: bytes) -> str:
    """SHA-256 of an SDU's bytes, as hexadecimal."""
    return hashlib.sha256(sdu).hexdigest()
