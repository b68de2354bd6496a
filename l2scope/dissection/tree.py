"""The field tree of one packet: its record, HCI, L2CAP, what the PDU carries, and what the engine knows of it."""

from datetime import UTC, datetime
from typing import Final

import numpy as np

from l2scope import flags
from l2scope.capture import Capture
from l2scope.dissection.attributes import attribute_fields
from l2scope.dissection.dissector import Dissector
from l2scope.dissection.field import Buffer, Field, Tree, bytes_field, filled
from l2scope.dissection.frames import Place, frame_fields
from l2scope.dissection.knowledge import answer_fields, bearer_fields, channel_fields, sdu_row
from l2scope.dissection.messages import message_fields
from l2scope.dissection.secrets import without_secrets
from l2scope.engine import words
from l2scope.engine.classic import ClassicData
from l2scope.names import hci, l2cap

ACL_HEADER: Final = 4
PDU_HEADER: Final = 4
COMMAND_HEADER: Final = 4
SDU_LENGTH: Final = 2
MOST_COMMANDS: Final = 256
NANOSECONDS: Final = 1_000_000_000
SIGNALLING: Final = (words.SIGNALLING_CID, words.LE_SIGNALLING_CID)
DIRECTIONS: Final = ("host to controller (tx)", "controller to host (rx)")


def dissect(capture: Capture, number: int, show_keys: bool = False, patient: bool = True) -> Tree:
    """The fields of a packet. Raises IndexError for a number that is not in the capture. The values of keys are hidden
    unless show_keys. Messages are joined for it, which may take a while, only where it is patient; else those are shown
    that are known.

    Every byte of the packet is part of a leaf of the first buffer. A PDU made of several packets, and an SDU made of
    several PDUs, are buffers of their own, at the packet that completes them.
    """
    tree = _PacketTree(capture, number, patient).tree()
    return tree if show_keys else without_secrets(tree)


def dissect_protocols(capture: Capture, number: int) -> Tree:
    """The fields that the dissectors find in a packet, without its record and without what the engine knows of it.
    Raises IndexError for a number that is not in the capture."""
    tree = _PacketTree(capture, number, patient=False)
    found = tree.protocols()
    return Tree(tuple(tree.buffers), tuple(found))


