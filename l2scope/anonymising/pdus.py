"""The PDUs of L2CAP without what they carry: headers, lengths, credits, handles and types stay, the rest is zero.

An SDU length of 0 can never be that of a full K-frame, so bytes that are zero are not taken for the start of an SDU.
"""

from __future__ import annotations

from typing import Final

from l2scope.anonymising.attributes import kept_of_attribute
from l2scope.anonymising.pseudonyms import Pseudonyms
from l2scope.capture import Capture
from l2scope.engine.channel import Channel
from l2scope.engine.control_field import SIZES, START, ControlField
from l2scope.engine.fcs import FCS_SIZE, crc16
from l2scope.engine.modes import BASIC
from l2scope.engine.words import (
    ATT_CID,
    BREDR_SMP_CID,
    CONNECTIONLESS_CID,
    LE_SIGNALLING_CID,
    NONE,
    SIGNALLING_CID,
    SMP_CID,
)

HEADER: Final = 4
SDU_LENGTH: Final = 2
PSM_SIZE: Final = 2
COMMAND_HEADER: Final = 4
ALL_BITS: Final = 0xFFFF
ECHO: Final = (0x08, 0x09)
# SMP (Vol 3 Part H 3.5, 3.6): commands that hold no secret, and the one with an address.
PLAIN_SMP: Final = (0x01, 0x02, 0x05, 0x0B, 0x0E)
IDENTITY_ADDRESS: Final = 0x09
IDENTITY_KEY: Final = 0x08
LONG_TERM_KEY: Final = 0x06
SIGNATURE_KEY: Final = 0x0A


class PduScrubber:
    """Of one capture. told are the packets whose attribute values the channels depend on: they stay."""

    def __init__(self, capture: Capture, pseudonyms: Pseudonyms) -> None:
        self._capture = capture
        self._pseudonyms = pseudonyms
        tables = capture.tables
        self._starts = frozenset(tables.sdus["first"].tolist())
        self._att_rows = {int(pdu): row for row, pdu in enumerate(tables.att["pdu"])}
        self._channels = capture.engine.host.registry.channels
        sources = [int(channel.spsm_source) >> 16 for channel in self._channels if channel.spsm_source != NONE]
        self._told = frozenset(sources)

    def scrubbed(self, row: int) -> bytes:
        """A PDU with its header; as many bytes as the capture holds of it."""
        pdu = self._capture.tables.pdus[row]
        whole = self._capture.pdu_bytes(row)
        channel = int(pdu["channel"])
        if channel != NONE:
            return self._of_channel(whole, row, self._channels[channel], int(pdu["direction"]))
        return self._of_cid(whole, row, int(pdu["cid"]))

    def _of_cid(self, whole: bytes, row: int, cid: int) -> bytes:
        if cid == ATT_CID:
            return _keep(whole, HEADER + self._kept_of_att(whole[HEADER:], row))
        if cid in (SIGNALLING_CID, LE_SIGNALLING_CID):
            return _signalling(whole)
        if cid in (SMP_CID, BREDR_SMP_CID):
            return self._smp(whole)
        return _keep(whole, HEADER + (PSM_SIZE if cid == CONNECTIONLESS_CID else 0))

    def _of_channel(self, whole: bytes, row: int, channel: Channel, direction: int) -> bytes:
        classic = channel.classic
        if classic is not None and classic.mode != BASIC:
            return _numbered(whole, classic.form)
        at = HEADER
        if classic is None:
            if row not in self._starts:
                return _keep(whole, HEADER)
            at += SDU_LENGTH
        if channel.att is None:
            return _keep(whole, at)
        return _keep(whole, at + self._kept_of_att(whole[at:], row))

    def _kept_of_att(self, pdu: bytes, row: int) -> int:
        """How many bytes of an ATT PDU stay."""
        capture = self._capture
        if not pdu or int(capture.tables.pdus[row]["last"]) in self._told:
            return len(pdu)
        att = self._att_rows.get(row)
        request = NONE if att is None else int(capture.tables.att[att]["request"])
        asked = b""
        if request != NONE:
            whole = capture.pdu_bytes(int(capture.tables.att[request]["pdu"]))
            asked = whole[self._att_begins(request) :]
        return kept_of_attribute(pdu, asked)

    def _att_begins(self, att: int) -> int:
        """Where the ATT PDU of a row begins in its L2CAP PDU."""
        pdu = self._capture.tables.pdus[int(self._capture.tables.att[att]["pdu"])]
        channel = int(pdu["channel"])
        enhanced = channel != NONE and self._channels[channel].classic is None
        return HEADER + (SDU_LENGTH if enhanced else 0)

    def _smp(self, whole: bytes) -> bytes:
        code = whole[HEADER] if len(whole) > HEADER else NONE
        head, data = whole[: HEADER + 1], whole[HEADER + 1 :]
        if code in PLAIN_SMP:
            return whole
        if code == IDENTITY_ADDRESS:
            return head + data[:1] + self._pseudonyms.address(data[1:])
        if code in (IDENTITY_KEY, LONG_TERM_KEY, SIGNATURE_KEY):
            return head + self._pseudonyms.key(data)
        return _keep(whole, HEADER + 1)


def _keep(whole: bytes, count: int) -> bytes:
    """The first bytes; the rest is zero."""
    return whole[:count] + bytes(len(whole) - len(whole[:count]))


def _signalling(whole: bytes) -> bytes:
    """All commands but what an echo brings back."""
    result = bytearray(whole)
    at = HEADER
    while len(whole) - at >= COMMAND_HEADER:
        stop = at + COMMAND_HEADER + int.from_bytes(whole[at + 2 : at + 4], "little")
        if whole[at] in ECHO:
            inside = slice(at + COMMAND_HEADER, min(stop, len(whole)))
            result[inside] = bytes(len(result[inside]))
        at = stop
    return bytes(result)


def _numbered(whole: bytes, form: int) -> bytes:
    """An I-frame or S-frame: its control field stays, and an SDU length. A check sequence that fitted fits again."""
    size = SIZES[form]
    if len(whole) < HEADER + size:
        return whole
    field = ControlField()
    field.read(whole, HEADER, form)
    starts = not field.supervisory and field.sar == START
    result = _keep(whole, HEADER + size + (SDU_LENGTH if starts else 0))
    length = HEADER + int.from_bytes(whole[:2], "little")
    if len(whole) != length or length < HEADER + size + FCS_SIZE:
        return result
    body = result[:-FCS_SIZE]
    fitted = crc16(whole, 0, length - FCS_SIZE, 0) == int.from_bytes(whole[-FCS_SIZE:], "little")
    check = crc16(body, 0, len(body), 0) ^ (0 if fitted else ALL_BITS)
    return body + int(check).to_bytes(FCS_SIZE, "little")
