"""One line a packet, as a packet list shows it."""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from l2scope import flags
from l2scope.analysis.gatt.naming import named_line
from l2scope.analysis.sdu_index import SduIndex
from l2scope.analysis.summary_frames import FrameLines, connectionless_line, protocol_of
from l2scope.analysis.summary_hci import command_line, event_line
from l2scope.analysis.summary_l2cap import signalling_line, smp_line
from l2scope.analysis.summary_monitor import monitor_line
from l2scope.capture import SDU_LENGTH_FIELD, SDU_STATES, Capture
from l2scope.engine import words
from l2scope.engine.channel import EATT_SPSM
from l2scope.engine.flow import Flow
from l2scope.frames import information
from l2scope.names import hci, l2cap
from l2scope.tables import Rows

ACL_HEADER: Final = 4
PDU_HEADER: Final = 4
FLOW_CONTROL_CREDIT: Final = 0x16
DIRECTIONS: Final = ("tx", "rx")
SIGNALLING: Final = (words.SIGNALLING_CID, words.LE_SIGNALLING_CID)
KINDS: Final = {
    words.OTHER: "other",
    words.COMMAND: "command",
    words.ACL: "acl",
    words.SCO: "sco",
    words.EVENT: "event",
    words.ISO: "iso",
}
DATA_PROTOCOLS: Final = {words.SCO: "HCI_SCO", words.ISO: "HCI_ISO", words.OTHER: "HCI"}


@dataclass(frozen=True, slots=True)
class PacketSummary:
    """A row of the packet list, plain values only.

    handle, cid and channel are None where the packet has none; balance is that of the channel's sender after the
    packet, for K-frames and credits.
    """

    number: int
    time_ns: int
    adapter: int
    direction: str
    kind: str
    handle: int | None
    cid: int | None
    channel: int | None
    protocol: str
    length: int
    summary: str
    balance: int | None


class ContentLines(Protocol):
    """Says what channels and characteristics carry: what the protocol is called, and a line; None where no dissector is
    for it."""

    def of_sdu(self, row: int) -> tuple[str, str] | None:
        """Of a complete SDU, by its row in the sdus table."""

    def of_value(self, row: int, payload: bytes) -> tuple[str, str] | None:
        """Of the attribute value in the ATT PDU of a row of the att table."""


@dataclass(slots=True)
class _Line:
    """What is found out about a packet beside its row."""

    protocol: str
    summary: str
    handle: int | None = None
    cid: int | None = None
    channel: int | None = None
    balance: int | None = None


@dataclass(frozen=True, slots=True)
class _Pdu:
    """A row of the table of PDUs."""

    row: int
    first: int
    last: int
    channel: int
    length: int
    cid: int
    direction: int