class _PacketTree:
    """Collects the fields and buffers of one packet."""

    def __init__(self, capture: Capture, number: int, patient: bool) -> None:
        self.capture = capture
        self.number = number
        self.patient = patient
        self.contents = capture.contents
        self.dissectors = self.contents.dissectors
        self.data = capture.raw(number)
        self.row = capture.tables.packets[number - capture.first_number]
        self.buffers = [Buffer("Packet", self.data)]
        self.completed: int | None = None

    def tree(self) -> Tree:
        found = filled(self.protocols(), self.data, 0, 0, len(self.data))
        known = [
            *self._messages(),
            *channel_fields(self.capture, self.number, self.completed),
            *bearer_fields(self.capture, self.number),
            *attribute_fields(self.capture, self.number),
            *answer_fields(self.capture, self.number),
        ]
        return Tree(tuple(self.buffers), (self._about(), *found, *known))

    def protocols(self) -> list[Field]:
        """The packet without its record."""
        kind = int(self.row["kind"])
        if kind == words.ACL:
            return self._acl()
        return self._whole(self.dissectors.for_kind(kind), 0, 0, len(self.data), hci.kind_name(kind))

    def _about(self) -> Field:
        """The record that holds the packet."""
        row = self.row
        captured, original = int(row["length"]), int(row["original"])
        adapter = "no adapter" if row["adapter"] == words.NO_ADAPTER else f"hci{int(row['adapter'])}"
        meanings = ", ".join(flags.meanings(int(row["flags"])))
        problem = ", ".join(flags.meanings(int(row["flags"]) & flags.FAULTS))
        children = (
            Field("Number", f"{self.number}"),
            Field("Time", time_text(int(row["time"]))),
            Field("Kind", hci.kind_name(int(row["kind"]))),
            Field("Adapter", adapter),
            Field("Direction", DIRECTIONS[int(row["direction"]) & 1]),
            Field("Captured length", f"{captured:,} bytes"),
            Field("Original length", f"{original:,} bytes"),
            Field("Remarks", meanings or "none", problem=problem),
        )
        arrow = "->" if int(row["direction"]) == words.TX else "<-"
        value = f"{hci.kind_name(int(row['kind']))}, {adapter} {arrow}, {captured:,} bytes"
        return Field(f"Packet {self.number}", value, children=children, problem=problem)

    def _whole(self, dissector: Dissector | None, buffer: int, start: int, stop: int, name: str) -> list[Field]:
        """What a dissector makes of some bytes; without one they are a leaf called `name`."""
        data = self.buffers[buffer].data
        if dissector is not None:
            return list(dissector.fields(data, buffer, start, stop))
        return [bytes_field(name, data, buffer, start, stop)] if stop > start else []

    def _acl(self) -> list[Field]:
        end = min(ACL_HEADER, len(self.data))
        found = self._whole(self.dissectors.for_kind(words.ACL), 0, 0, end, "HCI ACL data")
        pdu, pdus = int(self.row["pdu"]), self.capture.tables.pdus
        if len(self.data) <= ACL_HEADER and not 0 <= pdu < len(pdus):
            return found
        if not 0 <= pdu < len(pdus):
            return [*found, bytes_field("Data of no L2CAP PDU", self.data, 0, ACL_HEADER, len(self.data))]
        if int(pdus[pdu]["last"]) != self.number:
            return found + self._fragment(pdu)
        self.completed = pdu
        if int(pdus[pdu]["first"]) == self.number:
            return found + self._pdu(pdu, 0, ACL_HEADER)
        return found + self._last_fragment(pdu)

    def _fragment(self, pdu: int) -> list[Field]:
        """A part of a PDU that a later packet completes, or none."""
        row = self.capture.tables.pdus[pdu]
        last = int(row["last"])
        found, start = [], ACL_HEADER
        if int(row["first"]) == self.number and len(self.data) >= ACL_HEADER + PDU_HEADER:
            found.append(self._header(0, ACL_HEADER))
            start += PDU_HEADER
        end = f"complete in packet {last}" if last > self.number else "never completed"
        carried = max(0, len(self.data) - ACL_HEADER)
        total = f" of {int(row['length']) + PDU_HEADER:,}" if found or last > 0 else ""
        text = f"{carried:,}{total} bytes, {end}"
        return [*found, Field("L2CAP fragment", text, 0, min(start, len(self.data)), len(self.data))]

    def _last_fragment(self, pdu: int) -> list[Field]:
        """The packet that completes a PDU of several: the PDU is a buffer of its own."""
        row = self.capture.tables.pdus[pdu]
        packets = self.capture.tables.packets[int(row["first"]) - self.capture.first_number : self.number]
        count = int(np.count_nonzero((packets["pdu"] == pdu) & (packets["kind"] == words.ACL)))
        data = self.capture.pdu_bytes(pdu)
        self.buffers.append(Buffer(f"L2CAP PDU ({count} fragments)", data))
        carried = len(self.data) - ACL_HEADER
        text = f"the last of {count}, {carried:,} of {len(data):,} bytes"
        return [Field("L2CAP fragment", text, 0, ACL_HEADER, len(self.data)), *self._pdu(pdu, 1, 0)]

    def _header(self, buffer: int, start: int) -> Field:
        data = self.buffers[buffer].data
        length = int.from_bytes(data[start : start + 2], "little")
        cid = int.from_bytes(data[start + 2 : start + 4], "little")
        name = f"0x{cid:04X} {l2cap.cid_name(cid)}"
        children = (
            Field("Length", f"{length:,}", buffer, start, start + 2),
            Field("CID", name, buffer, start + 2, start + 4),
        )
        return Field("L2CAP", f"length {length:,}, CID {name}", buffer, start, start + 4, children)

    def _pdu(self, pdu: int, buffer: int, start: int) -> list[Field]:
        """A whole PDU that begins at `start` of a buffer."""
        data = self.buffers[buffer].data
        if len(data) < start + PDU_HEADER:
            problem = "the L2CAP header is cut short"
            return [bytes_field("L2CAP", data, buffer, min(start, len(data)), len(data), problem)]
        row = self.capture.tables.pdus[pdu]
        first = start + PDU_HEADER
        stop = min(first + int(row["length"]), len(data))
        found = [self._header(buffer, start), *self._payload(pdu, buffer, first, stop)]
        if stop < len(data):
            found.append(
                bytes_field("Bytes behind the PDU", data, buffer, stop, len(data), "more than the PDU's length")
            )
        return found

    def _payload(self, pdu: int, buffer: int, start: int, stop: int) -> list[Field]:
        row = self.capture.tables.pdus[pdu]
        cid = int(row["cid"])
        if int(row["channel"]) >= 0:
            classic = self.capture.engine.host.registry.channels[int(row["channel"])].classic
            if classic is not None:
                return self._frame(pdu, classic, buffer, start, stop)
            return self._kframe(pdu, buffer, start, stop)
        if cid in SIGNALLING:
            return self._signalling(cid, buffer, start, stop)
        found = self._whole(self.contents.of_cid(cid), buffer, start, stop, "Information payload")
        return [*found, *self._value(buffer, start, stop)] if cid == words.ATT_CID else found

    def _value(self, buffer: int, start: int, stop: int) -> list[Field]:
        """The value in an ATT PDU, where a dissector is for its characteristic."""
        packets = self.capture.tables.att["packet"]
        row = int(np.searchsorted(packets, self.number))
        if row == len(packets) or packets[row] != self.number:
            return []
        found = self.contents.of_value(row, self.buffers[buffer].data[start:stop])
        return [] if found is None else list(found[0].fields(self.buffers[buffer].data, buffer, start + found[1], stop))

    def _signalling(self, cid: int, buffer: int, start: int, stop: int) -> list[Field]:
        """One field a command; a C-frame of BR/EDR may hold several (Vol 3 Part A 4)."""
        data = self.buffers[buffer].data
        dissector = self.dissectors.for_cid(cid)
        found: list[Field] = []
        while start < stop and len(found) < MOST_COMMANDS:
            end = start + COMMAND_HEADER + int.from_bytes(data[start + 2 : start + 4], "little")
            end = min(end, stop)
            found += self._whole(dissector, buffer, start, end, "Command")
            start = end
        if start < stop:
            found.append(bytes_field("More commands", data, buffer, start, stop))
        return found

    def _frame(self, pdu: int, classic: ClassicData, buffer: int, start: int, stop: int) -> list[Field]:
        """A PDU of a BR/EDR channel, and the SDU when this is its last one."""
        place = Place(self.buffers[buffer].data, buffer, start, stop, int(self.capture.tables.pdus[pdu]["length"]))
        frame = frame_fields(self.capture, self.number, classic, self.dissectors, place)
        return [frame.field, *self._sdu(pdu, sdu_row(self.capture, pdu), buffer, frame.first, frame.last)]

    def _kframe(self, pdu: int, buffer: int, start: int, stop: int) -> list[Field]:
        """A PDU of a credit-based channel (Vol 3 Part A 3.4), and the SDU when this is its last one."""
        data = self.buffers[buffer].data
        sdu = sdu_row(self.capture, pdu)
        starts = self._starts_sdu(pdu, sdu)
        children: list[Field] = []
        first = start
        if starts and stop - start >= SDU_LENGTH:
            length = int.from_bytes(data[start : start + SDU_LENGTH], "little")
            first += SDU_LENGTH
            children.append(Field("SDU length", f"{length:,}", buffer, start, first))
        if stop > first:
            children.append(bytes_field("Information payload", data, buffer, first, stop))
        text = f"{stop - first:,} bytes of " + ("a new SDU" if starts else "an SDU")
        frame = Field("K-frame", text, buffer, start, stop, tuple(children))
        return [frame, *self._sdu(pdu, sdu, buffer, first, stop)]

    def _starts_sdu(self, pdu: int, sdu: int | None) -> bool:
        tables = self.capture.tables
        if sdu is not None:
            return int(tables.sdus[sdu]["first"]) == pdu
        channel = self.capture.engine.host.registry.channels[int(tables.pdus[pdu]["channel"])]
        flow = channel.tx if int(tables.pdus[pdu]["direction"]) == words.TX else channel.rx
        return int(flow.sdus.first) == pdu

    def _sdu(self, pdu: int, sdu: int | None, buffer: int, start: int, stop: int) -> list[Field]:
        """The SDU that this PDU is the last of, shown by the dissector of its PSM."""
        tables = self.capture.tables
        if sdu is None or int(tables.sdus[sdu]["last"]) != pdu or int(tables.sdus[sdu]["state"]) != words.SDU_COMPLETE:
            return []
        channel = int(tables.sdus[sdu]["channel"])
        dissector = self.contents.of_channel(channel)
        if int(tables.sdus[sdu]["first"]) != pdu:
            data = self.capture.sdu_bytes(sdu)
            buffer, start, stop = len(self.buffers), 0, len(data)
            self.buffers.append(Buffer(f"SDU ({stop:,} bytes)", data))
        elif dissector is None:
            return []
        found = self._whole(dissector, buffer, start, stop, "SDU")
        if self.capture.engine.host.registry.channels[channel].att is not None:
            found += self._value(buffer, start, stop)
        return found

    def _messages(self) -> list[Field]:
        """The messages that end with the SDU that this packet completes."""
        channel = -1 if self.completed is None else int(self.capture.tables.pdus[self.completed]["channel"])
        if channel < 0:
            return []
        return message_fields(self.contents, channel, self.number, self.buffers, self.patient)


def time_text(time_ns: int) -> str:
    """A time of the Unix epoch in UTC with all its nanoseconds; the number itself where no calendar reaches."""
    seconds, rest = divmod(time_ns, NANOSECONDS)
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return f"{time_ns:,} ns since 1970"
    return f"{moment:%Y-%m-%d %H:%M:%S}.{rest:09d} UTC"
