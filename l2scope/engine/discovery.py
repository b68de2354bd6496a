"""What devices tell of themselves before they are connected: advertising data, inquiry results and remote names.

Vol 4 Part E 7.7.7, 7.7.38, 7.7.65.2 and 7.7.65.13; the data format is that of Vol 3 Part C 11.
"""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.current import Packet
from l2scope.engine.fields import u8, u16, u48
from l2scope.engine.names import (
    COMPLETE,
    NO_NAME,
    PARTIAL,
    PUBLIC,
    UNASSIGNED_COMPANY,
    NameBook,
    Peer,
    kind_of,
)
from l2scope.engine.words import NONE

SHORTENED_LOCAL_NAME: Final = 0x08
COMPLETE_LOCAL_NAME: Final = 0x09
MANUFACTURER_DATA: Final = 0xFF

APPLE: Final = 0x004C
IBEACON: Final = 0x1502  # type 2 and length 21 of Apple's manufacturer data

REMOTE_NAME: Final = 7  # where it stands in its event, behind status and address
INQUIRY_DATA: Final = 15
REPORT_HEADER: Final = 9  # event type, address, length of the data; behind the data is the RSSI
EXTENDED_REPORT_HEADER: Final = 24

# Event_Type of an extended report: the bit of a scan response, and the status of its data.
SCAN_RESPONSE: Final = 0x0008
DATA_STATUS: Final = 0x0060
MORE_TO_COME: Final = 0x0020

LONGEST_ADVERTISING_DATA: Final = 1650
MOST_UNFINISHED: Final = 64


@final
class Discovery:
    """unfinished holds the data of advertisements that come in several reports, by advertiser and set."""

    def __init__(self, names: NameBook) -> None:
        self.names = names
        self.unfinished: dict[int, bytes] = {}

    def remote_name(self, packet: Packet, at: i64, size: i64) -> None:
        """The parameters of a Remote Name Request Complete event begin at `at`."""
        data = packet.data
        if size > REMOTE_NAME and u8(data, at) == 0:
            whole = size >= REMOTE_NAME + 248 or data[packet.stop - 1] == 0
            peer = self.names.peer(PUBLIC, u48(data, at + 1))
            peer.call(packet.number, data, at + REMOTE_NAME, packet.stop, COMPLETE if whole else PARTIAL)

    def inquiry_result(self, packet: Packet, at: i64, size: i64) -> None:
        """The parameters of an Extended Inquiry Result event begin at `at`."""
        if size > INQUIRY_DATA:
            address = u48(packet.data, at + 1)
            self._read(packet.number, PUBLIC, address, packet.data, at + INQUIRY_DATA, packet.stop)

    def reports(self, packet: Packet, at: i64) -> None:
        """The number of reports of an LE Advertising Report event is at `at`."""
        data = packet.data
        count = u8(data, at)
        at += 1
        while count > 0 and packet.stop - at >= REPORT_HEADER:
            start = at + REPORT_HEADER
            stop = start + u8(data, at + 8)
            kind = kind_of(u8(data, at + 1))
            if kind != NONE:
                self._read(
                    packet.number, kind, u48(data, at + 2), data, start, stop if stop < packet.stop else packet.stop
                )
            at = stop + 1
            count -= 1

    def extended_reports(self, packet: Packet, at: i64) -> None:
        """The number of reports of an LE Extended Advertising Report event is at `at`."""
        count = u8(packet.data, at)
        at += 1
        while count > 0 and packet.stop - at >= EXTENDED_REPORT_HEADER:
            stop = at + EXTENDED_REPORT_HEADER + u8(packet.data, at + 23)
            self._extended_report(packet, at, stop if stop < packet.stop else packet.stop)
            at = stop
            count -= 1

    def _extended_report(self, packet: Packet, at: i64, stop: i64) -> None:
        data = packet.data
        kind = kind_of(u8(data, at + 2))
        if kind == NONE:
            return
        start = at + EXTENDED_REPORT_HEADER
        address = u48(data, at + 3)
        event_type = u16(data, at)
        set_number = u8(data, at + 11) << 1 | (1 if event_type & SCAN_RESPONSE else 0)
        key = int(set_number << 49 | kind << 48 | address)
        if event_type & DATA_STATUS == 0 and (len(self.unfinished) == 0 or key not in self.unfinished):
            self._read(packet.number, kind, address, data, start, stop)
            return
        whole = self.unfinished.pop(key, b"") + data[start:stop]
        if event_type & DATA_STATUS == MORE_TO_COME and len(whole) < LONGEST_ADVERTISING_DATA:
            if len(self.unfinished) >= MOST_UNFINISHED:
                self.unfinished = {}
            self.unfinished[key] = whole
            return
        self._read(packet.number, kind, address, whole, 0, len(whole))

    def _read(self, packet: i64, kind: i64, address: i64, data: bytes, at: i64, stop: i64) -> None:
        """Looks for a name and a company in advertising data. Nothing is looked up or made where there is neither."""
        company: i64 = NONE
        completeness: i64 = NO_NAME
        name: i64 = 0
        end_of_name: i64 = 0
        while stop - at >= 2:
            size = u8(data, at)
            if size == 0:
                break
            end = at + 1 + size
            content = u8(data, at + 1)
            if content == COMPLETE_LOCAL_NAME or content == SHORTENED_LOCAL_NAME:
                name = at + 2
                end_of_name = end if end <= stop else stop
                completeness = COMPLETE if content == COMPLETE_LOCAL_NAME and end <= stop else PARTIAL
            elif content == MANUFACTURER_DATA and size >= 3:
                company = _company(data, at + 2, end if end < stop else stop)
            at = end
        if company != NONE or completeness != NO_NAME:
            _note(self.names.peer(kind, address), packet, company, data, name, end_of_name, completeness)


def _company(data: bytes, at: i64, stop: i64) -> i64:
    """Whose manufacturer data is at `at`: NONE where it is nobody's, or an iBeacon: those are made by many."""
    if stop - at < 2 or u16(data, at) == UNASSIGNED_COMPANY:
        return NONE
    company = u16(data, at)
    return NONE if company == APPLE and stop - at >= 4 and u16(data, at + 2) == IBEACON else company


def _note(peer: Peer, packet: i64, company: i64, data: bytes, name: i64, stop: i64, completeness: i64) -> None:
    if company != NONE:
        peer.company = company
    if completeness != NO_NAME:
        peer.call(packet, data, name, stop, completeness)
