"""One LE link of the captured phone: its ACL fragments, signalling, channels and connection events."""

import heapq
import struct
from random import Random
from typing import Any

from tests.benchmark.flow import Flow
from tests.benchmark.trace_writer import COMMAND, EVENT, RX, TX, Effect, TraceWriter

LE_SIGNALLING_CID = 0x0005
ATT_CID = 0x0004

FLOW_CONTROL_CREDIT_IND = 0x16
CONNECTION_REQUEST, CONNECTION_RESPONSE = 0x14, 0x15
DISCONNECTION_REQUEST, DISCONNECTION_RESPONSE = 0x06, 0x07

FIRST_FROM_HOST, CONTINUATION, FIRST_FROM_CONTROLLER = 0x0000, 0x1000, 0x2000
"""Packet_Boundary_Flag in place (Vol 4 Part E 5.4.2)."""

PACKET_US = (40, 180)
"""Time that a packet takes on the HCI, sent and received."""

ANSWER_US = 9_000
NOTIFICATION = b"\x1b\x30\x00"
NOTIFICATION_PROBABILITY = 0.3


class Channel:
    """One channel: `tx` carries what the phone sends, `rx` what it receives."""

    def __init__(self, psm: int, tx: Flow, rx: Flow) -> None:
        self.psm, self.tx, self.rx = psm, tx, rx