class PacketSummaries:
    """Summaries of the packets of a capture, which may still grow. Each is made anew, in some 20 us, and in some 300 us
    where there is something to say of an SDU."""

    def __init__(self, capture: Capture, contents: ContentLines | None = None) -> None:
        self._capture = capture
        self._contents = contents
        self._sdus = SduIndex(capture)
        self._frame_lines = FrameLines(capture, self._sdus)

    def of(self, number: int) -> PacketSummary:
        """The summary of a packet. Raises IndexError for a number that is not in the capture."""
        capture = self._capture
        data = capture.raw(number)
        row = capture.tables.packets[number - capture.first_number].item()
        time_ns, _, _, _, link, pdu, adapter, kind, direction, flag_bits = row
        line = self._line(number, data, link, pdu, adapter, kind, direction)
        faults = flags.meanings(flag_bits & flags.FAULTS)
        return PacketSummary(
            number=number,
            time_ns=time_ns,
            adapter=adapter,
            direction=DIRECTIONS[direction & 1],
            kind=KINDS.get(kind) or hci.kind_name(kind).lower(),
            handle=line.handle,
            cid=line.cid,
            channel=line.channel,
            protocol=line.protocol,
            length=capture.frame_length(number),
            summary=f"{line.summary} [{', '.join(faults)}]" if faults else line.summary,
            balance=line.balance,
        )

    def _line(self, number: int, data: bytes, link: int, pdu: int, adapter: int, kind: int, direction: int) -> _Line:
        if kind == words.ACL:
            return self._acl(number, data, pdu)
        if kind == words.COMMAND:
            return _Line("HCI_CMD", command_line(data), self._link_handle(link))
        if kind == words.EVENT:
            return _Line("HCI_EVT", event_line(data), self._link_handle(link))
        if kind in DATA_PROTOCOLS:
            handle = None if kind == words.OTHER else _handle(data)
            return _Line(DATA_PROTOCOLS[kind], f"{hci.kind_name(kind)}, {len(data):,} bytes", handle)
        return _Line("HCI_MON", monitor_line(kind, adapter, data))

    def _link_handle(self, link: int) -> int | None:
        links = self._capture.engine.host.links
        return int(links[link].handle) if 0 <= link < len(links) else None

    def _acl(self, number: int, data: bytes, row: int) -> _Line:
        handle = _handle(data)
        carried = max(0, len(data) - ACL_HEADER)
        if not 0 <= row < len(self._capture.tables.pdus):
            return _Line("HCI_ACL", f"ACL data, {carried:,} bytes of no L2CAP PDU", handle)
        first, last, _, channel, length, cid, direction, _, _ = self._capture.tables.pdus[row].item()
        pdu = _Pdu(row, first, last, channel, length, cid, direction)
        line = self._whole(number, data, pdu) if last == number else self._fragment(number, carried, pdu)
        line.handle = handle
        line.cid = cid
        if channel >= 0:
            line.channel = channel
        return line

    def _fragment(self, number: int, carried: int, pdu: _Pdu) -> _Line:
        end = f"complete in packet {pdu.last}" if pdu.last > number else "never completed"
        if pdu.length == 0 and pdu.last < 0:
            return _Line("HCI_ACL", f"fragment of L2CAP PDU, {carried:,} bytes, {end}")
        return _Line("HCI_ACL", f"fragment of L2CAP PDU, {carried:,} of {pdu.length + PDU_HEADER:,} bytes, {end}")

    def _whole(self, number: int, data: bytes, pdu: _Pdu) -> _Line:
        """The packet that completes a PDU speaks for all of it."""
        if pdu.channel >= 0:
            return self._channel(number, data, pdu)
        payload = self._payload(data, pdu)
        if pdu.cid in SIGNALLING:
            return self._signalling(number, payload)
        if pdu.cid == words.ATT_CID:
            return self._att(_Line("ATT", named_line(self._capture, number, payload)), number, payload)
        if pdu.cid in (words.SMP_CID, words.BREDR_SMP_CID):
            return _Line("SMP", smp_line(payload))
        if pdu.cid == words.CONNECTIONLESS_CID:
            return _Line("G-frame", connectionless_line(payload))
        return _Line("L2CAP", f"CID 0x{pdu.cid:04X} {l2cap.cid_name(pdu.cid)}, {pdu.length:,} bytes")

    def _payload(self, data: bytes, pdu: _Pdu) -> bytes:
        whole = data[ACL_HEADER:] if pdu.first == pdu.last else self._capture.pdu_bytes(pdu.row)
        return whole[PDU_HEADER : PDU_HEADER + pdu.length]

    def _signalling(self, number: int, payload: bytes) -> _Line:
        if not payload or payload[0] != FLOW_CONTROL_CREDIT:
            return _Line("L2CAP", signalling_line(payload))
        rows = self._credit_rows(number)
        if not rows:
            return _Line("Credits", signalling_line(payload))
        said = [f"+{change:,} credits for #{flow >> 1}{self._waited(number, flow)}" for flow, change, _ in rows]
        return _Line("Credits", "; ".join(said), channel=rows[-1][0] >> 1, balance=rows[-1][2])

    def _credit_rows(self, number: int) -> list[tuple[int, int, int]]:
        """Flow, change and balance of each change of a balance at a packet."""
        credits = self._capture.tables.credits
        rows: list[tuple[int, int, int]] = []
        for _, flow, change, balance in _rows_of(credits, "packet", number):
            rows.append((flow, change, balance))
        return rows

    def _waited(self, number: int, flow: int) -> str:
        """How long the direction was without credits until this packet."""
        for row in _rows_of(self._capture.tables.zeros, "last", number):
            start, end, channel, _, _, _, _, direction, _, ended_by, _ = row
            if 2 * channel + direction == flow and ended_by == words.BY_CREDITS:
                return f", after {duration_text(end - start)} at zero"
        return ""

    def _channel(self, number: int, data: bytes, pdu: _Pdu) -> _Line:
        channel = self._capture.engine.host.registry.channels[pdu.channel]
        classic = channel.classic
        if classic is None:
            return self._kframe(number, data, pdu)
        payload = self._payload(data, pdu)
        line = _Line(
            protocol_of(classic, pdu.direction, payload),
            self._frame_lines.line(number, channel, classic, pdu.direction, payload),
            balance=self._balance(number, pdu),
        )
        if channel.att is not None and _rows_of(self._capture.tables.att, "packet", number):
            line.protocol = "ATT"
            pdu_bytes = information(classic, payload, pdu.length)
            line.summary = named_line(self._capture, number, pdu_bytes)
            return self._att(line, number, pdu_bytes)
        return self._content(line, pdu)

    def _att(self, line: _Line, number: int, payload: bytes) -> _Line:
        """With what the attribute's value says; payload is the ATT PDU."""
        packets = self._capture.tables.att["packet"]
        row = bisect_left(packets, number)
        if self._contents is not None and row < len(packets) and packets[row] == number:
            said = self._contents.of_value(row, payload)
            if said is not None:
                line.protocol = said[0]
                line.summary += f" · {said[1]}" if said[1] else ""
        return line

    def _content(self, line: _Line, pdu: _Pdu) -> _Line:
        """With what the SDU says that ends here."""
        if self._contents is None:
            return line
        found = self._sdus.find(pdu.row, pdu.channel, pdu.direction)
        if found is None:
            return line
        sdu = self._capture.tables.sdus[found[0]]
        said = self._contents.of_sdu(found[0]) if self._ends(pdu, sdu) else None
        if said is not None:
            line.protocol = said[0]
            line.summary += f" · {said[1]}" if said[1] else ""
        return line

    def _ends(self, pdu: _Pdu, sdu: np.void) -> bool:
        """Whether a PDU completes an SDU; its last one need not have come last (Vol 3 Part A 8.6)."""
        return bool(sdu["state"] == words.SDU_COMPLETE and sdu["last_packet"] == pdu.last)

    def _balance(self, number: int, pdu: _Pdu) -> int | None:
        """The balance of the PDU's own direction after the packet, where it changed."""
        rows = [row for row in self._credit_rows(number) if row[0] == 2 * pdu.channel + pdu.direction]
        return rows[-1][2] if rows else None

    def _kframe(self, number: int, data: bytes, pdu: _Pdu) -> _Line:
        line = _Line("K-frame", self._sdu_text(pdu), balance=self._balance(number, pdu))
        channel = self._capture.engine.host.registry.channels[pdu.channel]
        if channel.psm == EATT_SPSM and self._starts_sdu(pdu):
            payload = self._payload(data, pdu)[SDU_LENGTH_FIELD:]
            line.summary += f" · {named_line(self._capture, number, payload)}"
            return self._att(line, number, payload) if channel.att is not None else line
        return self._content(line, pdu)

    def _starts_sdu(self, pdu: _Pdu) -> bool:
        found = self._sdus.find(pdu.row, pdu.channel, pdu.direction)
        return found is not None and int(self._capture.tables.sdus[found[0]]["first"]) == pdu.row

    def _sdu_text(self, pdu: _Pdu) -> str:
        found = self._sdus.find(pdu.row, pdu.channel, pdu.direction)
        if found is None:
            return self._open_sdu_text(pdu)
        row, index = found
        _, first, last, _, _, length, _, state = self._capture.tables.sdus[row].item()
        place, seen = self._frames(pdu, first, pdu.row), self._frames(pdu, first, last)
        count = seen if state == words.SDU_COMPLETE else max(seen, self._expected_frames(pdu, length))
        parts = [f"SDU {index}"]
        if count > 1:
            parts.append(f"{place}/{count}")
        if place == 1:
            parts.append(f"{length:,} bytes")
        return " · ".join(parts) + (f" {SDU_STATES[state]}" if place == seen else "")

    def _open_sdu_text(self, pdu: _Pdu) -> str:
        """An SDU that has not ended so far has no row yet, but the engine holds what is known of it."""
        sdus = self._flow(pdu).sdus
        first, length = int(sdus.first), int(sdus.length)
        if not 0 <= first <= pdu.row:
            return f"{pdu.length:,} bytes of no SDU"
        place = self._frames(pdu, first, pdu.row)
        return f"unfinished SDU · {place}/{max(place, self._expected_frames(pdu, length))} · {length:,} bytes"

    def _flow(self, pdu: _Pdu) -> Flow:
        channel = self._capture.engine.host.registry.channels[pdu.channel]
        return channel.tx if pdu.direction == words.TX else channel.rx

    def _expected_frames(self, pdu: _Pdu, length: int) -> int:
        """How many K-frames an SDU needs when each is filled to the MPS (Vol 3 Part A 3.4.2)."""
        return -(-(length + SDU_LENGTH_FIELD) // max(1, int(self._flow(pdu).limits.mps)))

    def _frames(self, pdu: _Pdu, first: int, last: int) -> int:
        """How many K-frames of the same channel and direction lie between two rows."""
        pdus = self._capture.tables.pdus[first : last + 1]
        return int(np.count_nonzero((pdus["channel"] == pdu.channel) & (pdus["direction"] == pdu.direction)))


def duration_text(duration_ns: int) -> str:
    """A time as a person says it: 3.669 s, 52.1 ms, 412 µs."""
    if abs(duration_ns) >= 1_000_000_000:
        return f"{duration_ns / 1e9:,.3f} s"
    if abs(duration_ns) >= 1_000_000:
        return f"{duration_ns / 1e6:.1f} ms"
    return f"{duration_ns / 1e3:.0f} µs"


def _handle(data: bytes) -> int | None:
    return int.from_bytes(data[:2], "little") & 0x0FFF if len(data) >= 2 else None


def _rows_of(rows: Rows, column: str, number: int) -> list[tuple[int, ...]]:
    """The rows whose value in an ascending column is the number."""
    values = rows[column]
    index = bisect_left(values, number)
    found = []
    while index < len(values) and values[index] == number:
        found.append(rows[index].item())
        index += 1
    return found
