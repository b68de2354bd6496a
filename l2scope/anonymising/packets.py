"""Packets without addresses, names, keys and payloads, each as long as it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from l2scope.anonymising.pdus import PduScrubber
from l2scope.anonymising.pseudonyms import Pseudonyms
from l2scope.capture import Capture
from l2scope.dissection import dissect
from l2scope.dissection.field import Field
from l2scope.engine.words import ACL, COMMAND, EVENT, INDEX_INFO, ISO, NEW_INDEX, NONE, SCO

ACL_HEADER: Final = 4
# Headers of what carries media (Vol 4 Part E 5.4.3, 5.4.5).
MEDIA_HEADERS: Final = {SCO: 3, ISO: 4}
COMMAND_HEADER: Final = 3
EVENT_HEADER: Final = 2
VENDOR_EVENT: Final = 0xFF
VENDOR_GROUP: Final = 0x3F
COMMAND_COMPLETE: Final = 0x0E
# An event, its length, what may be sent, the opcode of the command, its status.
COMPLETE_HEAD: Final = 6
# Sent for every few ACL packets, and nothing but handles.
COMPLETED_PACKETS: Final = 0x13
# Of advertising data the types (Assigned Numbers 2.3) that say what a device is, and not which: flags, services, power,
# class, intervals, appearance. Of a manufacturer's own data its company stays.
PLAIN_AD: Final = frozenset((*range(0x01, 0x08), 0x0A, 0x0D, 0x12, 0x14, 0x15, 0x19, 0x1A))
MANUFACTURER_DATA: Final = 0xFF
COMPANY: Final = 2


class PacketScrubber:
    """Rewrites the packets of a capture in their order."""

    def __init__(self, capture: Capture, pseudonyms: Pseudonyms, keep_payloads: bool) -> None:
        """keep_payloads: what PDUs carry stays, but for what was learnt elsewhere."""
        self._capture = capture
        self._pseudonyms = pseudonyms
        self._keep_payloads = keep_payloads
        self._pdus = PduScrubber(capture, pseudonyms)
        self._open: dict[int, tuple[bytes, int]] = {}
        self._telling: dict[int, list[Field]] = {}

    def rewrite(self, number: int, data: bytes) -> bytes:
        """The bytes of a packet as they may be shown."""
        row = self._capture.tables.packets[number - self._capture.first_number]
        kind = int(row["kind"])
        if kind == ACL:
            result = self._acl(int(row["pdu"]), data)
        elif kind in MEDIA_HEADERS:
            result = data if self._keep_payloads else _keep(data, MEDIA_HEADERS[kind])
        elif kind in (COMMAND, EVENT, NEW_INDEX, INDEX_INFO):
            result = self._hci(number, kind, data)
        else:
            result = bytes(len(data))
        return self._pseudonyms.swept(result)

    def learn(self, numbers: Iterable[int]) -> None:
        """Gives pseudonyms to all that these packets, of HCI or with PDUs of SMP, tell."""
        for number in numbers:
            data = self._capture.raw(number)
            row = self._capture.tables.packets[number - self._capture.first_number]
            if int(row["kind"]) == ACL:
                self._pdus.scrubbed(int(row["pdu"]))
            else:
                self._hci(number, int(row["kind"]), data)

    def _acl(self, pdu: int, data: bytes) -> bytes:
        """A fragment of a PDU, cut out of the PDU as it is written. What belongs to none has no bytes worth to keep."""
        if self._keep_payloads:
            return data
        head, size = data[:ACL_HEADER], max(0, len(data) - ACL_HEADER)
        if pdu == NONE:
            return _keep(data, ACL_HEADER)
        whole, done = self._open.pop(pdu, (b"", 0))
        if done == 0:
            whole = self._pdus.scrubbed(pdu)
        if done + size < len(whole):
            self._open[pdu] = whole, done + size
        part = whole[done : done + size]
        return head + part + bytes(size - len(part))

    def _hci(self, number: int, kind: int, data: bytes) -> bytes:
        if kind == EVENT and data[:1] == bytes((COMPLETED_PACKETS,)):
            return data
        vendor = _vendor_head(kind, data)
        if vendor is not None:
            return _keep(data, vendor)
        result = bytearray(data)
        for field in self._fields(number):
            result[field.start : field.stop] = self._replaced(field, data)
        return bytes(result)

    def _fields(self, number: int) -> list[Field]:
        """What a packet tells of someone. Each packet is looked at twice, and taken apart once."""
        found = self._telling.get(number)
        if found is None:
            leaves = _leaves(dissect(self._capture, number, show_keys=True).fields)
            found = [field for field in leaves if field.buffer == 0 and (field.personal or field.secret)]
            self._telling[number] = found
        return found

    def _replaced(self, field: Field, data: bytes) -> bytes:
        value = data[field.start : field.stop]
        if field.secret:
            return self._pseudonyms.key(value)
        if field.personal == "address":
            return self._pseudonyms.address(value)
        if field.personal == "name":
            return self._pseudonyms.name(value)
        kind = data[field.start - 1]
        return value if kind in PLAIN_AD else _keep(value, COMPANY if kind == MANUFACTURER_DATA else 0)


def _leaves(fields: Iterable[Field]) -> Iterator[Field]:
    for field in fields:
        if field.children:
            yield from _leaves(field.children)
        else:
            yield field


def _vendor_head(kind: int, data: bytes) -> int | None:
    """How much of a vendor's own command or event stays, None where it is none."""
    if kind == COMMAND and len(data) > 1 and data[1] >> 2 == VENDOR_GROUP:
        return COMMAND_HEADER
    if kind == EVENT and data[:1] == bytes((VENDOR_EVENT,)):
        return EVENT_HEADER
    if kind == EVENT and data[:1] == bytes((COMMAND_COMPLETE,)) and len(data) > 4 and data[4] >> 2 == VENDOR_GROUP:
        return COMPLETE_HEAD
    return None


def _keep(data: bytes, count: int) -> bytes:
    return data[:count] + bytes(len(data) - len(data[:count]))