class PhoneLink:
    """A link with its channels. `clock` is the time in us at which the next packet goes out and comes in."""

    def __init__(self, writer: TraceWriter, random: Random, pool: bytes, handle: int, fragment: int) -> None:
        self.writer, self.random, self.pool = writer, random, pool
        self.handle, self.fragment = handle, fragment
        self.address = struct.pack("<HI", handle, 0xC5332211)
        self.channels: list[Channel] = []
        self.flows: list[Flow] = []
        self.clock = [0, 0]
        self.identifier = [0, 0]
        self.due: list[tuple[int, int, Flow, int]] = []
        self.grants = 0
        self.on_air: list[tuple[Flow, int]] = []
        self.in_flight = 0
        self.notifications = 0
        self.turn = 0

    # Packets

    def send_pdu(self, way: int, cid_and_payload: bytes, effect: Effect | None = None, value: Any = None) -> int:
        """Write one L2CAP PDU in ACL fragments; the number of fragments. `effect` belongs to the last one."""
        first = self.handle | (FIRST_FROM_HOST if way == TX else FIRST_FROM_CONTROLLER)
        following = self.handle | CONTINUATION
        us, size, length = self.clock[way], self.fragment, len(cid_and_payload)
        for start in range(0, length, size):
            part = cid_and_payload[start : start + size]
            packet = struct.pack("<BHH", 2, following if start else first, len(part)) + part
            last = start + size >= length
            self.writer.add(us, way, packet, effect if last else None, value)
            us += PACKET_US[way]
        self.clock[way] = us
        fragments = (length + size - 1) // size
        if way == TX:
            self.in_flight += fragments
        return fragments

    def signal(self, way: int, code: int, data: bytes, identifier: int | None = None, **effect: Any) -> int:
        """Write a signalling command; its identifier, a new one unless it answers one."""
        if identifier is None:
            identifier = self.identifier[way] = self.identifier[way] % 255 + 1
        command = struct.pack("<BBH", code, identifier, len(data)) + data
        self.send_pdu(way, struct.pack("<HH", len(command), LE_SIGNALLING_CID) + command, **effect)
        return identifier

    def att(self, way: int, pdu: bytes) -> None:
        """Write an ATT PDU."""
        self.send_pdu(way, struct.pack("<HH", len(pdu), ATT_CID) + pdu)

    # Opening and closing

    def connect(self, us: int) -> int:
        """LE Create Connection, its events and an ATT MTU exchange; the time after them."""
        add = self.writer.add
        limits = struct.pack("<HHHHHH", 12, 12, 0, 500, 0, 0)
        add(us, COMMAND, b"\x01\x0d\x20\x19" + struct.pack("<HHBB6sB", 96, 48, 0, 1, self.address, 0) + limits)
        add(us + 800, EVENT, b"\x04\x0f\x04\x00\x01\x0d\x20")
        complete = struct.pack("<BHBB6sHHHB", 0, self.handle, 0, 1, self.address, 12, 0, 500, 0)
        add(us + 30_000, EVENT, b"\x04\x3e\x13\x01" + complete)
        self.clock = [us + 60_000, us + 75_000]
        self.att(TX, struct.pack("<BH", 0x02, 247))
        self.att(RX, struct.pack("<BH", 0x03, 247))
        return us + 90_000

    def open_channel(self, us: int, channel: Channel) -> None:
        """The phone asks for a channel and the peer accepts (Vol 3 Part A 4.22, 4.23)."""
        tx, rx = channel.tx, channel.rx
        self.clock = [us, us + ANSWER_US]
        request = struct.pack("<HHHHH", channel.psm, rx.cid, rx.mtu, rx.mps, rx.initial_credits)
        identifier = self.signal(TX, CONNECTION_REQUEST, request)
        response = struct.pack("<HHHHH", tx.cid, tx.mtu, tx.mps, tx.initial_credits, 0)
        self.signal(RX, CONNECTION_RESPONSE, response, identifier)
        self.channels.append(channel)
        self.flows += [tx, rx]

    def close_channel(self, us: int, channel: Channel) -> None:
        """The phone closes a channel; both directions end at the response (Vol 3 Part A 4.6, 4.7)."""

        def closed(number: int, at_us: int, value: Any) -> None:
            channel.tx.truth.closed(number, at_us, value)
            channel.rx.truth.closed(number, at_us, value)

        self.clock = [us, us + ANSWER_US]
        cids = struct.pack("<HH", channel.tx.cid, channel.rx.cid)
        identifier = self.signal(TX, DISCONNECTION_REQUEST, cids)
        self.signal(RX, DISCONNECTION_RESPONSE, cids, identifier, effect=closed)

    def disconnect(self, us: int) -> None:
        """HCI Disconnect and its events."""
        handle = struct.pack("<H", self.handle)
        self.writer.add(us, COMMAND, b"\x01\x06\x04\x03" + handle + b"\x13")
        self.writer.add(us + 500, EVENT, b"\x04\x0f\x04\x00\x01\x06\x04")
        self.writer.add(us + 20_000, EVENT, b"\x04\x05\x04\x00" + handle + b"\x16")

    # Connection events

    def run_event(self, us: int, fragments: int, load: float) -> None:
        """One connection event: credits first, then K-frames both ways, then the rest."""
        self.clock = [us + 20, us]
        for flow, credits in self.on_air:
            flow.credits += credits
        self.on_air.clear()
        self.grant_due(us)
        self.clock[TX] = max(self.clock)  # the phone uses credits only after it has seen them
        self.send_k_frames(us, fragments, load)
        if self.random.random() < NOTIFICATION_PROBABILITY:
            self.notifications += 1
            self.att(RX, NOTIFICATION + self.pool[: 1 + self.random.getrandbits(5)])
        self.complete_packets()

    def grant_due(self, us: int) -> None:
        """Send the indications whose time has come; the peer sees the phone's at the next event."""
        while self.due and self.due[0][0] <= us:
            _, _, flow, credits = heapq.heappop(self.due)
            way = RX if flow.sent else TX
            data = struct.pack("<HH", flow.cid, credits)  # the CID is the receiver's own, as on its K-frames
            self.signal(way, FLOW_CONTROL_CREDIT_IND, data, effect=flow.truth.credits, value=credits)
            if flow.sent:
                flow.credits += credits
            else:
                self.on_air.append((flow, credits))

    def send_k_frames(self, us: int, fragments: int, load: float) -> None:
        """Give each flow its share of the event, another one first every time."""
        budget = [fragments, fragments]
        self.turn = (self.turn + 1) % len(self.flows)
        for flow in self.flows[self.turn :] + self.flows[: self.turn]:
            if flow.idle:
                if self.random.random() >= load:
                    continue
                flow.queued = 1 + self.random.getrandbits(3)
            way = TX if flow.sent else RX
            budget[way] -= self.send_from(flow, us, min(budget[way], fragments // 2))

    def send_from(self, flow: Flow, us: int, budget: int) -> int:
        """Send K-frames of one flow until its credits, its SDUs or the budget of fragments end; fragments used."""
        way, used = TX if flow.sent else RX, 0
        while used < budget and flow.credits > 0 and not flow.idle:
            pdu, ended = flow.next_k_frame(self.pool)
            used += self.send_pdu(way, pdu, flow.truth.k_frame, ended)
            delay = flow.grant_delay(flow, ended is not None)
            if delay is not None:
                self.grants += 1
                heapq.heappush(self.due, (us + delay, self.grants, flow, flow.owed))
                flow.owed = 0
        return used

    def complete_packets(self) -> None:
        """Number Of Completed Packets for all that was sent in this event."""
        if self.in_flight:
            packet = b"\x04\x13\x05\x01" + struct.pack("<HH", self.handle, self.in_flight)
            self.writer.add(max(self.clock) + 50, EVENT, packet)
            self.in_flight = 0
